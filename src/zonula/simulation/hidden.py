"""Drawing the hidden part of a life: who, since when, which diseases and how they stand in the records, which foods, which gaps."""

from datetime import date, timedelta

import msgspec
import numpy as np

from zonula.simulation.assumed import Assumed, between, chance, day_between, one_of, weighted
from zonula.simulation.diary import SYMPTOMS, VirtualDiary
from zonula.simulation.entries import SYMPTOM
from zonula.simulation.left_out import QUARTERS, improvement, left_out
from zonula.simulation.truth import CourseTruth, DiseaseTruth, Tolerance

YEAR = 365.25
_STEP = 1009
DIAGNOSED_AFTER, TREATED_FOR = timedelta(300), timedelta(220)
# A disease that is felt in one of the twelve domains by definition.
FELT_AS = {"migraine": "headache", "me_cfs": "fatigue"}
# Labels that say a domain with them are only given where that domain is felt.
SAYS_DOMAIN = {
    "fibromyalgia": "body_aches",
    "me_cfs": "fatigue",
    "adrenal_fatigue": "fatigue",
    "chemical_sensitivity": "chemical_sensitivity",
}


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who the life belongs to. member: an identifier all providers share; weight in kg, height in cm."""

    id: str
    given: str
    family: str
    female: bool
    born: date
    member: str
    weight: float
    height: float

    def age_on(self, day: date) -> int:
        """Completed years."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


