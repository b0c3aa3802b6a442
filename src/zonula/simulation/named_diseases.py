"""Diagnoses and labels in the records: diseases that were found and treated, and names that were suspected, denied or only believed."""

import datetime
from datetime import timedelta

from zonula.simulation.records import Problem, Procedure
from zonula.simulation.writer import FAMILY, REGIONAL, WELLNESS, Writer

# Disease -> code, wording, who names it, drug and dose, and the panel that is checked once it is treated.
_KNOWN: dict[str, tuple[str, str, str, tuple[str, str] | None, str]] = {
    "autoimmune_thyroid": ("E06.3", "Autoimmune thyroiditis", "endocrinology", ("levothyroxine", "75 ug daily"), "thyroid"),
    "iron_deficiency": ("E61.1", "Iron deficiency", "family medicine", ("ferrous sulfate", "one tablet every other day"), "iron"),
    "ibd": ("K50.90", "Crohn's disease, unspecified, without complications", "gastroenterology", ("budesonide", "9 mg daily"), "stool"),
    "me_cfs": ("G93.32", "Myalgic encephalomyelitis/chronic fatigue syndrome", "internal medicine", None, ""),
    "migraine": ("G43.909", "Migraine, unspecified, not intractable, without status migrainosus", "neurology", ("rizatriptan", "10 mg as needed"), ""),
    "alpha_tryptasemia": ("D89.44", "Hereditary alpha tryptasemia", "allergy", ("cetirizine", "10 mg twice daily"), ""),
}  # fmt: skip
_TESTED_BEFORE = {
    "autoimmune_thyroid": "thyroid_antibodies",
    "alpha_tryptasemia": "mast_cell",
    "ibd": "stool",
    "iron_deficiency": "iron",
}
# Label -> code, wording, who gives it ("" for the patient) and how sure it is meant.
LABELS: dict[str, tuple[str, str, str, str]] = {
    "ibs": ("K58.9", "Irritable bowel syndrome without diarrhea", "gastroenterology", "confirmed"),
    "fibromyalgia": ("M79.7", "Fibromyalgia", "rheumatology", "suspected"),
    "me_cfs": ("G93.32", "Myalgic encephalomyelitis/chronic fatigue syndrome", "internal medicine", "suspected"),
    "multiple_sclerosis": ("G35", "Multiple sclerosis", "neurology", "suspected"),
    "chronic_lyme": ("", "Chronic Lyme disease", "", "patient_reported"),
    "adrenal_fatigue": ("", "Adrenal fatigue", "", "patient_reported"),
    "chemical_sensitivity": ("", "Multiple chemical sensitivity", "", "patient_reported"),
    "gluten_sensitivity": ("K90.41", "Non-celiac gluten sensitivity", "", "patient_reported"),
}


def known_diseases(writer: Writer) -> None:
    """Write the diagnosis, the treatment and the controls of each known disease; and the one telling test of each missed one."""
    life = writer.life
    for name, has in life.diseases.items():
        if name == "celiac":
            continue
        panel = _TESTED_BEFORE.get(name, "")
        if has.records == "missed" and panel:
            day = max(has.since + timedelta(60), life.today - timedelta(400))
            writer.records += writer.laboratory.panel(panel, day, FAMILY)
            if name == "autoimmune_thyroid":
                writer.records += writer.laboratory.panel("thyroid", day, FAMILY)
            if name == "iron_deficiency":
                writer.records += writer.laboratory.panel("blood_count", day, FAMILY)
        elif has.records == "known":
            _known(writer, name, panel)


def _known(writer: Writer, name: str, panel: str) -> None:
    code, words, specialty, drug, control = _KNOWN[name]
    day = writer.life.diagnosed_on(name)
    at = writer.visit(day, specialty, f"{words}: first visit")
    if panel:
        writer.records += writer.laboratory.panel(panel, day, at)
    if name == "ibd":
        writer.records.append(
            Procedure(day=day + timedelta(10), at=at, text="Colonoscopy: patchy inflammation of the ileum")
        )
    note = "Post-exertional malaise and unrefreshing sleep." if name == "me_cfs" else ""
    writer.records.append(
        Problem(
            day=day,
            at=at,
            text=words,
            code=code,
            display=words,
            since=day.isoformat(),
            note=note,
            by=writer.by(at, specialty),
            specialty=specialty,
        )
    )
    if drug is not None:
        writer.prescribe(day, at, *drug, lasting=True)
    if control:
        writer.records += writer.laboratory.panel(control, writer.life.today - timedelta(95), FAMILY)


def labels(writer: Writer) -> None:
    """Write every label of the life, with what became of it."""
    for name, day in writer.life.labels.items():
        _, words, specialty, status = LABELS[name]
        at = writer.visit(day, specialty, f"Question: {words}?") if specialty else WELLNESS
        if not specialty:
            writer.wellness_visit(day)
        writer.records.append(_label(writer, name, day, at, status))
        if name == "ibs":
            _bowel(writer, day)
        if name == "multiple_sclerosis":
            later = day + timedelta(90)
            writer.visit(later, specialty, "Result of the scan", at=at)
            writer.records.append(Procedure(day=later, at=at, text="MRI of the brain: normal"))
            writer.records.append(_label(writer, name, later, at, "refuted"))
        if name == "chronic_lyme":
            later = min(day + timedelta(200), writer.life.today - timedelta(120))
            at = writer.visit(later, "infectious disease", "Asks about Lyme disease")
            writer.records += writer.laboratory.panel("lyme", later, REGIONAL)


def _bowel(writer: Writer, day: datetime.date) -> None:
    """What the label rests on: pain and loose stools for at least half a year, and a stool test."""
    for code, words, days in (("R10.9", "Unspecified abdominal pain", 260), ("K59.1", "Functional diarrhea", 230)):
        told = day - timedelta(days)
        at = writer.visit(told, "family medicine", words)
        writer.records.append(
            Problem(day=told, at=at, text=words, code=code, display=words, since=told.isoformat(), by=writer.by(at, "family medicine"), specialty="family medicine")
        )  # fmt: skip
    writer.records += writer.laboratory.panel("stool", day, writer.where("gastroenterology"))


def _label(writer: Writer, name: str, day: datetime.date, at: int, status: str) -> Problem:
    code, words, specialty, _ = LABELS[name]
    return Problem(
        day=day,
        at=at,
        text=words,
        code=code,
        display=words if code else "",
        status=status,
        since=day.isoformat(),
        by=writer.by(at, specialty) if specialty else "",
        specialty=specialty,
    )
