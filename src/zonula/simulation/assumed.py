"""What virtual lives are drawn from: the cards of `knowledge/simulation`, each in the form its part of a life reads."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec
import numpy as np

from zonula.knowledge import Shelf
from zonula.knowledge import shelf as shipped_shelf

_T = TypeVar("_T")
Span = tuple[float, float]


class Disease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recognised disease. female, male: percent of lives; known, missed: percent of those who have it."""

    name: str
    female: float
    male: float
    known: float
    missed: float


class LowIga(msgspec.Struct, frozen=True):
    """Percent with IgA too low to rely on."""

    general: float
    celiac: float


class Ttg(msgspec.Struct, frozen=True):
    """How well tTG-IgA tells, in percent."""

    sensitivity: float
    specificity: float


class Diseases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Card `recognised_diseases`."""

    diseases: dict[str, Disease]
    low_iga: LowIga
    ttg: Ttg


class Scales(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body mass index of lives, the share scales are off by, and a planted fall."""

    bmi: Span
    off_by: float
    fall_percent: float
    fall_days: int


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a mean rating becomes the worst of a week (0 to 10) and a step of a screening item (0 to 3)."""

    worst_at_0: float
    worst_per_point: float
    worst_spread: float
    step_per_point: float
    step_spread: float


class TreatmentDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Steps in days after the start of the run-in, and which foods are left out (percent). strong_belief: of 10."""

    reboot: int
    giving_back: int
    maintenance: int
    rejuvenation: int
    between_challenges: int
    to_verdict: int
    most_left_out: int
    triggers_left_out: float
    suspected_left_out: float
    others_left_out: float
    strong_belief: float
    cannot_tell: float


class LifeCourse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Card `a_life`. Spans are lowest and highest; the rest is percent unless its name says otherwise."""

    age_years: Span
    oldest_at_onset: int
    years_ill: Span
    female_percent: float
    domain_from_rating: float
    domains_within_share_of_illness: float
    family_practice_visits_a_year: Span
    specialist_visits_per_domain: tuple[int, int]
    blood_tests_at_visit_percent: float
    copied_results_percent: float
    letters_percent: float
    labels: dict[str, float]
    celiac_gaps: dict[str, float]
    gaps_closed_percent: float
    planted: dict[str, float]
    planted_problems: dict[str, tuple[int, str, str]]
    planted_drugs: dict[str, tuple[str, str]]
    weight: Scales
    vitals: tuple[tuple[str, str, str, int, int], ...]
    answers: Answering
    stages: dict[str, float]
    since_start: dict[str, tuple[int, int]]
    treatment: TreatmentDays
    adherence: Span
    improvement_from_care: Span
    improvement_from_food: Span
    weeks_to_improve: Span
    weekly_noise: float
    percent_positive_lengthens_recovery: float
    felt_from: float
    weekly_answers_percent: float
    adverse_event_percent: float


class Test(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A numeric test. health: the span of results in health; inconclusive: low, high and percent of healthy results in it."""

    code: str
    name: str
    unit: str
    low: float | None
    high: float | None
    health: Span
    digits: int
    panel: str
    women_low: float | None = None
    inconclusive: tuple[float, float, float] | None = None
    diseases: dict[str, Span] = {}


class WordedTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test answered in words. says: wording, interpretation code, percent."""

    code: str
    name: str
    panel: str
    says: tuple[tuple[str, str, float], ...]


class Anaemia(msgspec.Struct, frozen=True):
    """Haemoglobin with anaemia, and percent of the iron deficient who have it."""

    hemoglobin: Span
    percent: float


class CeliacAntibody(msgspec.Struct, frozen=True):
    """Results of a positive tTG-IgA."""

    weak: Span
    strong: Span
    strong_percent: float
    false_positive: Span


class Laboratory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Card `laboratory`."""

    tests: dict[str, Test]
    anaemia: Anaemia
    celiac_antibody: CeliacAntibody
    low_iga: Span
    worded: dict[str, WordedTest]
    routine: tuple[str, ...]
    also: dict[str, float]


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one of the twelve domains leaves in a chart. coded: ICD-10-CM code and wording; orders: panels; drugs: name and dose."""

    name: str
    coded: tuple[tuple[str, str], ...]
    complaints: tuple[str, ...]
    specialists: tuple[str, ...]
    orders: tuple[str, ...]
    procedures: tuple[str, ...]
    drugs: tuple[tuple[str, str], ...]


class Providers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Card `providers`: invented names. specialties: our name to the written one and its taxonomy code."""

    family_practices: tuple[str, ...]
    hospitals: tuple[str, ...]
    groups: tuple[str, ...]
    regional: tuple[str, ...]
    wellness: tuple[str, ...]
    clinicians: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    syllables: tuple[str, ...]
    family_endings: tuple[str, ...]
    specialties: dict[str, tuple[str, str]]
    at_hospital: tuple[str, ...]
    at_group: tuple[str, ...]
    at_regional: tuple[str, ...]


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A family of foods one sensitisation covers. each: chance of every food of it."""

    percent: float
    foods: tuple[str, ...]
    each: float


class SkinTests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Card `skin_test`. Wheals in mm."""

    families: dict[str, Family]
    panel: tuple[str, ...]
    wheal_mm: Span
    no_wheal_mm: Span
    histamine_mm: Span
    antihistamine_percent: float
    dermographism_percent: float
    suppressed_histamine_mm: Span
    dermographic_mm: Span
    tolerated_percent: float
    groups: dict[str, tuple[str, ...]]


class GenotypeFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Card `genotype_file`. haplotypes: DQA1 and DQB1 alleles."""

    build: int
    places: dict[str, int]
    rows: int
    no_call_percent: float
    has_file_percent: float
    has_clinical_typing_percent: float
    haplotypes: dict[str, tuple[str, str]]
    genotypes: dict[str, tuple[str, str]]


class Assumed(msgspec.Struct, frozen=True):
    """Everything virtual lives are drawn from. flag_levels: of every red flag the review knows, by name. positive_mm: a wheal that
    counts; strong_times: the multiple of its limit from which tTG-IgA is strong."""

    diseases: Diseases
    course: LifeCourse
    laboratory: Laboratory
    domains: dict[str, Domain]
    providers: Providers
    skin_tests: SkinTests
    genotype_files: GenotypeFiles
    dq_genotypes: dict[str, dict[str, float]]
    tag_snps: dict[str, tuple[str, str, str]]
    flag_levels: dict[str, str]
    positive_mm: float
    strong_times: float


@lru_cache(maxsize=4)
def assumed(shelf: Shelf | None = None) -> Assumed:
    """What the shelf (the shipped one when None) says about virtual lives."""
    shelf = shelf or shipped_shelf()

    def data(card: str, form: type[_T]) -> _T:
        return msgspec.convert(shelf.card(f"simulation/{card}").data, form, strict=False)

    gradient = shelf.card("laboratory_tests/hla_dq_gradient").data["genotypes"]
    snps = shelf.card("laboratory_tests/hla_tag_snps").data["snps"]
    return Assumed(
        diseases=data("recognised_diseases", Diseases),
        course=data("a_life", LifeCourse),
        laboratory=data("laboratory", Laboratory),
        domains=data("symptoms_in_charts", dict[str, Domain]),
        providers=data("providers", Providers),
        skin_tests=data("skin_test", SkinTests),
        genotype_files=data("genotype_file", GenotypeFiles),
        dq_genotypes={whom: {name: row[whom] for name, row in gradient.items()} for whom in ("patients", "controls")},
        tag_snps={rsid: (snp["tag"], snp["other"], snp["tags"]) for rsid, snp in snps.items()},
        positive_mm=float(shelf.card("skin_prick_tests/positive_wheal").value),
        strong_times=float(shelf.card("laboratory_tests/celiac_strong_positive").value),
        flag_levels={card.id.rpartition("/")[2]: card.data["level"] for card in shelf.cards("chart_review/red_flags")},
    )


def chance(percent: float, rng: np.random.Generator) -> bool:
    """True in that percent of draws."""
    return bool(rng.random() < percent / 100)


def between(span: Span, rng: np.random.Generator) -> float:
    """A number of the span, all equally likely."""
    return float(rng.uniform(*span))


def one_of(choices: Sequence[_T], rng: np.random.Generator) -> _T:
    """One of them, all equally likely."""
    return choices[int(rng.integers(len(choices)))]


def weighted(shares: dict[str, float], rng: np.random.Generator) -> str:
    """A name, drawn in these shares."""
    point = rng.random() * sum(shares.values())
    for name, share in shares.items():
        point -= share
        if point < 0:
            return name
    return next(reversed(shares))


def day_between(first: datetime.date, last: datetime.date, rng: np.random.Generator) -> datetime.date:
    """A day of the span, both ends included."""
    return first + datetime.timedelta(days=int(rng.integers(0, max(0, (last - first).days) + 1)))
