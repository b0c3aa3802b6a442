"""Short ways to write the conditions the library uses again and again. They only build nodes, and the same one each time."""

from functools import cache

from zonula.chart import Kind
from zonula.chart_review import nodes as n
from zonula.chart_review.mentions import AFFIRMED, FEARED, UNCERTAIN
from zonula.chart_review.reading import ASSERTED, DENIED, OPEN

_COMPLAINTS = (Kind.CONDITION, Kind.SYMPTOM, Kind.OBSERVATION, Kind.ENCOUNTER, Kind.ALLERGY)
_LABELS = (Kind.CONDITION, Kind.SYMPTOM, Kind.ENCOUNTER, Kind.DOCUMENT)
_RESULTS = (Kind.OBSERVATION, Kind.PROCEDURE, Kind.DOCUMENT, Kind.IMMUNISATION)


def of_kinds(*kinds: Kind) -> n.Condition:
    """The fact is of one of these kinds."""
    return n.In(n.Attribute.KIND, tuple(kind.value for kind in kinds))


ASSERTED_FACT = n.In(n.Attribute.STANDING, (ASSERTED,))
DENIED_FACT = n.In(n.Attribute.STANDING, (DENIED,))
JUDGED_ABNORMAL = n.In(n.Attribute.JUDGEMENT, ("abnormal",))
JUDGED_NORMAL = n.In(n.Attribute.JUDGEMENT, ("normal",))


def named(name: str, *said: str) -> n.Condition:
    """A code of the list, a coded answer of the list, or wording of the list said in one of these ways (affirmed unless given)."""
    return n.Or((n.CodedIn(name), n.CodedIn(name, answer=True), n.TextLike(name, said or (AFFIRMED,))))


def felt(name: str) -> n.Condition:
    """As `named`, for what is felt: whoever comes because of worry about a headache has one."""
    return named(name, AFFIRMED, FEARED)


def complaints(name: str, *more: n.Condition) -> n.Facts:
    """What the record affirms of a symptom or condition."""
    said = felt(name) if name.startswith("domain/") else named(name)
    return n.Facts(n.And((said, ASSERTED_FACT, of_kinds(*_COMPLAINTS), *more)))


@cache
def denials(name: str) -> n.Facts:
    """What the record denies of it: a negated or refuted fact, an answer of "no", or wording that denies it."""
    denied_wording = n.And((n.TextLike(name, ("denied",)), ASSERTED_FACT))
    return n.Facts(n.And((n.Or((n.And((named(name), DENIED_FACT)), denied_wording)), of_kinds(*_COMPLAINTS))))


def stated(name: str) -> n.Truth:
    """Yes when the record affirms it, no when it only denies it, unknown when nobody wrote of it."""
    return n.Stated(n.Exists(complaints(name)), denials(name))


def recorded(name: str, *more: n.Condition) -> n.Truth:
    """Whether the record affirms it at all."""
    return n.Exists(complaints(name, *more))


def recorded_within(name: str, card: str) -> n.Truth:
    """Whether the record affirms it, or somebody worries about it, within the card's `recent_days`."""
    recent = n.Within(n.Figure(card, "recent_days"))
    return n.Exists(n.Facts(n.And((felt(name), ASSERTED_FACT, of_kinds(*_COMPLAINTS), recent))))


@cache
def labels(name: str, *more: n.Condition) -> n.Facts:
    """Where a label was written down, as certain or as a suspicion."""
    return n.Facts(n.And((named(name, AFFIRMED, UNCERTAIN, FEARED), ASSERTED_FACT, of_kinds(*_LABELS), *more)))


@cache
def refutations(name: str) -> n.Facts:
    """Where a label was refuted or denied."""
    denied_wording = n.And((n.TextLike(name, ("denied",)), ASSERTED_FACT))
    return n.Facts(n.And((n.Or((n.And((named(name), DENIED_FACT)), denied_wording)), of_kinds(*_LABELS))))


@cache
def tests(name: str) -> n.Facts:
    """The results of a test: done, whatever they said. An ordered, cancelled or mistaken one is none."""
    done = n.In(n.Attribute.STANDING, (ASSERTED, DENIED))
    return n.Facts(n.And((named(f"test/{name}"), done, of_kinds(*_RESULTS))))


@cache
def last_result(name: str) -> n.Last:
    """The newest result of a test."""
    return n.Last(tests(name))


@cache
def done(name: str) -> n.Truth:
    """Whether a test was done."""
    return n.Exists(tests(name))


def result_is(name: str, judged: n.Condition) -> n.Truth:
    """Whether the newest result was judged so; unknown when it was never done or cannot be judged."""
    return n.Is(last_result(name), judged)


def result(name: str, operator: str, card: str, key: str) -> n.Truth:
    """The newest numeric result against the card's figure."""
    return n.Compare(n.ValueOf(last_result(name), name), operator, n.Figure(card, key))


@cache
def current_drugs(name: str) -> n.Facts:
    """Drugs of the list that the record does not say were stopped."""
    current = n.In(n.Attribute.COURSE, (OPEN,))
    return n.Facts(n.And((named(f"drug/{name}"), ASSERTED_FACT, of_kinds(Kind.MEDICATION), current)))


def age_at(series: n.Series) -> n.Value:
    """Full years lived when the fact happened."""
    return n.Years(n.Birth(), n.DayOf(series))


AGE_TODAY = n.Years(n.Birth(), n.Today())
