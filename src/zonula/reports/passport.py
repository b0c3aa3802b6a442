"""The food passport: what was tested, in which form and dose, when, how well, with what result, and until when that holds.

A passport never says more than its tests: an open test is called open, a result that has expired is called so, and without any test it
says that nothing was tested.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from zonula.reports.paper import Block, Bullets, Heading, Paper, Paragraph, Person, Table, paper_pdf
from zonula.reports.typeset import Summary, typeset
from zonula.reports.wording import plain
from zonula.treatment_protocols import Result

ACCEPTED, REACTS, OPEN = "Accepted", "Reacts", "Cannot tell yet"
RESULTS = {Result.ACCEPTED: ACCEPTED, Result.REACTS: REACTS, Result.CANNOT_TELL: OPEN}
NOTHING = "No food has been tested yet. Nothing here says that a food is safe or unsafe."
BLINDED, PLAINLY = "blinded test", "open test"
LIMITS = "A result is about this food in this form and dose on that day. A wheal or a blood test alone is never a result here."


class Tested(NamedTuple):
    """One test. form: empty when not written; dose: the most that was given, empty when not recorded; expires: None while it holds."""

    food: str
    form: str
    dose: str
    day: date
    result: Result
    blinded: bool
    expires: date | None


class Never(NamedTuple):
    """A food that stays out for safety, and why."""

    food: str
    why: str


class Passport(NamedTuple):
    """tests: the newest of each food and form, in order of the result and the food. older: those they replaced."""

    tests: tuple[Tested, ...]
    older: tuple[Tested, ...]
    never: tuple[Never, ...]
    as_of: date


def passport_of(tests: Iterable[Tested], never: Iterable[Never], as_of: date) -> Passport:
    """Of each food and form the newest test counts; of two on one day the later written."""
    newest: dict[tuple[str, str], Tested] = {}
    older: list[Tested] = []
    for test in sorted(tests, key=lambda one: one.day):
        key = (test.food.casefold(), test.form.casefold())
        if key in newest:
            older.append(newest[key])
        newest[key] = test
    order = list(RESULTS)
    ranked = sorted(newest.values(), key=lambda one: (order.index(one.result), one.food.casefold(), one.form))
    return Passport(tuple(ranked), tuple(older), tuple(sorted(never)), as_of)


def expired(test: Tested, day: date) -> bool:
    """Whether the result has to be tested again."""
    return test.expires is not None and test.expires <= day


def holds(test: Tested, day: date) -> str:
    """Until when it holds, in words."""
    if test.result is Result.CANNOT_TELL:
        return "no result yet"
    if test.expires is None:
        return "until something changes"
    return f"expired {test.expires}: test again" if expired(test, day) else f"until {test.expires}"


def passport_pdf(passport: Passport, person: Person, clinic: str, version: str) -> Summary:
    """The passport as an A4 PDF."""
    return paper_pdf(passport_paper(passport, person, clinic, version))


def passport_paper(passport: Passport, person: Person, clinic: str, version: str) -> Paper:
    """The passport as a paper."""
    blocks: list[Block] = []
    if passport.never:
        blocks += [
            Heading("Never, for safety"),
            Bullets(tuple((one.food, one.why) for one in passport.never)),
        ]
    if not passport.tests:
        blocks.append(Paragraph(NOTHING))
    for result, title in RESULTS.items():
        found = [one for one in passport.tests if one.result is result]
        if found:
            blocks += [Heading(title), Table(_HEAD, tuple(_row(one, passport.as_of) for one in found))]
    if passport.older:
        blocks += [
            Heading("Earlier tests"),
            Table(
                (*_HEAD, "Result"), tuple((*_row(one, passport.as_of), RESULTS[one.result]) for one in passport.older)
            ),
        ]
    blocks.append(Paragraph(LIMITS, "quiet"))
    days = [one.day for one in (*passport.tests, *passport.older)]
    period = f"{min(days)} to {max(days)}, as of {passport.as_of}" if days else f"as of {passport.as_of}"
    return Paper(
        "Food passport",
        person,
        clinic,
        period,
        passport.as_of,
        f"Zonula {version}. A clinician decides.",
        tuple(blocks),
    )


def card_pdf(passport: Passport, person: Person, version: str) -> Summary:
    """The passport as a card for a wallet."""
    parts = []
    if passport.never:
        parts.append(
            {"title": "NEVER", "lines": [f"{plain(one.food, 60)}: {plain(one.why, 60)}" for one in passport.never]}
        )
    for result in (Result.REACTS, Result.ACCEPTED, Result.CANNOT_TELL):
        found = [one for one in passport.tests if one.result is result]
        if found:
            parts.append({"title": RESULTS[result].upper(), "lines": [_line(one, passport.as_of) for one in found]})
    if not passport.tests:
        parts.append({"title": "", "lines": [NOTHING]})
    name, born, number = person.words
    data = {
        "title": "Food passport",
        "document": f"Food passport, card, {name}, {passport.as_of}",
        "name": name,
        "who": [born, number],
        "footer": f"as of {passport.as_of}. Zonula {version}",
        "parts": parts,
    }
    return typeset("card.typ", data, passport.as_of)


_HEAD = ("Food", "Form", "Dose", "Tested on", "How", "Holds")


def _row(test: Tested, day: date) -> tuple[str, ...]:
    how = BLINDED if test.blinded else PLAINLY
    return (
        test.food,
        test.form or "not written",
        test.dose or "not recorded",
        test.day.isoformat(),
        how,
        holds(test, day),
    )


def _line(test: Tested, day: date) -> str:
    form = f" ({test.form})" if test.form else ""
    dose = f", {test.dose}" if test.dose else ""
    how = BLINDED if test.blinded else PLAINLY
    return plain(f"{test.food}{form}{dose}; {how} {test.day}; {holds(test, day)}", 200)
