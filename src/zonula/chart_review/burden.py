"""The burden in figures: years, encounters, specialties, tests and how they stood. Counted from the record, nothing more."""

from collections.abc import Iterable
from datetime import date

from zonula.chart import Fact, Finding
from zonula.chart_review import reading
from zonula.chart_review.case import Case, written
from zonula.chart_review.contract import Summary, SymptomDomain, Tests
from zonula.chart_review.derived import keys
from zonula.chart_review.library.burden import BURDEN, CONDITIONS, ENCOUNTERS, RESULTS, SEEN_BY
from zonula.chart_review.overlap import Busiest
from zonula.chart_review.symptom_domains import first_day

_CARD = ("chart_review/burden",)
_NOT_TESTS = frozenset({"vital-signs", "survey", "social-history", "activity", "exam", "procedure", "therapy"})
_TESTS = "chart_review/tests"  # what stands in a test list but not on this card is a vital sign or a question
_DAYS_PER_YEAR = 365.25


def burden(case: Case, present: tuple[SymptomDomain, ...], peak: Busiest) -> tuple[Summary, tuple[Finding, ...]]:
    """The summary and its findings; `peak` is the busiest stretch of the present domains."""
    first = first_day(case)
    years = None if first is None else round((case.today - first.earliest).days / _DAYS_PER_YEAR, 1)
    specialties = _specialties(case)
    results = [fact for fact in case.facts(RESULTS) if _is_test(case, fact)]
    tests = tally(case, results)
    chronic = {key for fact in case.facts(CONDITIONS) for key in keys(fact, "list", "chronic/", case.words)}
    encounters = case.facts(ENCOUNTERS)
    summary = Summary(
        domains_present=len(present),
        max_concurrent_domains=peak.count,
        concurrent_domains=tuple(present[place].id for place in peak.which),
        concurrent_from=date.fromordinal(peak.start) if peak.count else None,
        concurrent_to=date.fromordinal(peak.end) if peak.count else None,
        first_symptom=written(first),
        years=years,
        encounters=len(encounters),
        specialties=len(specialties),
        specialty_names=tuple(specialties),
        chronic_conditions=len(chronic),
        tests=tests,
    )
    return summary, (*_figures(case, summary, specialties, encounters, results), *_patterns(case))


def tally(case: Case, results: Iterable[Fact]) -> Tests:
    """How the results stood; a test counts as repeated when it was done on more than one day."""
    judged = dict.fromkeys(("normal", "abnormal", "inconclusive", ""), 0)
    days_of: dict[object, set[object]] = {}
    count = 0
    for fact in results:
        count += 1
        judged[reading.judgement(fact, case.words.result_words) or ""] += 1
        dated = reading.moment(fact)
        days_of.setdefault(_test(case, fact), set()).add(dated.earliest if dated else fact.id)
    return Tests(
        results=count,
        distinct=len(days_of),
        repeated=sum(len(days) > 1 for days in days_of.values()),
        normal=judged["normal"],
        abnormal=judged["abnormal"],
        inconclusive=judged["inconclusive"],
        not_judged=judged[""],
    )


def _is_test(case: Case, fact: Fact) -> bool:
    """A result of a laboratory or technical test: not a vital sign, a questionnaire or a habit, and not an empty panel."""
    if not reading.has_result(fact):
        return False
    if fact.detail("category").casefold().replace(" ", "-") in _NOT_TESTS:
        return False
    listed = _listed(case, fact)
    return not listed or listed.removeprefix("test/") in case.card(_TESTS).data


def _test(case: Case, fact: Fact) -> object:
    return _listed(case, fact) or (fact.codes[0].key if fact.codes else fact.text.casefold())


def _listed(case: Case, fact: Fact) -> str:
    """The list of tests a result belongs to; "" when it is none we know."""
    return next((name for code in fact.codes for name in case.words.lists_under("test/", code.system, code.code)), "")


def _specialties(case: Case) -> dict[str, list[str]]:
    """Each specialty with the facts that name it, in alphabetical order."""
    named: dict[str, list[str]] = {}
    for fact in case.facts(SEEN_BY):
        if fact.specialty:
            named.setdefault(case.words.specialty(fact.specialty), []).append(fact.id)
    return dict(sorted(named.items()))


def _figures(
    case: Case, summary: Summary, specialties: dict[str, list[str]], encounters: tuple[Fact, ...], results: list[Fact]
) -> Iterable[Finding]:
    since = f"since {summary.first_symptom}" if summary.first_symptom else "no symptom is dated"
    told = "unknown" if summary.years is None else f"{summary.years:g}"
    yield case.finding(
        "burden.years", f"Years since the first symptom: {told} ({since}).", _CARD,
        state=None if summary.years is None else True, value=summary.years, unit="years",
    )  # fmt: skip
    yield case.finding(
        "burden.encounters", f"Encounters in the records: {summary.encounters}.", _CARD,
        because=[fact.id for fact in encounters], value=summary.encounters, unit="encounters",
    )  # fmt: skip
    names = ", ".join(specialties) or "none recorded"
    first_of_each = {ids[0] for ids in specialties.values()}
    yield case.finding(
        "burden.specialties", f"Specialties in the records: {len(specialties)} ({names}).",
        (*_CARD, "chart_review/specialties"), because=[f.id for f in case.opened.facts if f.id in first_of_each],
        value=len(specialties), unit="specialties",
    )  # fmt: skip
    tests = summary.tests
    yield case.finding(
        "burden.tests",
        f"Test results: {tests.results} of {tests.distinct} different tests, {tests.repeated} of them repeated; {tests.normal} normal, "
        f"{tests.abnormal} abnormal, {tests.inconclusive} inconclusive, {tests.not_judged} sent without limits or interpretation.",
        (*_CARD, "chart_review/result_words"), because=[fact.id for fact in results], value=tests.results, unit="results",
    )  # fmt: skip


def _patterns(case: Case) -> Iterable[Finding]:
    for name, (truth, card, says) in BURDEN.items():
        evidence = case.truth(truth)
        if evidence.holds is not False:
            said = says if evidence.holds else f"Cannot be told from the records: {says[0].lower()}{says[1:]}"
            limit = case.card(card)
            if evidence.value is not None:
                said += f" ({evidence.value:g}; the limit is {limit.value:g} {limit.unit})"
            yield case.finding(
                f"burden.{name}",
                f"{said}.",
                (card,),
                state=evidence.holds,
                because=evidence.because,
                value=evidence.value,
                unit=limit.unit,
            )
