"""The twelve symptom domains: what affirms them, what denies them."""

from functools import cache

from zonula.chart import Kind
from zonula.chart_review import nodes as n
from zonula.chart_review.library.phrases import ASSERTED_FACT, complaints, denials, named, of_kinds, tests

DOMAINS = (
    "fatigue",
    "bloating",
    "body_aches",
    "rash",
    "chemical_sensitivity",
    "multiple_allergies",
    "treatment_side_effects",
    "slow_healing",
    "frequent_illness",
    "headache",
    "anxiety_depression",
    "itch",
)

_ALLERGY_KINDS = (Kind.ALLERGY, Kind.CONDITION, Kind.SYMPTOM, Kind.OBSERVATION, Kind.ENCOUNTER)
# Each allergy counts once however often it was written; several of them, or the statement that there are many, make the domain.
_EACH_ALLERGY = n.And(
    (
        n.Or((of_kinds(Kind.ALLERGY), named("allergy/any"), named("domain/multiple_allergies"))),
        ASSERTED_FACT,
        of_kinds(*_ALLERGY_KINDS),
    )
)


def _screen(test: str, card: str) -> n.Condition:
    return n.And((tests(test).where, n.Measured(test, ">=", n.Figure(f"chart_review/red_flags/{card}", "at_least"))))


# A questionnaire total at or above its screening limit says the same as the words do.
_SCREENS = (_screen("phq9", "depression_screen"), _screen("gad7", "anxiety_screen"))


def card_of(domain: str) -> str:
    """The card of a domain."""
    return f"chart_review/domains/{domain}"


@cache
def affirming(domain: str) -> n.Facts:
    """The facts that affirm a domain."""
    if domain == "multiple_allergies":
        return n.Facts(_EACH_ALLERGY)
    said = complaints(f"domain/{domain}")
    return n.Facts(n.Or((said.where, *_SCREENS))) if domain == "anxiety_depression" else said


@cache
def denying(domain: str) -> n.Facts:
    """The facts that deny it."""
    return denials(f"domain/{domain}")


@cache
def presence(domain: str) -> n.Truth:
    """Whether the domain is present: enough facts affirm it (the card's `minimum`); no when the record only denies it or holds too few."""
    if domain == "multiple_allergies":
        enough = n.Compare(n.DistinctOf(affirming(domain), "wording"), ">=", n.Figure(card_of(domain), "minimum"))
        claim: n.Truth = n.Or((enough, n.Exists(complaints("domain/multiple_allergies"))))
        # One allergy, or none to latex, is no denial of several; "no known allergies" is.
        heard = n.Facts(n.Or((n.And((named("allergy/none"), of_kinds(*_ALLERGY_KINDS))), denying(domain).where)))
        return n.Stated(claim, heard)
    return n.Stated(
        n.Compare(n.CountOf(affirming(domain)), ">=", n.Figure(card_of(domain), "minimum")), denying(domain)
    )


def overlap() -> n.OverlapOf:
    """How many domains were active at the same time."""
    return n.OverlapOf(tuple(affirming(domain) for domain in DOMAINS))