class Hidden(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn before any record is written."""

    person: Person
    today: date
    ill_since: date
    domains: dict[str, date]
    severity: dict[str, float]
    diseases: dict[str, DiseaseTruth]
    low_iga: bool
    anaemic: bool
    celiac_testing: str
    hla: str
    labels: dict[str, date]
    planted: tuple[str, ...]
    sensitised: tuple[str, ...]
    tolerated: tuple[str, ...]
    tolerance: dict[str, Tolerance]
    course: CourseTruth

    def diagnosed_on(self, disease: str) -> date:
        """The day a known disease was named: some time after it began, well before the last day."""
        return min(self.diseases[disease].since + DIAGNOSED_AFTER, self.today - TREATED_FOR)

    def recorded(self, disease: str) -> str:
        """How the disease stands in the records; "" when it is not there."""
        has = self.diseases.get(disease)
        return has.records if has else ""


def draw_hidden(
    seed: int,
    index: int,
    diary: VirtualDiary,
    treatment: CourseTruth,
    today: date,
    says: Assumed,
    rng: np.random.Generator,
) -> Hidden:
    """The hidden life that goes with this diary and this course of treatment."""
    course = says.course
    person = _person(seed, index, diary.patient, today, says, rng)
    oldest = min(course.years_ill[1], person.age_on(today) - 16)
    shortest = max(course.years_ill[0], person.age_on(today) - course.oldest_at_onset)
    ill_since = today - timedelta(days=int(between((shortest, max(shortest, oldest)), rng) * YEAR))
    severity = ratings(diary)
    span = int((today - ill_since).days * course.domains_within_share_of_illness)
    diseases = _diseases(person, ill_since, today, says, rng)
    always = {FELT_AS[name] for name in diseases if name in FELT_AS} or {max(severity, key=severity.__getitem__)}
    felt = [name for name in SYMPTOMS if severity[name] >= course.domain_from_rating or name in always]
    first = one_of(felt, rng)
    domains = {
        name: ill_since if name == first else ill_since + timedelta(days=int(rng.integers(0, span + 1)))
        for name in felt
    }
    celiac = "celiac" in diseases
    known = celiac and diseases["celiac"].records == "known"
    # Without IgA the antibody that made the disease known would not have been there.
    low_iga = chance(says.diseases.low_iga.celiac if celiac else says.diseases.low_iga.general, rng) and not known
    testing = _celiac_testing(diseases.get("celiac"), low_iga, says, rng)
    if testing in course.celiac_gaps and not celiac and treatment.started and chance(course.gaps_closed_percent, rng):
        testing = "well"
    if celiac and testing == "well":
        diseases["celiac"] = msgspec.structs.replace(diseases["celiac"], records="seronegative")
    hla = weighted(says.dq_genotypes["patients" if celiac else "controls"], rng)
    sensitised, tolerated = _sensitised(says, rng)
    foods = left_out(diary, says, rng)
    gone = improvement(diary, foods, treatment.from_care, treatment.from_food, treatment.adherence)
    labels = {
        name: ill_since + timedelta(days=int(span * rng.uniform(0.15, 1.0)))
        for name, percent in course.labels.items()
        if chance(percent, rng) and SAYS_DOMAIN.get(name, first) in domains
    }
    return Hidden(
        person=person,
        today=today,
        ill_since=ill_since,
        domains=domains,
        severity=severity,
        diseases=diseases,
        low_iga=low_iga,
        anaemic="iron_deficiency" in diseases and chance(says.laboratory.anaemia.percent, rng),
        celiac_testing=testing,
        hla=hla,
        labels=labels,
        planted=tuple(name for name, percent in course.planted.items() if chance(percent, rng)),
        sensitised=sensitised,
        tolerated=tolerated,
        tolerance=_tolerance(diary, treatment, says),
        course=msgspec.structs.replace(treatment, left_out=foods, improvement=gone),
    )


def ratings(diary: VirtualDiary) -> dict[str, float]:
    """The mean rating of every symptom over the diary, 0 to 10; 0 when never rated."""
    entries = diary.entries
    rated = entries.kind == SYMPTOM
    count = len(entries.names)
    times = np.bincount(entries.item[rated], minlength=count)
    sums = np.bincount(entries.item[rated], weights=entries.value[rated] / QUARTERS, minlength=count)
    places = {name: entries.names.index(name) for name in SYMPTOMS}
    return {name: float(sums[at] / times[at]) if times[at] else 0.0 for name, at in places.items()}


def _person(seed: int, index: int, name: str, today: date, says: Assumed, rng: np.random.Generator) -> Person:
    course, words = says.course, says.providers
    female = chance(course.female_percent, rng)
    age = between(course.age_years, rng)
    height = float(rng.normal(165 if female else 178, 6))
    return Person(
        id=name,
        given=one_of(words.women if female else words.men, rng),
        family=family_name(index, words.syllables, words.family_endings),
        female=female,
        born=today - timedelta(days=int(age * YEAR)),
        member=f"VM-{seed}-{index:06d}",
        weight=round(float(rng.uniform(*course.weight.bmi)) * (height / 100) ** 2, 1),
        height=round(height),
    )


def family_name(index: int, syllables: tuple[str, ...], endings: tuple[str, ...]) -> str:
    """A name that nobody has and no other index gets: the index, shuffled within its thousands, written in syllables."""
    base = len(syllables)
    block, place = divmod(index, base**2 * len(endings))
    # A step without a common factor visits every place of the block once.
    place = place * _STEP % (base**2 * len(endings))
    parts = [syllables[place // len(endings) % base], syllables[place // len(endings) // base]]
    while block:
        block, more = divmod(block, base)
        parts.append(syllables[more])
    return ("".join(parts) + endings[place % len(endings)]).capitalize()


def _diseases(
    person: Person, ill_since: date, today: date, says: Assumed, rng: np.random.Generator
) -> dict[str, DiseaseTruth]:
    found = {}
    for key, disease in says.diseases.diseases.items():
        if not chance(disease.female if person.female else disease.male, rng):
            continue
        records = weighted(
            {"known": disease.known, "missed": disease.missed, "untested": 100 - disease.known - disease.missed}, rng
        )
        since = day_between(ill_since - timedelta(days=365), ill_since + (today - ill_since) / 2, rng)
        found[key] = DiseaseTruth(name=disease.name, since=since, records=records)
    return found


def _celiac_testing(disease: DiseaseTruth | None, low_iga: bool, says: Assumed, rng: np.random.Generator) -> str:
    """How celiac testing went: see `CeliacTruth`. The antibody is positive in `missed`, `followed_up` and `known` only."""
    gaps = says.course.celiac_gaps
    ttg = says.diseases.ttg
    if disease is None:
        positive = not low_iga and chance(100 - ttg.specificity, rng)
        testing = weighted({**gaps, "well": 100 - sum(gaps.values())}, rng)
        return "followed_up" if positive and testing == "well" else testing
    if disease.records == "untested":
        return "never"
    if low_iga or (disease.records == "missed" and not chance(ttg.sensitivity, rng)):
        return "well"
    return disease.records


def _sensitised(says: Assumed, rng: np.random.Generator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    foods = [
        food
        for family in says.skin_tests.families.values()
        if chance(family.percent, rng)
        for food in family.foods
        if rng.random() < family.each
    ]
    eaten = [food for food in foods if chance(says.skin_tests.tolerated_percent, rng)]
    return tuple(dict.fromkeys(foods)), tuple(dict.fromkeys(eaten))


def _tolerance(diary: VirtualDiary, treatment: CourseTruth, says: Assumed) -> dict[str, Tolerance]:
    """What the mechanism says of every trigger that is left out from the Reboot on: its reactivity halves and halves, or stays."""
    found = {}
    for place, (group, truth) in enumerate(diary.truth.items()):
        if not truth.trigger:
            continue
        recovers, day = bool(diary.body.tolerance_returns[place]), None
        if recovers and treatment.started is not None:
            days = diary.body.tolerance_days * float(np.log(max(1.0, truth.effect / says.course.felt_from)))
            day = treatment.started + timedelta(says.course.treatment.reboot + int(np.ceil(days)))
        found[group] = Tolerance(recovers=recovers, tolerated_from=day)
    return found


def draw_course(today: date, says: Assumed, rng: np.random.Generator) -> CourseTruth:
    """Where treatment stands on the last day, and how well it could work."""
    course = says.course
    stage = weighted(course.stages, rng)
    since = course.since_start.get(stage)
    started = None if since is None else today - timedelta(days=int(rng.integers(since[0], since[1] + 1)))
    stopped = None
    if started is not None and stage == "stopped":
        stopped = started + timedelta(days=int(rng.integers(20, (today - started).days)))
    return CourseTruth(
        stage=stage,
        started=started,
        stopped=stopped,
        adherence=round(between(course.adherence, rng), 2),
        from_care=round(between(course.improvement_from_care, rng), 3),
        from_food=round(between(course.improvement_from_food, rng), 3),
        weeks=round(between(course.weeks_to_improve, rng), 1),
    )
