"""The work-up inventory: the first-line tests of the core screen and of the present domains, and where each stands."""

from collections.abc import Iterable, Mapping

from zonula.chart import Ask, Fact, Finding, Sex
from zonula.chart_review.case import Case, written
from zonula.chart_review.contract import SymptomDomain, WorkupItem, WorkupStatus
from zonula.chart_review.library.domains import card_of
from zonula.chart_review.library.phrases import tests
from zonula.chart_review.library.red_flags import RED_FLAGS
from zonula.chart_review.library.red_flags import card_of as flag_card
from zonula.chart_review.library.workup import NOT_INTERPRETABLE, WITHHELD_ONLY_WHEN_REASSURING
from zonula.chart_review.reading import has_result, judgement, moment

_TESTS, _CORE = "chart_review/tests", "chart_review/core_screen"
_SCREENS = {"phq9": "depression_screen", "gad7": "anxiety_screen"}
_OLD = "more than a year ago, which says little of today"
_BY_PARTS = "in the records only by some of its values"
_STATUS = {
    "normal": WorkupStatus.REASSURING,
    "abnormal": WorkupStatus.ABNORMAL,
    "inconclusive": WorkupStatus.INCONCLUSIVE,
    None: WorkupStatus.DONE_UNJUDGED,
}
_SAYS = {
    WorkupStatus.REASSURING: "done, normal",
    WorkupStatus.ABNORMAL: "done, abnormal",
    WorkupStatus.INCONCLUSIVE: "done, without a clear answer",
    WorkupStatus.DONE_UNJUDGED: "done; sent without limits or interpretation",
    WorkupStatus.NOT_INTERPRETABLE: "done, not interpretable",
    WorkupStatus.MISSING: "not in the records",
}


def workup(case: Case, present: Iterable[SymptomDomain]) -> tuple[tuple[WorkupItem, ...], tuple[Finding, ...]]:
    """One entry per test, core screen first, with every group that asks for it."""
    asking = [("core", case.card(_CORE).data, "tests")]
    asking += [(domain.id, case.card(card_of(domain.id)).data, "first_line_tests") for domain in present]
    groups: dict[str, list[str]] = {}
    for group, data, listed in asking:
        for test in data[listed]:
            if _concerns(case, data.get("only_for", {}).get(test, {})) or case.facts(tests(test)):
                groups.setdefault(test, []).append(group)
    items = tuple(_item(case, test, tuple(asking)) for test, asking in groups.items())
    return items, tuple(_finding(case, item) for item in items)


def _concerns(case: Case, only_for: Mapping[str, object]) -> bool:
    """Whether a test is meant for this person; an unknown age or sex leaves nobody out."""
    for name, wanted in only_for.items():
        if name == "with_flag":
            met = case.truth(RED_FLAGS[str(wanted)]).holds is True
        elif name == "sex":
            met = case.chart.patient.sex not in (Sex.FEMALE, Sex.MALE) or case.chart.patient.sex == wanted
        else:
            lived = case.age
            met = lived is None or (lived >= wanted if name == "from_age" else lived < wanted)  # type: ignore[operator]
        if not met:
            return False
    return True


def _item(case: Case, test: str, groups: tuple[str, ...]) -> WorkupItem:
    described = case.card(_TESTS).data[test]
    cards = (_TESTS, *(_CORE if group == "core" else card_of(group) for group in groups))
    results = case.facts(tests(test))
    if results:
        last = next((fact for fact in reversed(results) if fact.when.known), results[-1])
        status, reason, more, card = _withheld(case, test, _STATUS[_judged(case, last)])
        if status is WorkupStatus.DONE_UNJUDGED and test in _SCREENS:
            status, reason, card = _screened(case, _SCREENS[test])
        elif status is WorkupStatus.REASSURING and _is_old(case, test, last):
            reason, card = _OLD, (_CORE,)
        because = list(dict.fromkeys((*(fact.id for fact in results), *more)))
        cards = (*cards, *card)
    elif "part_of" in described and (results := case.facts(tests(described["part_of"]))):
        last, because = results[-1], [fact.id for fact in results]
        status, reason = WorkupStatus.DONE_UNJUDGED, "only the panel is in the records, not this value"
    elif parts := _parts(case, test):
        last, because = parts[-1], [fact.id for fact in parts]
        status, reason = WorkupStatus.DONE_UNJUDGED, _BY_PARTS
        results = parts
    else:
        missing = WorkupStatus.MISSING
        return WorkupItem(id=test, title=described["title"], groups=groups, status=missing, according_to=cards)
    return WorkupItem(
        id=test,
        title=described["title"],
        groups=groups,
        status=status,
        result=result_text(last) if reason != _BY_PARTS else "",
        on=written(moment(last)),
        times=len(results),
        reason=reason,
        because=tuple(because),
        according_to=cards,
    )


