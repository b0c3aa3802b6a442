"""The chart review in words: one view that the page, the one-page summary and the terminal lay out, so that they cannot disagree."""

from zonula.chart import Finding, Level, State
from zonula.chart_review.contract import (
    Criterion,
    CriterionMet,
    Proposal,
    Review,
    Suspicion,
    SymptomDomain,
    WorkupItem,
    WorkupStatus,
)
from zonula.chart_review.reading import judgement
from zonula.chart_review.vocabulary import vocabulary
from zonula.reports import wording
from zonula.reports.reasons import Reasons, doubts
from zonula.reports.review_view import (
    CriterionRow,
    DocumentRow,
    DomainRow,
    Figure,
    ImportView,
    Page,
    Statement,
    SuspicionCard,
    WorkupRow,
)
from zonula.reports.timeline import timeline_of
from zonula.reports.wording import plain

DISCLAIMER = (
    "Zonula reads and weighs records. It does not name or rule out a disease. "
    "Each statement opens to the records and the source behind it; a clinician decides."
)


# Findings that stand in a table or under the figures, so that nothing is said twice.
_IN_TABLES = ("chart_review.domain.", "chart_review.suspicion.", "chart_review.workup.")
_COUNTED = (
    "chart_review.overlap",
    *(f"chart_review.burden.{name}" for name in ("years", "encounters", "specialties", "tests")),
)


def page_of(review: Review, version: str) -> Page:
    """The review in words. version: of the program, printed on every page."""
    reasons = Reasons(review)
    person = review.patient
    age = f"{person.age} years" if person.age is not None else "age not known"
    flagged = {finding.id for finding in review.red_flags}
    behind = [finding for finding in review.findings if finding.id.startswith(_COUNTED)]
    placed = flagged | {finding.id for finding in behind}
    others = [
        finding for finding in review.findings if finding.id not in placed and not finding.id.startswith(_IN_TABLES)
    ]
    return Page(
        name=plain(person.name, 100) or "name not recorded",
        who=(
            f"born {person.birth or 'on an unknown date'}",
            age,
            wording.SEXES[person.sex],
            f"record id {plain(person.id, 80)}",
        ),
        as_of=review.as_of.isoformat(),
        period=_period(review),
        version=version,
        disclaimer=DISCLAIMER,
        flags=tuple(statement(finding, reasons) for finding in review.red_flags),
        figures=_figures(review),
        counted=tuple(statement(finding, reasons) for finding in behind),
        tests=_test_outcomes(review),
        specialties=tuple(plain(name, 60) for name in review.summary.specialty_names),
        timeline=timeline_of(review, _outcomes(review), vocabulary().specialty),
        domains=tuple(_domain(domain, reasons) for domain in review.symptom_domains),
        suspicions=tuple(_suspicion(suspicion, reasons) for suspicion in review.suspicions),
        workup=tuple(_workup(item, review, reasons) for item in sorted(review.workup, key=_worst_first)),
        statements=tuple(statement(finding, reasons) for finding in others),
        imported=_imported(review),
        facts=reasons.facts,
        cards=reasons.cards,
    )


def _period(review: Review) -> str:
    dated = [(fact.when.first_day, wording.when(fact)) for fact in review.facts.values() if fact.when.first_day]
    if not dated:
        return "No dated records"
    first, last = (said.split(" to ")[0].removeprefix("until ") for _, said in (min(dated), max(dated)))
    return f"Records of {first}" if first == last else f"Records from {first} to {last}"


def statement(finding: Finding, reasons: Reasons) -> Statement:
    """One finding as it is read."""
    asks = tuple(
        f"{ask.who[:1].upper()}{ask.who[1:]}: {ask.what}" + (f" (by {ask.by.isoformat()})" if ask.by else "")
        for ask in finding.asks
    )
    said = plain(finding.says, 800)
    if finding.state is State.UNKNOWN and not said.startswith("Cannot"):
        said = f"Cannot tell yet: {said}"
    level = Level(finding.level) if finding.level else None
    return Statement(
        finding.id,
        said,
        level.value if level else "",
        wording.LEVELS[level] if level else "",
        tuple(plain(ask, 600) for ask in asks),
        doubts(finding),
        wording.GRADES[finding.grade],
        reasons.of_finding(finding),
    )


