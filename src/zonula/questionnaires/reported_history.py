"""The history a patient tells, held against the records by wording: labels, reactions, specialists, tests.

Wording is matched word by word and never interpreted; a label that no record shows stays patient-reported and is never coded.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from zonula.chart import Ask, Chart, Fact, Finding, Grade, Kind, Level, Status
from zonula.questionnaires.response import Response, ResponseItem

_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
_SHORTEST_STEM = 5  # letters two words must share from the start to be forms of one word (allergy, allergic)
_EMPTY = frozenset(
    {
        "the",
        "and",
        "for",
        "with",
        "from",
        "chronic",
        "disease",
        "syndrome",
        "disorder",
        "test",
        "doctor",
        "of",
        "to",
        "a",
    }
)


class Told(msgspec.Struct, frozen=True):
    """One repetition of a group of the history: the answers by linkId (a coded answer as its code)."""

    answers: dict[str, Any]

    def text(self, link_id: str) -> str:
        """The answer as text, or an empty string."""
        value = self.answers.get(link_id)
        return value if isinstance(value, str) else ""


def told(entries: Iterable[ResponseItem], group: str) -> Iterator[Told]:
    """Every repetition of one group, wherever it stands."""
    for entry in entries:
        if entry.link_id == group:
            yield Told({below.link_id: _plain(below.answer[0]) for below in entry.item if below.answer})
        else:
            yield from told(entry.item, group)


def _listed(entries: Iterable[ResponseItem], link_id: str) -> Iterator[str]:
    """Every answer in words to one question, wherever it stands."""
    for entry in entries:
        if entry.link_id == link_id:
            yield from (value for answer in entry.answer if isinstance(value := _plain(answer), str))
        yield from _listed(entry.item, link_id)


def compare_history(response: Response, chart: Chart, day: date) -> Iterator[Finding]:
    """What the told history and the records say of each other."""
    yield from _labels(response, chart, day)
    yield from _reactions(response, chart, day)
    yield from _seen(response, chart, day)


def _labels(response: Response, chart: Chart, day: date) -> Iterator[Finding]:
    conditions = chart.of_kind(Kind.CONDITION, Kind.SYMPTOM)
    for label in told(response.item, "label"):
        name = label.text("label-name")
        if not _significant(name):
            continue
        found = [fact for fact in conditions if _speaks_of(fact, name)]
        asserted = [fact for fact in found if fact.asserted and fact.status is not Status.PATIENT_REPORTED]
        if not found:
            by_clinician = label.text("label-status") == "confirmed"
            source = "says a clinician confirmed" if by_clinician else "names"
            yield _finding(
                "label_without_record",
                f"The patient {source} “{name}”; no record shows it. It is kept as patient-reported.",
                day,
                because=(response.place("label-name"),),
                ask="Ask for the letter behind this label; do not code it as confirmed." if by_clinician else "",
            )
        elif not asserted:
            yield _finding(
                "label_not_confirmed",
                f"The patient names “{name}”; the records mention it only as denied, ruled out, planned or patient-reported.",
                day,
                because=(response.place("label-name"), *(fact.id for fact in found)),
            )


def _reactions(response: Response, chart: Chart, day: date) -> Iterator[Finding]:
    allergies = [fact for fact in chart.of_kind(Kind.ALLERGY) if fact.asserted]
    named = [reaction for reaction in told(response.item, "reaction") if _significant(reaction.text("reaction-to"))]
    for reaction in named:
        what = reaction.text("reaction-to")
        if any(_speaks_of(fact, what) for fact in allergies):
            continue
        severe = reaction.text("reaction-severe") == "yes"
        yield _finding(
            "reaction_without_record",
            f"The patient reports a {'severe ' if severe else ''}reaction to “{what}”; no allergy or intolerance is recorded.",
            day,
            because=(response.place("reaction-to"),),
            level=Level.HOLD if severe else Level.CLINICIAN,
            ask="Take the history of this reaction and record it, with how sure it is.",
        )
    metals = [metal for metal in _listed(response.item, "metals-which") if _significant(metal)]
    contact = [fact for fact in chart.of_kind(Kind.ALLERGY, Kind.CONDITION) if fact.asserted]
    for metal in metals:
        if not any(_speaks_of(fact, metal) for fact in contact):
            yield _finding(
                "metal_without_record",
                f"The patient's skin reacts to “{metal}”; no such allergy is recorded.",
                day,
                because=(response.place("metals-which"),),
                ask="Consider patch testing; a blood test does not answer this.",
            )
    unnamed = [
        fact
        for fact in allergies
        if not any(_speaks_of(fact, metal) for metal in metals)
        and not any(_speaks_of(fact, reaction.text("reaction-to")) for reaction in named)
    ]
    yield from _not_named(unnamed, chart, day)


def _not_named(unnamed: list[Fact], chart: Chart, day: date) -> Iterator[Finding]:
    """Recorded allergies the patient is silent about: those another record rules out one by one, the rest in one question."""
    ruled_out = [fact for fact in chart.of_kind(Kind.ALLERGY) if fact.status is Status.REFUTED]
    standing: dict[str, list[str]] = {}
    disputed: dict[str, list[str]] = {}
    for fact in unnamed:
        against = [other.id for other in ruled_out if _speaks_of(other, fact.text)]
        (disputed if against else standing).setdefault(fact.text, []).extend((fact.id, *against))
    for text, ids in disputed.items():
        yield _finding(
            "allergy_ruled_out_elsewhere",
            f"One record lists “{text}” as an allergy or intolerance, another rules it out, and the patient did not name it.",
            day,
            because=tuple(dict.fromkeys(ids)),
            level=Level.CLINICIAN,
            ask="Settle which record is right and correct the allergy list.",
        )
    if standing:
        yield _finding(
            "allergy_not_reported",
            f"The records list allergies or intolerances that the patient did not name: {', '.join(f'“{text}”' for text in standing)}.",
            day,
            because=tuple(dict.fromkeys(one for ids in standing.values() for one in ids)),
            level=Level.CLINICIAN,
            ask="Ask of each whether it is true, forgotten or outgrown; do not drop it without asking.",
        )


def _seen(response: Response, chart: Chart, day: date) -> Iterator[Finding]:
    for specialist in told(response.item, "specialist"):
        kind = specialist.text("specialist-kind")
        if _significant(kind) and not any(_met(fact, kind) for fact in chart.facts):
            yield _finding(
                "specialist_without_record",
                f"The patient has seen “{kind}”; no record from there was imported.",
                day,
                because=(response.place("specialist-kind"),),
                ask="Ask the patient to request these records.",
            )
    results = chart.of_kind(Kind.OBSERVATION, Kind.PROCEDURE, Kind.DOCUMENT)
    for test in told(response.item, "test"):
        name = test.text("test-name")
        if _significant(name) and not any(_speaks_of(fact, name) for fact in results):
            yield _finding(
                "test_without_record",
                f"The patient had “{name}”; no result was imported.",
                day,
                because=(response.place("test-name"),),
                ask="Ask for the result before repeating the test.",
            )


def _plain(answer: dict[str, Any]) -> Any:
    value = next((value for key, value in answer.items() if key.startswith("value")), None)
    return value.get("code", value.get("display")) if isinstance(value, dict) else value


def _significant(text: str) -> list[str]:
    return [word for word in _WORDS.findall(text.casefold()) if word not in _EMPTY]


def _alike(first: str, second: str) -> bool:
    shared = min(len(first), len(second), _SHORTEST_STEM)
    return first == second or (shared >= _SHORTEST_STEM and first[:shared] == second[:shared])


def _in(words: list[str], text: str) -> bool:
    others = _WORDS.findall(text.casefold())
    return bool(words) and all(any(_alike(word, other) for other in others) for word in words)


def _speaks_of(fact: Fact, name: str) -> bool:
    words = _significant(name)
    return any(_in(words, text) for text in (fact.text, *(code.display for code in fact.codes)) if text)


def _met(fact: Fact, kind: str) -> bool:
    words = _significant(kind)
    # "neurologist" and "Neurology" share their first five letters.
    return any(_in(words[:1], text) for text in (fact.specialty, fact.performer, fact.detail("type")) if text)


def _finding(
    name: str, says: str, day: date, *, because: tuple[str, ...], level: Level | None = None, ask: str = ""
) -> Finding:
    return Finding(
        id=f"questionnaires.compare.{name}",
        says=says,
        as_of=day,
        because=because,
        grade=Grade.RECORD,
        level=level,
        asks=(Ask("clinician", ask),) if ask else (),
    )
