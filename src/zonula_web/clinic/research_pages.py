"""What a researcher is shown of a release: counts to the nearest five, small ones not at all."""

from math import exp
from typing import Any

from zonula.outcomes import Aggregate, Definitions, Standing, rounded
from zonula.outcomes.deidentified import COLUMNS
from zonula.reports.outcomes_page import STANDINGS
from zonula_web.records.research import Content

HIDDEN = "too few to show"
AFTER = {Standing.RECOVERED: "recovered and well since", Standing.RELAPSED: "recovered, then relapsed"}


def summary(content: Content, rules: Definitions) -> dict[str, Any]:
    """The figures as words and rounded counts."""

    def about(count: int | None) -> str:
        return HIDDEN if count is None else "none" if count == 0 else f"about {rounded(count, rules.least_cell)}"

    made = content.summary
    return {
        "about": about(made.patients),
        "way": [(title, about(count)) for title, count in content.way],
        "standings": [(AFTER.get(kind, words), about(made.standings[kind.value])) for kind, words in STANDINGS.items()],
        "dropped_out": about(made.ends["dropped_out"]),
        "events": about(made.adverse_events),
        "serious": about(made.serious_adverse_events),
        "restricted": about(made.foods_restricted),
        "given_back": about(made.foods_given_back),
        "recovered": [(one.day, _percent(one.recovered), about(one.at_risk)) for one in made.points],
        "effect": _effect(made),
        "cell": rules.least_cell,
    }


def columns() -> list[tuple[str, str, str]]:
    """The table's columns with type and meaning."""
    return [(name, str(kind), meaning) for name, kind, meaning in COLUMNS]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _effect(made: Aggregate) -> str:
    """The adjusted effect of the skin test, or nothing."""
    if made.effect is None:
        return ""
    low, high = (exp(made.effect.log_hazard_ratio + side * 1.96 * made.effect.error) for side in (-1, 1))
    return f"hazard ratio of recovery {exp(made.effect.log_hazard_ratio):.2f} per standard deviation of percent positive (95 % interval {low:.2f} to {high:.2f})"