def _figures(review: Review) -> tuple[Figure, ...]:
    summary, total = review.summary, len(review.symptom_domains)
    overlap = ""
    if summary.concurrent_from and summary.concurrent_to:
        overlap = f"{summary.concurrent_from.isoformat()} to {summary.concurrent_to.isoformat()}"
    years = "not known" if summary.years is None else f"{summary.years:g}"
    return (
        Figure(
            "years since the first symptom",
            years,
            f"since {summary.first_symptom}" if summary.first_symptom else "no symptom is dated",
        ),
        Figure(
            _counted("symptom domain", summary.domains_present) + " in the records",
            str(summary.domains_present),
            f"of {total}",
        ),
        Figure("at the same time, at the peak", str(summary.max_concurrent_domains), overlap),
        Figure(_counted("visit", summary.encounters), str(summary.encounters)),
        Figure(_counted("specialty", summary.specialties), str(summary.specialties)),
        Figure(
            _counted("test result", summary.tests.results),
            str(summary.tests.results),
            f"{summary.tests.distinct} different tests, {summary.tests.repeated} done more than once",
        ),
        Figure(_counted("chronic condition", summary.chronic_conditions), str(summary.chronic_conditions)),
    )


def _counted(one: str, count: int) -> str:
    return wording.plural(count, one, one[:-1] + "ies" if one.endswith("y") else "").split(" ", 1)[1]


def _test_outcomes(review: Review) -> tuple[tuple[str, int], ...]:
    tests = review.summary.tests
    return (
        ("abnormal", tests.abnormal),
        ("inconclusive", tests.inconclusive),
        ("normal", tests.normal),
        ("not judged", tests.not_judged),
    )


_DOMAIN_STATES = {
    State.YES: "in the records",
    State.NO: "the records say: not so",
    State.UNKNOWN: "nothing written about it",
}


def _domain(domain: SymptomDomain, reasons: Reasons) -> DomainRow:
    mark = "present" if domain.present else "denied" if domain.state is State.NO else "unknown"
    note = f"{domain.patient_reported} only by the patient" if domain.patient_reported else ""
    return DomainRow(
        domain.id,
        domain.title,
        mark,
        _DOMAIN_STATES[State.YES if domain.present else domain.state],
        domain.first or "",
        domain.last or "",
        str(domain.count) if domain.present else "",
        note,
        reasons.of(domain.because, domain.according_to),
    )


_STANDINGS = {
    CriterionMet.MET: "met",
    CriterionMet.NOT_MET: "not met",
    CriterionMet.NEVER_TESTED: "never tested or not written down",
    CriterionMet.CANNOT_TELL: "cannot be told from the record",
}


_PROPOSALS = 6  # shown of one label: the first ones and the last


def _proposal(each: Proposal) -> str:
    """`2019-05-13: Dr. A (Neurology), recorded as suspected`, or `2019-05-13: reason for a visit to Dr. A (Neurology)`."""
    specialty = f" ({each.specialty})" if each.specialty else ""
    if each.visited:
        said = f"{each.recorded_as} to {each.visited}{specialty}"
    else:
        said = f"{each.by}{specialty}" + (
            f", recorded as {each.recorded_as.replace('_', ' ')}" if each.recorded_as else ""
        )
    return plain(f"{each.on or 'no date'}: {said}", 200)


