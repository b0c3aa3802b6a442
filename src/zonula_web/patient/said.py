"""What an entry says, in one line, as the phone says it."""

from zonula.diary.entry import (
    Alarm,
    AnyEntry,
    Belief,
    ChallengeDose,
    Day,
    Eaten,
    Meal,
    Practice,
    Stool,
    Symptoms,
    Taken,
)
from zonula_web.patient.foods import food_name

DOMAINS = {
    "fatigue": "Tired", "bloating": "Bloated, belly", "pain": "Pain, aches", "headache": "Headache", "rash": "Rash, skin", "itch": "Itching",
    "allergies": "Sneezing, hives, swelling", "chemicals": "Smells or chemicals", "mood": "Low or worried",
    "side-effects": "Side effects of a treatment", "healing": "Wounds heal slowly", "infections": "Cold or infection",
}  # fmt: skip
STOOL = ("Hard lumps", "Lumpy sausage", "Sausage with cracks", "Smooth and soft", "Soft pieces", "Mushy", "Like water")
ALARMS = {
    "breathing": "I cannot breathe well", "throat": "My throat is tight or swelling", "fainting": "I fainted or nearly did",
    "suicidal": "I think of ending my life",
}  # fmt: skip
_KINDS: dict[type, str] = {
    Meal: "Meal", Symptoms: "How I felt", Stool: "Stool", Day: "The day", Taken: "Medicine", Practice: "Practice",
    ChallengeDose: "Test dose", Belief: "What I suspect", Alarm: "Call for help",
}  # fmt: skip


def kind_of(entry: AnyEntry) -> str:
    """The name of its kind."""
    return _KINDS.get(type(entry), "Note")


def says(entry: AnyEntry) -> str:
    """One line; what was not said is left out."""
    parts = [*_parts(entry), entry.note, "photo" if entry.photo else ""]
    return " · ".join(part for part in parts if part)


def _parts(entry: AnyEntry) -> list[str]:  # noqa: PLR0911 - one line for each kind
    match entry:
        case Meal():
            return [", ".join(_eaten(one) for one in entry.items)]
        case Symptoms():
            return [f"{DOMAINS[domain]} {felt.worst}" for domain, felt in entry.felt.items()]
        case Stool():
            return [STOOL[entry.form - 1], "with blood" if entry.blood else ""]
        case Day():
            return _day(entry)
        case Taken():
            return [entry.name, entry.dose, "against a symptom" if entry.rescue else ""]
        case Practice():
            return [entry.what, "" if entry.minutes is None else f"{entry.minutes} min"]
        case ChallengeDose():
            eaten = f", {entry.servings:g} of a portion" if entry.servings else ""
            return [f"{food_name(entry.food)}{eaten}", "I stopped the test" if entry.stopped else ""]
        case Belief():
            return [f"{food_name(entry.food)}: {entry.suspects} of 10"]
        case Alarm():
            return [ALARMS[entry.what]]
        case _:
            return []


def _day(entry: Day) -> list[str]:
    return [
        "" if entry.sleep_hours is None else f"slept {entry.sleep_hours:g} h",
        "" if entry.stress is None else f"stress {entry.stress}",
        {None: "", True: "period", False: "no period"}[entry.menses],
        {None: "", True: "ill", False: "not ill"}[entry.ill],
        "" if entry.active_minutes is None else f"active {entry.active_minutes} min",
    ]


def _eaten(one: Eaten) -> str:
    return one.name if one.portion == "usual" else f"{one.name} ({one.portion})"
