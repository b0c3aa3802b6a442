"""The suspicion ledger: each label somebody wrote down, by whom and when, and where its criteria stand. A label stays a suspicion."""

from functools import cache

from zonula.chart import Fact, Finding, Kind, Status
from zonula.chart_review import nodes as n
from zonula.chart_review.case import Case, written
from zonula.chart_review.contract import Criterion, CriterionMet, Proposal, Suspicion
from zonula.chart_review.evaluate import Evidence
from zonula.chart_review.library.suspicions import SUSPICIONS, card_of, proposing, refuting
from zonula.chart_review.mentions import FEARED, UNCERTAIN
from zonula.chart_review.reading import moment, wording

_MET = {True: CriterionMet.MET, False: CriterionMet.NOT_MET}
_VISIT = "reason for a visit"  # whoever was visited need not have proposed it
_IN_WORDS = {Kind.DOCUMENT: "a mention in a document", Kind.CONDITION: "words without a code"}
_ASKED = {UNCERTAIN: "a question", FEARED: "a worry"}
_READ_BY = "chart_review/text_reading"


def ledger(case: Case) -> tuple[tuple[Suspicion, ...], tuple[Finding, ...]]:
    """The labels in the record, each with its finding; a label nobody proposed is not listed."""
    entries = []
    for label in SUSPICIONS:
        proposals = case.facts(proposing(label))
        if proposals:
            entries.append(_entry(case, label, proposals))
    return tuple(entry for entry, _ in entries), tuple(finding for _, finding in entries)


def _entry(case: Case, label: str, facts: tuple[Fact, ...]) -> tuple[Suspicion, Finding]:
    card = case.card(card_of(label))
    facts = tuple(sorted(facts, key=_written_down))
    proposals = tuple(_proposal(case, label, fact) for fact in facts)
    own = [proposal for proposal in proposals if proposal.recorded_as != _VISIT]
    first = next((proposal for proposal in own or proposals if proposal.on), (own or proposals)[0])
    only_patient = all(fact.status is Status.PATIENT_REPORTED for fact in facts)
    because = tuple(fact.id for fact in case.facts(proposing(label)))
    criteria = _criteria(case, label)
    cards = _cited(label)
    supporting = [criterion for criterion in criteria if criterion.supports]
    met = sum(criterion.standing is CriterionMet.MET for criterion in supporting)
    never = sum(criterion.standing is CriterionMet.NEVER_TESTED for criterion in supporting)
    when = f" on {first.on}" if first.on else ""
    to = f" to {first.visited}" if first.visited else ""
    raised = f"proposed by {first.by}" if own else f"raised as the reason for a visit{to}"
    says = (
        f"{card.data['label']} ({card.data['recognition']}): {raised}{when}, a suspicion; "
        f"of {len(supporting)} criteria the record can show, {met} met, {never} never tested."
    )
    suspicion = Suspicion(
        id=label,
        label=card.data["label"],
        status="patient_reported" if only_patient else "suspected",
        recognition=card.data["recognition"],
        proposed_by=first.by,
        proposed_on=first.on,
        proposals=proposals,
        refuted_by_record=tuple(fact.id for fact in case.facts(refuting(label))),
        criteria=criteria,
        what_would_refute=card.data["what_would_refute"],
        because=because,
        according_to=cards,
    )
    return suspicion, case.finding(f"suspicion.{label}", says, cards, because=because, value=suspicion.status)


@cache
def _cited(label: str) -> tuple[str, ...]:
    """The label's card, how wording was read, and every other card whose figures its criteria read."""
    both = SUSPICIONS[label]
    read = (card for truth in (*both.supporting.values(), *both.opposing.values()) for card in n.cited_cards(truth))
    return tuple(dict.fromkeys((card_of(label), _READ_BY, *read)))


def _proposal(case: Case, label: str, fact: Fact) -> Proposal:
    providers = (source.provider for source in fact.sources)
    told = "the patient" if fact.status is Status.PATIENT_REPORTED else "not recorded"
    by = fact.performer or next((provider for provider in providers if provider), "") or told
    visit = fact.kind is Kind.ENCOUNTER
    dated = moment(fact) if visit else fact.recorded or moment(fact)
    return Proposal(
        by=told if visit else by,
        visited=by if visit and by != told else "",
        specialty=fact.specialty,
        on=written(dated),
        recorded_as=_VISIT if visit else _recorded_as(case, f"label/{label}", fact),
        fact=fact.id,
    )


def _recorded_as(case: Case, name: str, fact: Fact) -> str:
    """The status the record gives a coded label. Words alone confirm nothing, whatever the status of the record they stand in."""
    if any(name in case.words.lists_of_code(code.system, code.code) for code in fact.codes):
        return "" if fact.status is Status.UNKNOWN else fact.status.value
    if fact.status in (Status.CONFIRMED, Status.UNKNOWN):
        said = {mention.said for mention in case.words.mentions(wording(fact)) if mention.list == name}
        asked = next((words for how, words in _ASKED.items() if said == {how}), "")
        return asked or _IN_WORDS.get(fact.kind, _IN_WORDS[Kind.CONDITION])
    return fact.status.value


def _written_down(fact: Fact) -> tuple[int, float, str]:
    """When the label was written down, which may be years after the onset it names; undated last."""
    dated = fact.when.start if fact.kind is Kind.ENCOUNTER else fact.recorded
    dated = dated or moment(fact)
    return dated.order if dated else (10**9, 0.0, "")


def _criteria(case: Case, label: str) -> tuple[Criterion, ...]:
    wording = case.card(card_of(label)).data["criteria"]
    both = SUSPICIONS[label]
    found = []
    for supports, group in ((True, both.supporting), (False, both.opposing)):
        for name, truth in group.items():
            evidence = case.truth(truth)
            found.append(
                Criterion(
                    id=name,
                    says=wording[name],
                    standing=standing(evidence),
                    supports=supports,
                    because=evidence.because,
                )
            )
    return tuple(found)


def standing(evidence: Evidence) -> CriterionMet:
    """Met or not; unknown with facts cannot be told from them, unknown without facts was never tested or asked."""
    if evidence.holds is None:
        return CriterionMet.CANNOT_TELL if evidence.because else CriterionMet.NEVER_TESTED
    return _MET[evidence.holds]
