"""Is anything else going on? The exclusion work-up of one chart: core screen, tests per symptom domain, celiac disease first."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from zonula.chart import Ask, Chart, Finding, State
from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.laboratory_tests.celiac import (
    CeliacAssessment,
    CeliacState,
    assess_celiac,
    evidence_from_chart,
)
from zonula.laboratory_tests.workup.items import Item, ItemStatus, Todo, applies, item
from zonula.laboratory_tests.workup.orders import incomplete, not_worth_ordering, without_follow_up
from zonula.laboratory_tests.workup.record import Record
from zonula.laboratory_tests.workup.validity import TESTS_CARD

ROOM = "laboratory_tests.workup"
_CELIAC_STATUS = {
    CeliacState.C0: ItemStatus.NOT_INTERPRETABLE,
    CeliacState.C1: ItemStatus.REASSURING,
    CeliacState.C2: ItemStatus.NOT_INTERPRETABLE,
    CeliacState.C2_RESOLVED: ItemStatus.REASSURING,
    CeliacState.C3: ItemStatus.ABNORMAL,
    CeliacState.C4: ItemStatus.ABNORMAL,
    CeliacState.POSITIVE_UNSPLIT: ItemStatus.ABNORMAL,
    CeliacState.C5: ItemStatus.REASSURING,
    CeliacState.C6: ItemStatus.INCONCLUSIVE,
    CeliacState.C7: ItemStatus.ABNORMAL,
    CeliacState.C8: ItemStatus.INCONCLUSIVE,
    CeliacState.OPEN: ItemStatus.INCONCLUSIVE,
}
_SAYS = {
    ItemStatus.REASSURING: State.NO,
    ItemStatus.ABNORMAL: State.YES,
}


_TODO = {
    Todo.ORDER: "Order {}.",
    Todo.REPEAT: "Repeat {}.",
    Todo.READ: "Read the report of {}.",
}


class Workup(msgspec.Struct, frozen=True, kw_only=True):
    """The work-up as of a day. items: every test asked for, celiac first. findings: all of it, said; the other tuples are parts of it."""

    today: date
    items: tuple[Item, ...]
    celiac: CeliacAssessment
    no_follow_up: tuple[Finding, ...]
    incomplete: tuple[Finding, ...]
    not_worth_ordering: tuple[Finding, ...]
    findings: tuple[Finding, ...]

    def with_status(self, status: ItemStatus) -> tuple[Item, ...]:
        """The items of that status."""
        return tuple(item for item in self.items if item.status is status)

    def left_to(self, todo: Todo) -> tuple[Item, ...]:
        """The items of which that is left to do."""
        return tuple(item for item in self.items if item.todo is todo)


def exclusion_workup(
    chart: Chart, domains_present: Iterable[str], today: date, celiac: CeliacAssessment | None = None
) -> Workup:
    """The work-up of a chart for the symptom domains that are present.

    celiac: the assessment that counts, which may rest on what the clinician asked; without it the records alone are read.
    Raises UserError when a domain is not one of the card's.
    """
    data: dict[str, Any] = shelf().card(TESTS_CARD).data
    domains = tuple(dict.fromkeys(domains_present))
    if unknown := [domain for domain in domains if domain not in data["domains"]]:
        raise UserError(f"unknown symptom domain {unknown[0]!r}.", f"Known: {', '.join(data['domains'])}.")
    record = Record(chart, today)
    celiac = celiac or assess_celiac(evidence_from_chart(chart, today), today)
    items = (
        _celiac_item(celiac),
        *(
            item(test, asked_by, record)
            for test, spec in data["tests"].items()
            if (asked_by := _asked_by(test, spec, domains, data)) and applies(spec, chart.patient, today)
        ),
    )
    unfollowed, partial, useless = without_follow_up(items, record), incomplete(record), not_worth_ordering(record)
    return Workup(
        today=today,
        items=items,
        celiac=celiac,
        no_follow_up=unfollowed,
        incomplete=partial,
        not_worth_ordering=useless,
        findings=(*celiac.findings, *(_finding(one, today) for one in items[1:]), *unfollowed, *partial, *useless),
    )


def _asked_by(test: str, spec: dict[str, Any], domains: tuple[str, ...], data: dict[str, Any]) -> tuple[str, ...]:
    core = ("core",) if spec["core"] else ()
    return core + tuple(domain for domain in domains if test in data["domains"][domain])


def _celiac_item(celiac: CeliacAssessment) -> Item:
    main = celiac.findings[0]
    never = celiac.state is CeliacState.OPEN and celiac.signs.serology == "none"
    return Item(
        test="celiac",
        name="celiac disease",
        asked_by=("core",),
        status=ItemStatus.MISSING if never else _CELIAC_STATUS[celiac.state],
        because=f"state {celiac.state.value}: {celiac.because}",
        day=main.as_of if main.because else None,
        facts=main.because,
        cards=main.according_to,
    )


def _finding(one: Item, today: date) -> Finding:
    cards = [shelf().card(card) for card in one.cards]
    when = f" ({one.day.isoformat()})" if one.day else ""
    return Finding(
        id=f"{ROOM}.{one.test}",
        says=f"{one.name[0].upper()}{one.name[1:]}{when}: {one.status.value}; {one.because}.",
        as_of=one.day or today,
        state=_SAYS.get(one.status, State.UNKNOWN),
        value=one.status.value,
        because=one.facts,
        according_to=one.cards,
        grade=cards[0].grade,
        verified=all(card.verified for card in cards),
        asks=(Ask("clinician", _TODO[one.todo].format(one.name)),) if one.todo else (),
    )
