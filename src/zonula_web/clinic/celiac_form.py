"""The questions about celiac disease that no record answers, as a form, and the form as evidence."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from zonula.laboratory_tests.celiac import CeliacEvidence, KnownDisease
from zonula.laboratory_tests.celiac.assessment import CHALLENGE_CARD
from zonula.laboratory_tests.celiac.signs import DOUBT_CARD
from zonula_web.records import read

TRUTH = (("", "not asked"), ("yes", "yes"), ("no", "no"))
KNOWN = (
    ("", "not asked"),
    (KnownDisease.NONE.value, "never established"),
    (KnownDisease.CELIAC.value, "celiac disease is established"),
    (KnownDisease.DERMATITIS_HERPETIFORMIS.value, "dermatitis herpetiformis is established"),
    (KnownDisease.REPORTED.value, "the patient tells of it; no report confirms it"),
)
# Asked by guidelines that allow a diagnosis without a biopsy.
_ROUTES = {
    "alarm_features": "alarm features that need an endoscopy anyway",
    "family_agrees": "the family agrees to go without a biopsy",
    "endoscopy_declined": "an endoscopy is declined or impossible",
}
MARSH = ("", "0", "1", "2", "3", "3a", "3b", "3c")
_NUMBER = re.compile(r"\d{1,4}([.,]\d{1,2})?")


class Choice(NamedTuple):
    """One option of a question."""

    value: str
    label: str
    chosen: bool


class Question(NamedTuple):
    """One question with few answers."""

    name: str
    label: str
    choices: tuple[Choice, ...]


class Line(NamedTuple):
    """One field of text."""

    name: str
    label: str
    help: str
    value: str
    error: str


class DrawLines(NamedTuple):
    """What was eaten before one blood draw. name: the day, or `now`."""

    title: str
    lines: tuple[Line, ...]


class CeliacForm(NamedTuple):
    """The whole form."""

    known: Question
    risk: tuple[Question, ...]
    hiding: tuple[Question, ...]
    challenge: tuple[Question, ...]
    routes: tuple[Question, ...]
    draws: tuple[DrawLines, ...]
    biopsy: tuple[Line, ...]
    marsh: Question


def celiac_form(typed: Mapping[str, str], recorded: CeliacEvidence, problems: Mapping[str, str]) -> CeliacForm:
    """The form with what is typed. recorded: what the chart holds, for the days of the blood draws."""
    doubt, challenge = read.knowledge().card(DOUBT_CARD).data, read.knowledge().card(CHALLENGE_CARD).data

    def question(name: str, label: str, answers: tuple[tuple[str, str], ...] = TRUTH) -> Question:
        chosen = typed.get(name, "")
        return Question(
            name,
            label[:1].upper() + label[1:],
            tuple(Choice(value, words, value == chosen) for value, words in answers),
        )

    def line(name: str, label: str, text: str = "") -> Line:
        return Line(name, label, text, typed.get(name, ""), problems.get(name, ""))

    def gluten(name: str, title: str) -> DrawLines:
        return DrawLines(
            title,
            (
                line(f"meals.{name}", "Meals with gluten a day", "0 when none; empty when not asked"),
                line(f"weeks.{name}", "For how many weeks", "up to then"),
            ),
        )

    hiding = doubt["hides_antibodies"]
    return CeliacForm(
        known=question("known_disease", "Was celiac disease ever established?", KNOWN),
        risk=tuple(question(name, words) for name, words in doubt["risk"].items()),
        hiding=tuple(question(name, words) for name, words in hiding.items()),
        challenge=tuple(
            question(name, words) for name, words in challenge["circumstances"].items() if name not in hiding
        ),
        routes=tuple(question(name, words) for name, words in _ROUTES.items()),
        draws=(
            *(gluten(day, f"Before the blood draw of {day}") for day in _days(recorded)),
            gluten("now", "Now"),
        ),
        biopsy=(
            line("biopsy.date", "Day of the biopsy", "YYYY-MM-DD; empty when none was taken"),
            line("biopsy.lymphocytes_per_100", "Lymphocytes per 100 enterocytes"),
            line("biopsy.distal", "Pieces from the distal duodenum"),
            line("biopsy.bulb", "Pieces from the bulb"),
        ),
        marsh=question("biopsy.marsh", "Marsh", tuple((value, value or "not written") for value in MARSH)),
    )


def evidence_typed(posted: Mapping[str, str], recorded: CeliacEvidence) -> tuple[dict[str, Any], dict[str, str]]:
    """The form as evidence in plain data, and what cannot be read by name of its field. A question not asked is left out."""
    problems: dict[str, str] = {}
    doubt, challenge = read.knowledge().card(DOUBT_CARD).data, read.knowledge().card(CHALLENGE_CARD).data
    asked = (*doubt["risk"], *doubt["hides_antibodies"], *challenge["circumstances"], *_ROUTES)
    history: dict[str, Any] = {
        name: posted[name] == "yes" for name in dict.fromkeys(asked) if posted.get(name) in ("yes", "no")
    }
    if posted.get("known_disease"):
        history["known_disease"] = posted["known_disease"]
    written: dict[str, Any] = {"history": history}
    if now := _gluten(posted, "now", problems):
        written["gluten_now"] = now
    draws = [{"date": day, "gluten": eaten} for day in _days(recorded) if (eaten := _gluten(posted, day, problems))]
    if draws:
        written["draws"] = draws
    if biopsy := dict(_biopsy(posted, problems)):
        if "date" in biopsy:
            written["biopsy"] = biopsy
        else:
            problems.setdefault("biopsy.date", "Write the day of the biopsy.")
    return written, problems


def typed_of(evidence: CeliacEvidence | None) -> dict[str, str]:
    """What was stated before, as the form would have been typed."""
    if evidence is None:
        return {}
    typed: dict[str, str] = {}
    for name in evidence.history.__struct_fields__:
        answer = getattr(evidence.history, name)
        if answer is not None:
            typed[name] = (
                {True: "yes", False: "no"}.get(answer, str(answer)) if isinstance(answer, bool) else str(answer)
            )
    eaten = [("now", evidence.gluten_now), *((draw.date.isoformat(), draw.gluten) for draw in evidence.draws)]
    for name, gluten in eaten:
        for field, amount in (("meals", gluten and gluten.meals_a_day), ("weeks", gluten and gluten.weeks)):
            if amount is not None:
                typed[f"{field}.{name}"] = f"{amount:g}"
    if evidence.biopsy:
        biopsy = evidence.biopsy
        typed |= {"biopsy.date": biopsy.date.isoformat(), "biopsy.marsh": biopsy.marsh}
        for name in ("lymphocytes_per_100", "distal", "bulb"):
            if getattr(biopsy, name) is not None:
                typed[f"biopsy.{name}"] = f"{getattr(biopsy, name):g}"
    return typed


def _days(recorded: CeliacEvidence) -> tuple[str, ...]:
    return tuple(draw.date.isoformat() for draw in recorded.draws)


def _gluten(posted: Mapping[str, str], name: str, problems: dict[str, str]) -> dict[str, float]:
    found = {}
    for field, means in (("meals", "meals_a_day"), ("weeks", "weeks")):
        number = _number(posted, f"{field}.{name}", problems)
        if number is not None:
            found[means] = number
    return found


def _biopsy(posted: Mapping[str, str], problems: dict[str, str]) -> Iterator[tuple[str, Any]]:
    if day := posted.get("biopsy.date", "").strip():
        try:
            yield "date", date.fromisoformat(day).isoformat()
        except ValueError:
            problems["biopsy.date"] = "Write the day as YYYY-MM-DD."
    if posted.get("biopsy.marsh"):
        yield "marsh", posted["biopsy.marsh"]
    for name in ("lymphocytes_per_100", "distal", "bulb"):
        number = _number(posted, f"biopsy.{name}", problems)
        if number is not None:
            yield name, number if name == "lymphocytes_per_100" else int(number)


def _number(posted: Mapping[str, str], name: str, problems: dict[str, str]) -> float | None:
    text = posted.get(name, "").strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None:
        problems[name] = "Write a number, or leave it empty when it is not known."
        return None
    return float(text.replace(",", "."))
