"""Rules about the whole record: how many domains at once, how many specialties, conditions, results without an answer."""

from zonula.chart import Kind
from zonula.chart_review import nodes as n
from zonula.chart_review.library.domains import overlap
from zonula.chart_review.library.phrases import ASSERTED_FACT, of_kinds

# A laboratory's or pharmacy's own specialty is not a specialist seen, so results and drugs do not count.
SEEN_BY = n.Facts(
    n.And(
        (
            n.Or(
                tuple(
                    of_kinds(kind)
                    for kind in (Kind.ENCOUNTER, Kind.CONDITION, Kind.SYMPTOM, Kind.PROCEDURE, Kind.DOCUMENT)
                )
            ),
            ASSERTED_FACT,
        )
    )
)
ENCOUNTERS = n.Facts(n.And((of_kinds(Kind.ENCOUNTER), ASSERTED_FACT)))
CONDITIONS = n.Facts(n.And((of_kinds(Kind.CONDITION), ASSERTED_FACT)))
RESULTS = n.Facts(n.And((of_kinds(Kind.OBSERVATION), n.In(n.Attribute.STANDING, ("asserted", "denied")))))
_INCONCLUSIVE = n.Facts(n.And((RESULTS.where, n.In(n.Attribute.CLARITY, ("unclear",)))))

# rule → (condition, card, the sentence when it is so)
BURDEN: dict[str, tuple[n.Truth, str, str]] = {
    "six_domains_at_once": (
        n.Compare(overlap(), ">=", n.Figure("chart_review/six_domains")),
        "chart_review/six_domains",
        "So many symptom domains were active at the same time that the structured work-up is indicated",
    ),
    "many_specialties": (
        n.Compare(n.DistinctOf(SEEN_BY, "specialty"), ">=", n.Figure("chart_review/many_specialties")),
        "chart_review/many_specialties",
        "Care is spread over many specialties",
    ),
    "many_inconclusive_tests": (
        n.Compare(n.CountOf(_INCONCLUSIVE), ">=", n.Figure("chart_review/many_inconclusive_tests")),
        "chart_review/many_inconclusive_tests",
        "Several results gave no clear answer",
    ),
    "multimorbidity": (
        n.Compare(n.DistinctOf(CONDITIONS, "list", "chronic/"), ">=", n.Figure("chart_review/multimorbidity")),
        "chart_review/multimorbidity",
        "Several chronic conditions are recorded",
    ),
}
