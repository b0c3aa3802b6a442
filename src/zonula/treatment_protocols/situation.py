"""What is known about the patient when a gate is asked. Every field may be unknown, and unknown never opens a gate."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from zonula.chart import State

UNKNOWN = State.UNKNOWN
# The states of the laboratory room's celiac table; empty is unknown. A misspelt state must not pass as "not celiac".
CeliacState = Literal["", "C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"]


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One weighing, in kg."""

    day: date
    kg: Annotated[float, msgspec.Meta(gt=0, lt=700)]


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One weekly 12-domain total: the sum of the twelve 0-10 severities, 0 to 120."""

    day: date
    total: Annotated[float, msgspec.Meta(ge=0, le=120)]


class RedFlag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A red flag that stands: the finding's id and its level (E, U, P, H, C)."""

    finding: str
    level: Literal["E", "U", "P", "H", "C"]


class FoodHistory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known of one food group, for gates and the challenge risk."""

    sensitised: State = UNKNOWN
    tolerated: State = UNKNOWN
    last_eaten: date | None = None
    wheal_predictive: State = UNKNOWN
    anaphylaxis: State = UNKNOWN
    respiratory_or_circulatory: State = UNKNOWN
    immediate_reaction: State = UNKNOWN
    trace_reaction: State = UNKNOWN
    severe_fpies: State = UNKNOWN
    alpha_gal_systemic: State = UNKNOWN
    exercise_induced: State = UNKNOWN


class Situation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The patient on one day, as the gates need it.

    celiac_state: C0 to C8 of the laboratory room; gluten_blocked: whether that state blocks gluten restriction. height_m in metres.
    weights and scores: in any order. foods: by food group.
    """

    age: Annotated[int, msgspec.Meta(ge=0, le=120)] | None = None
    celiac_state: CeliacState = ""
    gluten_blocked: State = UNKNOWN
    pregnant: State = UNKNOWN
    breastfeeding: State = UNKNOWN
    eating_disorder_risk: State = UNKNOWN
    height_m: Annotated[float, msgspec.Meta(gt=0.3, lt=2.8)] | None = None
    weights: tuple[Weight, ...] = ()
    scores: tuple[Score, ...] = ()
    asthma_uncontrolled: State = UNKNOWN
    anaphylaxis_history: State = UNKNOWN
    insulin_or_sulfonylurea: State = UNKNOWN
    kidney_disease: State = UNKNOWN
    transplant: State = UNKNOWN
    mastocytosis: State = UNKNOWN
    beta_blocker: State = UNKNOWN
    second_adult: State = UNKNOWN
    near_emergency_care: State = UNKNOWN
    rescue_plan: State = UNKNOWN
    ill_today: State = UNKNOWN
    cofactor_today: State = UNKNOWN
    mentally_stable: State = UNKNOWN
    red_flags: tuple[RedFlag, ...] | None = None
    foods: dict[str, FoodHistory] = {}

    def weight_on(self, day: date) -> Weight | None:
        """The last weighing up to that day."""
        return max((one for one in self.weights if one.day <= day), key=lambda one: one.day, default=None)

    def bmi_on(self, day: date) -> float | None:
        """kg/m² from the last weighing, or None when weight or height is unknown."""
        weight = self.weight_on(day)
        return None if weight is None or not self.height_m else weight.kg / self.height_m**2

    def food(self, group: str) -> FoodHistory:
        """The history of a food group; all unknown when nothing was asked."""
        return self.foods.get(group, FoodHistory())
