"""How celiac testing went in a life: what was drawn, on how much gluten, and what came of it."""

import datetime
from datetime import timedelta
from typing import Any

from zonula.simulation.assumed import Assumed, between, chance
from zonula.simulation.hidden import Hidden
from zonula.simulation.records import Problem, Procedure
from zonula.simulation.writer import FAMILY, Writer

POSITIVE = frozenset({"missed", "followed_up", "known"})
WITHOUT_GLUTEN = frozenset({"off_gluten", "gluten_free_untested"})
NOT_DRAWN = frozenset({"never", "gluten_free_untested"})


def draw_day(life: Hidden) -> datetime.date | None:
    """The day of the blood draw, or None without one. A missed positive is recent: no gastroenterologist was seen after it."""
    if life.celiac_testing in NOT_DRAWN:
        return None
    if life.celiac_testing == "missed":
        return life.today - timedelta(70)
    if life.celiac_testing == "known":
        return life.diagnosed_on("celiac") - timedelta(40)
    return life.ill_since + (life.today - life.ill_since) * 3 // 4


def celiac_story(writer: Writer) -> None:
    """Write what the testing left in the records."""
    life, rng = writer.life, writer.rng
    testing, day = life.celiac_testing, draw_day(life)
    if testing in WITHOUT_GLUTEN:
        begun = (day or life.today - timedelta(200)) - timedelta(days=int(rng.integers(150, 300)))
        writer.records.append(
            Problem(
                day=begun,
                at=FAMILY,
                text="Gluten-free diet started",
                status="patient_reported",
                since=begun.isoformat(),
                note="Strict, on the patient's own decision.",
            )
        )
    if day is None:
        return
    value = writer.laboratory.result("ttg_iga", day, FAMILY) if testing not in POSITIVE else None
    if value is None:
        value = writer.laboratory.of_value("ttg_iga", _antibody(writer), day, FAMILY)
    writer.records.append(value)
    if testing != "without_total_iga":
        writer.records.append(writer.laboratory.result("total_iga", day, FAMILY))
    if testing in ("followed_up", "known"):
        _followed_up(writer, day)


def _antibody(writer: Writer) -> float:
    says, rng = writer.says.laboratory.celiac_antibody, writer.rng
    if "celiac" not in writer.life.diseases:
        return between(says.false_positive, rng)
    return between(says.strong if chance(says.strong_percent, rng) else says.weak, rng)


def _followed_up(writer: Writer, day: datetime.date) -> None:
    known = writer.life.celiac_testing == "known"
    at = writer.visit(day + timedelta(25), "gastroenterology", "Positive celiac antibody")
    outcome = "villous atrophy, Marsh 3a" if known else "normal villi, no excess lymphocytes"
    writer.records.append(
        Procedure(day=day + timedelta(32), at=at, text=f"Upper endoscopy with duodenal biopsy: {outcome}")
    )
    if known:
        writer.records.append(
            Problem(
                day=day + timedelta(40),
                at=at,
                text="Celiac disease",
                code="K90.0",
                display="Celiac disease",
                since=(day + timedelta(40)).isoformat(),
                by=writer.by(at, "gastroenterology"),
                specialty="gastroenterology",
            )
        )


def evidence(life: Hidden, ttg: float | None, typing: str, says: Assumed) -> tuple[dict[str, Any], str]:
    """What the clinician asked about gluten and history (the file `celiac.yaml`), and the state the laboratory's table must reach.

    ttg: the antibody in the records, U/mL; typing: a clinical HLA-DQ typing, or "". The state is reasoned here on its own, so that a
    test can compare it with the table.
    """
    testing, day = life.celiac_testing, draw_day(life)
    off = testing in WITHOUT_GLUTEN
    gluten = {"meals_a_day": 0 if off else 3, "weeks": 30 if off else 500}
    known = testing == "known"
    immunosuppressed = "drug_methotrexate" in life.planted
    losing = "weight_falling" in life.planted
    asked: dict[str, Any] = {
        "age_years": life.person.age_on(life.today),
        "gluten_now": {"meals_a_day": 0, "weeks": 30} if known else gluten,
        "history": {
            "known_disease": "celiac" if known else "none",
            "first_degree_relative": False,
            "weight_loss": losing,
            "malabsorption": False,
            "suspected_dermatitis_herpetiformis": False,
            "immunosuppression": immunosuppressed,
            "pregnancy": False,
        },
    }
    if day is not None:
        asked["draws"] = [{"date": day, "gluten": gluten}]
    permissive = None if not typing else life.hla != "none"
    limit = says.laboratory.tests["ttg_iga"].high
    strong = ttg is not None and limit is not None and ttg >= says.strong_times * limit
    return asked, _state(life, testing, permissive, strong=strong, hidden=immunosuppressed, risk=losing)


def _state(life: Hidden, testing: str, permissive: bool | None, *, strong: bool, hidden: bool, risk: bool) -> str:
    measured = testing != "without_total_iga" and testing not in NOT_DRAWN
    positive = testing in POSITIVE
    # The first that holds, most telling first.
    reasoned = (
        (testing == "known", "C7"),
        (positive and strong, "C4"),
        (positive, "C3"),
        (permissive is False, "C5"),
        (measured and life.low_iga, "C2"),
        (testing in WITHOUT_GLUTEN, "C6" if permissive else "C0"),
        (measured and risk, "C8"),
        (measured and not hidden, "C1"),
        (permissive is True, "C6"),
    )
    return next((state for holds, state in reasoned if holds), "open")
