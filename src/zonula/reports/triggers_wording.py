"""Plain words about one diary's verdict: names instead of ids, sentences that a patient of twelve can read."""

from functools import cache

from zonula.food_triggers.separation import Separation
from zonula.food_triggers.verdict import CANNOT_TELL, NONE, TRIGGER, DiaryVerdict, GroupVerdict
from zonula.knowledge import shelf
from zonula.reports.wording import plain

CAUTION = (
    "This is a reading of an open diary, not a diagnosis. A suspected food is confirmed only by a blinded challenge, and no "
    "food that once caused a severe reaction may be tried at home."
)
ALMOST_SURE = 0.95
A_YEAR = 365  # days; a diary alone will not settle it, a planned challenge may
# Upper ends in hours of what is said of a delay.
DELAYS = (
    (4.0, "within a few hours"),
    (11.0, "later on the same day"),
    (20.0, "in the evening or the night after"),
    (36.0, "about a day later"),
)


@cache
def _foods() -> dict[str, str]:
    return {row.code: row.display for row in shelf().code_list("diet/foods")}


def food(name: str) -> str:
    """The name of a food group as the shelf of foods displays it; else the words of the diary, without underscores."""
    words = plain(_foods().get(name, name.replace("_", " ")), 80)
    return words[:1].upper() + words[1:] or "(no name)"


def symptom(name: str) -> str:
    """The words of the diary for a symptom, without underscores."""
    return plain(name.replace("_", " "), 80) or "(no name)"


def sections(verdict: DiaryVerdict) -> list[tuple[str, list[GroupVerdict]]]:
    """What is said of which groups, the most probable first; foods excluded for safety come last and only when there are any."""
    ranked = sorted(verdict.groups, key=lambda group: -group.probability)
    said = {TRIGGER: "Probable triggers", CANNOT_TELL: "Cannot tell yet", NONE: "Probably harmless"}
    parts = [(title, [g for g in ranked if g.verdict == kind]) for kind, title in said.items()]
    left_out = [g for g in ranked if g.verdict not in said]
    return [*parts, ("Not judged, for safety", left_out)] if left_out else parts


def headline(verdict: DiaryVerdict) -> str:
    """The answer in one sentence."""
    if verdict.refusal:
        return f"No answer can be given: {verdict.refusal}."
    found = [food(group.group) for group in sections(verdict)[0][1]]
    if found:
        return f"{_listed(found)} probably {'make' if len(found) > 1 else 'makes'} you feel worse."
    open_ = len(sections(verdict)[1][1])
    if open_:
        return f"No food stood out. For {open_} {'foods' if open_ > 1 else 'food'} the diary cannot tell yet."
    return "No food stood out: what you ate does not explain your symptoms."


def for_the_patient(group: GroupVerdict) -> str:
    """What one food does, in short plain sentences."""
    sure = "It is almost certain" if group.probability >= ALMOST_SURE else "It is likely"
    said = [f"{sure} that {food(group.group)} makes you feel worse."]
    if group.main is not None and group.lag_hours is not None:
        said.append(
            f"After one portion your {symptom(group.main.symptom)} goes up, mostly {delay(group.lag_hours[0])}. "
            f"All in all that is as bad as {group.main.mean:.1f} more points for one whole day (your scale goes from 0 to 10)."
        )
    return " ".join(said)


def delay(hours: float) -> str:
    """When an effect comes, in words."""
    return next((words for end, words in DELAYS if hours < end), "one to three days later")


def needs(group: GroupVerdict) -> str:
    """Days that could settle a group which cannot be told yet; empty when that is unknown."""
    if not group.days_needed:
        return ""
    return "a year or more" if group.days_needed >= A_YEAR else f"about {group.days_needed} more days"


def effect(group: GroupVerdict) -> str:
    """Size with interval and symptom, for the clinician; empty when it is not estimated."""
    if group.main is None:
        return ""
    one = group.main
    return f"{one.mean:.1f} ({one.low:.1f} to {one.high:.1f}) on {symptom(one.symptom)}"


def lag(group: GroupVerdict) -> str:
    """Mean delay with interval in hours; empty when it is not estimated."""
    if group.lag_hours is None:
        return ""
    mean, low, high = group.lag_hours
    return f"{mean:.0f} ({low:.0f} to {high:.0f})"


def percent(probability: float) -> str:
    """A probability as a person says it."""
    if probability < 0.01:
        return "less than 1 %"
    return "more than 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def change(pair: Separation) -> str:
    """The smallest change of menu that would tell two foods apart, with the names of the foods."""
    said = pair.change
    for name in sorted((pair.first, pair.second), key=len, reverse=True):
        said = said.replace(name, food(name)) if food(name) != name else said
    return plain(said)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
