"""The hidden truth of a virtual life: what is really so, whatever the records say. `docs/schemas/simulation-truth.schema.json`."""

from datetime import date

import msgspec

from zonula.simulation.diary import GroupTruth

SCHEMA = "zonula.simulation-truth/1"


class DiseaseTruth(msgspec.Struct, frozen=True, kw_only=True):
    """A recognised disease the person has. records: "known", "missed" (an abnormal result nobody followed), "seronegative" or "untested"."""

    name: str
    since: date
    records: str


class CeliacTruth(msgspec.Struct, frozen=True, kw_only=True):
    """testing: how it went (well, never, without_total_iga, off_gluten, gluten_free_untested, missed, followed_up, known).

    state: the state the laboratory room's table must reach from case and records; draw: the day of the blood draw.
    """

    testing: str
    state: str
    draw: date | None = None


class Tolerance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a trigger that is left out from the Reboot on is tolerated again at all, and from which day; None before a plan."""

    recovers: bool
    tolerated_from: date | None = None


class CourseTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The treatment. stage: where it stands on the last day; held_by: gates that hold it; from_care: share of the weekly total
    that goes by care and time alone; from_food: share of the rest that would go if every trigger were left out every day; left_out: the
    groups of the Reboot; improvement: what goes in the end; weeks: time constant of that; started: day of the run-in, None at intake; stopped: the day the plan was given up."""

    stage: str
    held_by: tuple[str, ...] = ()
    started: date | None = None
    stopped: date | None = None
    adherence: float
    from_care: float
    from_food: float
    left_out: tuple[str, ...] = ()
    improvement: float = 0.0
    weeks: float


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """One life. Foods under `sensitised` are panel ids, under `triggers` food groups of the diary.

    domains: each of the twelve that is part of this life, and since when. red_flags: every flag of the review that the records
    must raise, by its name; alarms: of the questionnaires. percent_positive_lengthens_recovery: 0 means the clinic's belief is false here.
    """

    schema: str = SCHEMA
    patient: str
    seed: int
    index: int
    today: date
    born: date
    female: bool
    ill_since: date
    domains: dict[str, date]
    severity: dict[str, float]
    diseases: dict[str, DiseaseTruth]
    low_iga: bool
    celiac: CeliacTruth
    hla_genotype: str
    has_genotype_file: bool
    labels: dict[str, date]
    planted: tuple[str, ...]
    red_flags: tuple[str, ...]
    alarms: tuple[str, ...]
    sensitised: tuple[str, ...]
    tolerated: tuple[str, ...]
    skin_test_readable: bool
    triggers: dict[str, GroupTruth]
    tolerance: dict[str, Tolerance]
    course: CourseTruth
    percent_positive_lengthens_recovery: float