def _suspicion(suspicion: Suspicion, reasons: Reasons) -> SuspicionCard:
    counts = {standing: sum(each.standing is standing for each in suspicion.criteria) for standing in CriterionMet}
    told = [_proposal(proposal) for proposal in suspicion.proposals]
    if len(told) > _PROPOSALS + 1:
        between = f"… {len(told) - _PROPOSALS} more in between; all records stand under the reasons …"
        told = [*told[: _PROPOSALS - 1], between, told[-1]]
    return SuspicionCard(
        label=suspicion.label,
        status="reported by the patient"
        if suspicion.status == "patient_reported"
        else suspicion.status.replace("_", " "),
        recognition=suspicion.recognition,
        proposals=tuple(told),
        refuted=bool(suspicion.refuted_by_record),
        tally=", ".join(
            f"{counts[standing]} {_STANDINGS[standing].split(' or')[0]}"
            for standing in CriterionMet
            if counts[standing]
        ),
        criteria=tuple(_criterion(each, reasons) for each in suspicion.criteria),
        what_would_refute=suspicion.what_would_refute,
        reason=reasons.of((*suspicion.because, *suspicion.refuted_by_record), suspicion.according_to),
    )


def _criterion(criterion: Criterion, reasons: Reasons) -> CriterionRow:
    says = criterion.says if criterion.supports else f"Against it: {criterion.says}"
    return CriterionRow(
        plain(says, 400), criterion.standing.value, _STANDINGS[criterion.standing], reasons.of(criterion.because)
    )


_WORKUP_WORDS = {
    WorkupStatus.MISSING: "not in the records",
    WorkupStatus.NOT_INTERPRETABLE: "done, but cannot be read",
    WorkupStatus.INCONCLUSIVE: "inconclusive",
    WorkupStatus.ABNORMAL: "abnormal",
    WorkupStatus.DONE_UNJUDGED: "done, not judged",
    WorkupStatus.REASSURING: "reassuring",
}
_WORST_FIRST = (
    WorkupStatus.ABNORMAL,
    WorkupStatus.NOT_INTERPRETABLE,
    WorkupStatus.INCONCLUSIVE,
    WorkupStatus.MISSING,
    WorkupStatus.DONE_UNJUDGED,
    WorkupStatus.REASSURING,
)


def _worst_first(item: WorkupItem) -> int:
    return _WORST_FIRST.index(item.status)


def _workup(item: WorkupItem, review: Review, reasons: Reasons) -> WorkupRow:
    titles = {domain.id: domain.title for domain in review.symptom_domains}
    asked_by = ", ".join("everyone" if group == "core" else titles.get(group, group) for group in item.groups)
    return WorkupRow(
        item.title,
        item.status.value,
        _WORKUP_WORDS[item.status],
        wording.units(plain(item.result, 200)),
        item.on or "",
        str(item.times) if item.times else "",
        asked_by,
        plain(item.reason, 400),
        reasons.of(item.because, item.according_to),
    )


def _imported(review: Review) -> ImportView:
    done = review.imported
    says = (
        f"{wording.plural(done.documents, 'document')}, {wording.plural(done.resources_read, 'entry', 'entries')} read, "
        f"{wording.plural(done.facts_kept, 'record')} kept, {wording.plural(len(done.skipped), 'place')} skipped"
    )
    return ImportView(
        says,
        tuple(
            DocumentRow(plain(each.name, 120), each.kind, each.kept, each.merged, each.skipped)
            for each in done.per_document
        ),
        tuple((plain(each.name, 120), plain(remark, 400)) for each in done.per_document for remark in each.warnings),
        tuple((plain(each.document, 120), plain(each.place, 120), plain(each.reason, 300)) for each in done.skipped),
    )


def _outcomes(review: Review) -> dict[str, str]:
    """Each test result that was counted, judged as it was counted."""
    counted = next((finding.because for finding in review.findings if finding.id == "chart_review.burden.tests"), ())
    words = vocabulary().result_words
    return {
        fact_id: judgement(review.facts[fact_id], words) or "not_judged"
        for fact_id in counted
        if fact_id in review.facts
    }
