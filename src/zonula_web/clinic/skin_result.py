"""One finished session in words: validity, count with its interval, each sensitised food by what eating it does, the hypothesis apart."""

from collections.abc import Sequence
from typing import NamedTuple

from zonula.chart import Finding
from zonula.reports.review_view import Statement
from zonula.skin_prick_tests import Change, Eating, Outcome, Session, SkinTest, Verdict
from zonula.skin_prick_tests import read as read_session
from zonula_web.clinic.said import statements
from zonula_web.clinic.skin_entry import label_of, wheal_words
from zonula_web.clinic.skin_picture import WORDS, Picture, picture
from zonula_web.records import read

OUTCOMES = {
    Outcome.VALID: ("good", "The session is valid and was read."),
    Outcome.REPEAT: ("warn", "The session cannot be read as it is: it is done again, or completed."),
    Outcome.INVALID: ("alarm", "The session is not valid. It gives no result, which is not a negative one."),
}
_FOOD = "skin_prick_tests.food."
_CUT_OFF = "skin_prick_tests.cut_off."
_HYPOTHESIS = "skin_prick_tests.severity_hypothesis"
_GROUPS = (
    ("sensitised_history", "Sensitised, and the patient reports reactions", "Only these may be an allergy; an allergist decides, not the test."),
    ("sensitised", "Sensitised; not eaten lately, or not known whether tolerated", "Ask before anything is removed, and before it is eaten again."),
    ("sensitised_tolerated", "Sensitised, and eaten without harm", "Sensitised is not allergic: these stay in the diet."),
    ("equivocal", "Equivocal", "Counted as neither positive nor negative."),
)  # fmt: skip


class Group(NamedTuple):
    """Foods with the same standing."""

    title: str
    lead: str
    statements: tuple[Statement, ...]


class Row(NamedTuple):
    """One site in the table."""

    label: str
    wheal: str
    mean: str
    read_after: str
    words: str
    why: str


class Moved(NamedTuple):
    """One food in two sessions."""

    label: str
    before: str
    now: str
    millimetres: str


class EatingLine(NamedTuple):
    """What is known of eating one food with a wheal."""

    food: str
    label: str
    tolerated: str
    last: str


class Result(NamedTuple):
    """Everything a page shows of one session."""

    session: Session
    test: SkinTest
    tone: str
    outcome: str
    reasons: tuple[Statement, ...]
    cautions: tuple[Statement, ...]
    counted: tuple[Statement, ...]
    groups: tuple[Group, ...]
    others: tuple[Statement, ...]
    hypothesis: tuple[Statement, ...]
    picture: Picture
    rows: tuple[Row, ...]
    eating: tuple[EatingLine, ...]
    before: Session | None
    moved: tuple[Moved, ...]
    circumstances: tuple[tuple[str, str], ...]


def result_of(sessions: Sequence[Session], place: int) -> Result:
    """The session at that place, oldest first, compared with the one before it."""
    session = sessions[place]
    before = sessions[place - 1] if place else None
    shelf, panel = read.knowledge(), read.panel()
    test = read_session(session, shelf, panel, before)
    tone, outcome = OUTCOMES[test.validity.outcome]
    findings = test.findings[len(test.validity.reasons) + len(test.validity.cautions) :]
    foods = [one for one in findings if one.id.startswith(_FOOD)]
    apart = [one for one in findings if not one.id.startswith((_FOOD, _HYPOTHESIS, "skin_prick_tests.count"))]
    return Result(
        session=session,
        test=test,
        tone=tone,
        outcome=outcome,
        reasons=statements(test.validity.reasons),
        cautions=statements(test.validity.cautions),
        counted=statements(one for one in findings if one.id == "skin_prick_tests.count"),
        groups=_groups(foods),
        others=statements(one for one in apart if not (one.id.startswith(_CUT_OFF) and one.value is None)),
        hypothesis=statements(one for one in findings if one.id == _HYPOTHESIS),
        picture=picture(session, test, panel, shelf),
        rows=_rows(session, test),
        eating=_eating(session, test),
        before=before,
        moved=tuple(_moved(change) for change in test.changes),
        circumstances=_circumstances(session),
    )


def _groups(foods: Sequence[Finding]) -> tuple[Group, ...]:
    found = []
    for value, title, lead in _GROUPS:
        members = [one for one in foods if one.value == value]
        if members:
            found.append(Group(title, lead, statements(members)))
    return tuple(found)


def _rows(session: Session, test: SkinTest) -> tuple[Row, ...]:
    readings = {reading.food: reading for reading in test.readings}
    rows = []
    for prick in session.pricks:
        reading = readings.get(prick.food)
        rows.append(
            Row(
                label_of(prick.food, read.panel()),
                wheal_words(prick),
                "" if prick.mean_mm is None else f"{prick.mean_mm:g}",
                "" if prick.read_after_min is None else f"{prick.read_after_min:g}",
                "control" if prick.is_control else WORDS[reading.verdict] if reading else "no result",
                reading.why if reading else "",
            )
        )
    return tuple(rows)


def _eating(session: Session, test: SkinTest) -> tuple[EatingLine, ...]:
    asked = [one.food for one in test.readings if one.verdict in (Verdict.POSITIVE, Verdict.EQUIVOCAL)]
    lines = []
    for food in asked:
        known = session.eating.get(food, Eating())
        last = known.last_eaten.isoformat() if known.last_eaten else ""
        lines.append(EatingLine(food, label_of(food, read.panel()), known.tolerated.value, last))
    return tuple(lines)


def _moved(change: Change) -> Moved:
    difference = change.wheal_change_mm
    return Moved(
        label_of(change.food, read.panel()),
        WORDS[change.before],
        WORDS[change.now],
        "not comparable" if difference is None else f"{difference:+g} mm",
    )


def _circumstances(session: Session) -> tuple[tuple[str, str], ...]:
    drugs = "not asked"
    if session.drugs is not None:
        drugs = (
            "; ".join(f"{drug.name}, last {drug.last_dose or 'dose not known'}" for drug in session.drugs)
            or "none taken"
        )
    return tuple(
        (name, value or "not written down")
        for name, value in (
            ("Tested by", session.operator),
            ("Device", session.device),
            ("Body site", session.body_site),
            ("Drugs before", drugs),
            ("Asthma", "not asked" if session.asthma.value == "unknown" else session.asthma.value),
            ("Adrenaline at hand", _truth(session.adrenaline_ready.value)),
            ("Physician on site", _truth(session.physician_on_site.value)),
        )
    )


def _truth(value: str) -> str:
    return "" if value == "unknown" else value