def _screened(case: Case, flag: str) -> tuple[WorkupStatus, str, tuple[str, ...]]:
    """A questionnaire total has no laboratory's limits; the screening limit of its red flag judges it."""
    raised, card = case.truth(RED_FLAGS[flag]).holds, (flag_card(flag),)
    if raised is None:
        return WorkupStatus.DONE_UNJUDGED, "", ()
    if raised:
        return WorkupStatus.ABNORMAL, "at or above the screening limit", card
    return WorkupStatus.REASSURING, "below the screening limit", card


def _is_old(case: Case, test: str, fact: Fact) -> bool:
    """Whether a reassuring result says little of today."""
    screen, dated = case.card(_CORE).data, moment(fact)
    if dated is None or test in screen["holds_for_life"]:
        return False
    return case.today.toordinal() - dated.latest.toordinal() > int(screen["old_after_days"])


def _judged(case: Case, fact: Fact) -> str | None:
    """How a result stands; a panel without a value of its own stands as its members do, and normal only when all of them are."""
    words = case.words.result_words
    members = () if has_result(fact) else case.members(fact)
    if not members:
        return judgement(fact, words)
    judged = {judgement(member, words) for member in members}
    return next((said for said in ("abnormal", None, "inconclusive") if said in judged), "normal")


def _parts(case: Case, panel: str) -> tuple[Fact, ...]:
    """The results of the single tests a panel is made of."""
    described = case.card(_TESTS).data
    parts = [test for test, data in described.items() if data.get("part_of") == panel]
    return tuple(fact for test in parts for fact in case.facts(tests(test)))


def _withheld(
    case: Case, test: str, status: WorkupStatus
) -> tuple[WorkupStatus, str, tuple[str, ...], tuple[str, ...]]:
    """The status, or that the result may not be read: with why, because of which facts, by which card."""
    if status is WorkupStatus.REASSURING or test not in WITHHELD_ONLY_WHEN_REASSURING:
        for truth, why, card in NOT_INTERPRETABLE.get(test, ()):
            evidence = case.truth(truth)
            if evidence.holds:
                return WorkupStatus.NOT_INTERPRETABLE, why, evidence.because, (card,)
    return status, "", (), ()


def result_text(fact: Fact) -> str:
    """The result as it was sent; empty when none was."""
    if fact.value is not None:
        return f"{fact.value.comparator}{fact.value.value:g} {fact.value.unit}".strip()
    return fact.value_text or next((code.display or code.code for code in fact.value_codes), "")


def _finding(case: Case, item: WorkupItem) -> Finding:
    missing = item.status is WorkupStatus.MISSING
    told = f" {item.result}" if item.result else ""
    when = f" on {item.on}" if item.on else ""
    why = f" ({item.reason})" if item.reason else ""
    again = item.status is WorkupStatus.NOT_INTERPRETABLE
    ask = (
        "Look for an earlier result, else decide whether to order it"
        if missing
        else "Resolve what keeps it from being read"
    )
    return case.finding(
        f"workup.{item.id}",
        f"{item.title}: {_SAYS[item.status]}{why}{told and ':' + told}{when}.",
        item.according_to,
        state=None if missing else True,
        because=item.because,
        value=item.status.value,
        asks=(Ask("clinician", ask),) if missing or again else (),
    )
