"""The story a life leaves in its records: years of visits, complaints, tests, drugs, labels and letters at several providers."""

import datetime
from datetime import timedelta

import msgspec
import numpy as np

from zonula.simulation.assumed import Assumed, between, chance, day_between, one_of
from zonula.simulation.celiac_story import celiac_story
from zonula.simulation.hidden import Hidden
from zonula.simulation.named_diseases import known_diseases, labels
from zonula.simulation.planted import planted_flags
from zonula.simulation.records import Allergy, Letter, Procedure, Provider, Record, Result, Vaccine
from zonula.simulation.writer import FAMILY, HOSPITAL, Writer, weight_on

_BEFORE = timedelta(2 * 365)
_LAST_VISIT, _LAST_REFERRAL = timedelta(8), timedelta(125)
_ALLERGIES = (
    ("Nickel", "Dermatitis under jewellery", "environment"),
    ("Penicillin", "Rash on day six", "medication"),
    ("Birch pollen", "Sneezing in April", "environment"),
    ("Ibuprofen", "Hives", "medication"),
    ("House dust mite", "Blocked nose", "environment"),
)
_NORMAL = ("normal", "negative", "no sacroiliitis", "sinus rhythm")
_REASSURING = (
    "Nothing in my field explains this. A second opinion elsewhere may help.",
    "The findings are within normal limits; I suggest to look again in six months.",
)
_LEAVES_OPEN = (
    "This finding alone does not explain the complaint.",
    "I have no explanation for the whole picture and return care to the family practice.",
)
_VACCINES = (("Tdap", "115"), ("Influenza, seasonal, injectable", "141"))


def story(life: Hidden, says: Assumed, rng: np.random.Generator) -> tuple[tuple[Provider, ...], tuple[Record, ...]]:
    """The providers and every record, in order of day."""
    writer = Writer(life, says, rng)
    _family_practice(writer)
    for domain, since in life.domains.items():
        _referrals(writer, domain, since)
    _background(writer)
    labels(writer)
    known_diseases(writer)
    celiac_story(writer)
    planted_flags(writer)
    records = sorted(writer.records, key=lambda one: (one.day, one.at))
    used = {one.at for one in records}
    return tuple(one for one in writer.providers if one.number in used), tuple(records)


def _family_practice(writer: Writer) -> None:
    life, rng = writer.life, writer.rng
    rate = between(writer.says.course.family_practice_visits_a_year, rng)
    day = life.ill_since - _BEFORE + timedelta(days=int(rng.integers(0, 120)))
    last = life.today - _LAST_VISIT
    days = []
    while day <= last - timedelta(days=20):
        days.append(day)
        day += timedelta(days=max(14, int(rng.gamma(4.0, 365 / rate / 4.0))))
    if "weight_falling" in life.planted:
        # Someone weighed before it began, or the fall could not be seen.
        days = sorted({*days, life.today - timedelta(writer.says.course.weight.fall_days + 20)})
    # One visit shortly before the last day, so that weight and routine results are recent.
    days.append(last - timedelta(days=int(rng.integers(0, 20))))
    untold = dict.fromkeys(life.domains)
    for day in days:
        present = [domain for domain, since in life.domains.items() if since <= day]
        told = [present[int(place)] for place in rng.permutation(len(present))[: int(rng.integers(1, 4))]]
        if day == days[-1]:
            # What nobody was told about is told at last: a domain of this life stands in its records.
            told = list(dict.fromkeys((*untold, *told)))
        for domain in told:
            untold.pop(domain, None)
        _family_visit(
            writer,
            day,
            told,
            routine=day == days[-1] or chance(writer.says.course.blood_tests_at_visit_percent, rng),
        )


def _family_visit(writer: Writer, day: datetime.date, told: list[str], *, routine: bool) -> None:
    rng = writer.rng
    words = [one_of(writer.says.domains[domain].complaints, rng) for domain in told]
    at = writer.visit(day, "family medicine", words[0] if words else "Check-up")
    for domain, said in zip(told, words, strict=True):
        writer.complaint(day, at, "family medicine", domain, said)
    writer.records += _vitals(writer, day, at)
    if routine:
        results = writer.laboratory.routine(day, at)
        writer.records += results
        if chance(writer.says.course.copied_results_percent, rng):
            writer.records += [_copied(one, HOSPITAL) for one in results]
    if told and chance(25, rng):
        name, dose = one_of(writer.says.domains[told[0]].drugs, rng)
        writer.prescribe(day, at, name, dose)


def _vitals(writer: Writer, day: datetime.date, at: int) -> list[Result]:
    kilograms = weight_on(writer.life, day, writer.says, writer.rng)
    weighed = Result(
        day=day, at=at, code="29463-7", name="Body weight", value=f"{kilograms:.1f}", unit="kg", vital=True
    )
    return [
        weighed,
        *(
            Result(day=day, at=at, code=code, name=name, value=str(int(writer.rng.integers(low, high + 1))), unit=unit, vital=True)
            for code, name, unit, low, high in writer.says.course.vitals
        ),
    ]  # fmt: skip


def _copied(result: Result, at: int) -> Result:
    """The same result as another provider keeps it."""
    return msgspec.structs.replace(result, at=at)


def _referrals(writer: Writer, domain: str, since: datetime.date) -> None:
    says, rng, course = writer.says.domains[domain], writer.rng, writer.says.course
    last = writer.life.today - _LAST_REFERRAL
    visits = int(rng.integers(course.specialist_visits_per_domain[0], course.specialist_visits_per_domain[1] + 1))
    for _ in range(visits):
        day = day_between(since + timedelta(days=30), max(since + timedelta(days=31), last), rng)
        if day > last:
            continue
        specialty = one_of(says.specialists, rng)
        words = one_of(says.complaints, rng)
        at = writer.visit(day, specialty, words)
        writer.complaint(day, at, specialty, domain, words)
        for panel in says.orders:
            if chance(60, rng):
                writer.records += writer.laboratory.panel(panel, day, at)
        done = one_of(says.procedures, rng)
        writer.records.append(Procedure(day=day, at=at, text=done))
        name, dose = one_of(says.drugs, rng)
        if chance(40, rng):
            writer.prescribe(day, at, name, dose)
        if chance(course.letters_percent, rng):
            writer.records.append(_letter(writer, day, at, specialty, words, done))


def _letter(writer: Writer, day: datetime.date, at: int, specialty: str, words: str, done: str) -> Letter:
    written = writer.says.providers.specialties[specialty][0]
    found = _REASSURING if any(word in done.lower() for word in _NORMAL) else _LEAVES_OPEN
    return Letter(
        day=day,
        at=at,
        title=f"{written} clinic letter",
        text=f"Thank you for sending this patient. {words}. Examination without findings. {done}. {one_of(found, writer.rng)}",
        by=writer.by(at, specialty),
        specialty=specialty,
    )


def _background(writer: Writer) -> None:
    """Allergies as the domain has it, and vaccinations."""
    life, rng = writer.life, writer.rng
    count = int(rng.integers(2, 5)) if "multiple_allergies" in life.domains else int(rng.integers(0, 2))
    since = life.domains.get("multiple_allergies", life.ill_since)
    for place in rng.permutation(len(_ALLERGIES))[:count]:
        substance, reaction, category = _ALLERGIES[int(place)]
        day = day_between(since, life.today - _LAST_REFERRAL, rng)
        writer.records.append(Allergy(day=day, at=FAMILY, substance=substance, reaction=reaction, category=category))
    for name, cvx in _VACCINES:
        day = day_between(life.ill_since - _BEFORE, life.today - _LAST_REFERRAL, rng)
        writer.records.append(Vaccine(day=day, at=FAMILY, name=name, cvx=cvx))
