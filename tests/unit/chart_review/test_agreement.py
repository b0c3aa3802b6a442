"""The compiled closures and the plain evaluator mean the same: generated charts and generated rules look for any difference."""

import os
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.chart import (
    Code,
    Fact,
    Interpretation,
    Kind,
    Moment,
    Patient,
    Quantity,
    ReferenceRange,
    Sex,
    Source,
    Status,
    System,
    When,
    chart_of,
)
from zonula.chart_review import nodes as n
from zonula.chart_review.case import compiled_library
from zonula.chart_review.compiled import Compiled
from zonula.chart_review.evaluate import PlainEvaluator
from zonula.chart_review.library import rules
from zonula.chart_review.vocabulary import vocabulary

TODAY = date(2026, 11, 24)
CODES = [
    Code(System.ICD10CM, "R53.83"), Code(System.ICD10CM, "R14.0"), Code(System.ICD10CM, "L29.9"), Code(System.ICD10CM, "K90.0"),
    Code(System.LOINC, "46128-5"), Code(System.LOINC, "2276-4"), Code(System.LOINC, "718-7"), Code(System.LOINC, "29463-7"),
    Code(System.LOINC, "44260-8"), Code(System.LOINC, "LA6569-3", "Several days"), Code(System.SNOMED, "418290006"),
    Code(System.ICD9CM, "784.0"), Code(System.LOCAL, "x"), Code(System.ZONULA, "rash"),
]  # fmt: skip
TEXTS = [
    "",
    "itching",
    "no itching",
    "r/o celiac disease",
    "gluten free",
    "Metoprolol",
    "Biotin",
    "Ferritin",
    "mother had celiac disease",
]
LISTS = [
    "domain/fatigue",
    "domain/bloating",
    "domain/itch",
    "history/celiac",
    "test/ttg_iga",
    "test/ferritin",
    "drug/biotin",
    "none",
]
SAID = ["affirmed", "denied", "uncertain", "family"]
DATES = [
    "",
    "2020",
    "2024-05",
    "2024-05-01",
    "2024-05-01T09:00:00Z",
    "2026-10-01",
    "2026",
    "2027-03-01",
    "2024-05-01T08:00:00+02:00",
]
VALUES = {
    n.Attribute.KIND: [kind.value for kind in Kind],
    n.Attribute.STATUS: [status.value for status in Status],
    n.Attribute.STANDING: ["asserted", "denied", "family", "planned", "error"],
    n.Attribute.JUDGEMENT: ["normal", "abnormal", "inconclusive"],
    n.Attribute.CLARITY: ["clear", "unclear"],
    n.Attribute.DIRECTION: ["low", "within", "high"],
    n.Attribute.COURSE: ["ended", "open"],
    n.Attribute.SPECIALTY: ["gastroenterology", "neurology"],
}
FIGURES = st.sampled_from(
    [n.Figure("chart_review/six_domains"), n.Figure("chart_review/multimorbidity"), n.Figure("chart_review/red_flags/child", "age"),
     n.Figure("chart_review/red_flags/weight_falling", "days"), n.Figure("chart_review/red_flags/iron_deficiency", "below")]
)  # fmt: skip


def moments():
    return st.sampled_from(DATES).map(lambda text: Moment.parse(text) if text else None)


@st.composite
def charts(draw):
    def fact(number):
        amount = st.sampled_from([0.0, 1.0, 12.0, 30.0, 31.0, 57.0, 60.0])
        unit, sign = st.sampled_from(["", "ug/L", "kg", "g/dL", "drops"]), st.sampled_from(["", "<", ">", "<=", ">="])
        limit = st.none() | st.sampled_from([1.0, 15.0, 30.0])
        return Fact(
            id=f"f{number}",
            kind=draw(st.sampled_from(Kind)),
            sources=(Source("d", str(number)),),
            codes=tuple(draw(st.lists(st.sampled_from(CODES), max_size=2))),
            text=draw(st.sampled_from(TEXTS)),
            when=When(draw(moments()), draw(moments())),
            recorded=draw(moments()),
            status=draw(st.sampled_from(Status)),
            negated=draw(st.booleans()),
            value=draw(st.none() | st.builds(Quantity, amount, unit, sign)),
            value_text=draw(st.sampled_from(["", "no", "positive", "equivocal", "Several days"])),
            value_codes=tuple(draw(st.lists(st.sampled_from(CODES), max_size=1))),
            interpretation=draw(st.none() | st.sampled_from(Interpretation)),
            reference=draw(st.none() | st.builds(ReferenceRange, limit, limit)),
            specialty=draw(st.sampled_from(["", "GI", "Neurology", "Voodoo"])),
            details=draw(st.sampled_from([(), (("reason", "itching"),)])),
        )

    patient = Patient(
        id="p",
        sex=draw(st.sampled_from(Sex)),
        birth=draw(st.sampled_from([None, Moment.parse("1975"), Moment.parse("2008-11-24")])),
    )
    return chart_of(patient, [fact(number) for number in range(draw(st.integers(0, 7)))])


@st.composite
def conditions(draw, depth=2):
    kind = draw(st.sampled_from(["in", "coded", "text", "measured", "within", "after", "join" if depth else "coded"]))
    if kind == "in":
        attribute = draw(st.sampled_from(n.Attribute))
        return n.In(
            attribute, tuple(draw(st.lists(st.sampled_from(VALUES[attribute]), min_size=1, max_size=3, unique=True)))
        )
    if kind == "coded":
        return n.CodedIn(draw(st.sampled_from(LISTS)), draw(st.booleans()))
    if kind == "text":
        said = st.lists(st.sampled_from(SAID), min_size=1, max_size=2, unique=True)
        return n.TextLike(draw(st.sampled_from(LISTS)), tuple(draw(said)))
    if kind == "measured":
        return n.Measured(
            draw(st.sampled_from(["ferritin", "body_weight"])),
            draw(st.sampled_from([">=", ">", "<=", "<"])),
            draw(FIGURES),
        )
    if kind == "within":
        return n.Within(draw(FIGURES))
    if kind == "after":
        return n.After(n.DayOf(n.First(n.Facts(n.CodedIn(draw(st.sampled_from(LISTS)))))))
    return draw(joins(conditions(depth - 1)))


@st.composite
def joins(draw, parts):
    join = draw(st.sampled_from(n.JOINS))
    if join is n.Not:
        return n.Not(draw(parts))
    return join(tuple(draw(st.lists(parts, min_size=1, max_size=3))))


@st.composite
def series(draw):
    facts = n.Facts(draw(conditions()))
    wrap = draw(st.sampled_from([None, n.First, n.Last]))
    return facts if wrap is None else wrap(facts)


@st.composite
def days(draw):
    kind = draw(st.sampled_from([n.Today, n.Birth, n.DayOf]))
    return n.DayOf(draw(series())) if kind is n.DayOf else kind()


@st.composite
def values(draw):
    kind = draw(st.sampled_from(n.VALUES))
    measure = st.sampled_from(["ferritin", "body_weight", "phq9_item9"])
    if kind is n.Figure:
        return draw(FIGURES)
    if kind in (n.Today, n.Birth, n.DayOf):
        return draw(days())
    if kind is n.Years:
        return n.Years(draw(days()), draw(days()))
    if kind is n.DistinctOf:
        by, prefix = draw(
            st.sampled_from([("specialty", ""), ("wording", ""), ("day", ""), ("list", "domain/"), ("list", "test/")])
        )
        return n.DistinctOf(draw(series()), by, prefix)
    if kind is n.ValueOf:
        return n.ValueOf(draw(series()), draw(measure))
    if kind is n.FallOf:
        return n.FallOf(draw(series()), draw(measure), draw(FIGURES))
    if kind is n.OverlapOf:
        return n.OverlapOf(tuple(draw(st.lists(series(), min_size=1, max_size=3))))
    return kind(draw(series()))


@st.composite
def truths(draw, depth=2):
    kind = draw(st.sampled_from([*n.TRUTHS, "join"] if depth else [n.Exists, n.Is, n.Compare, n.SexIs]))
    if kind is n.Exists:
        return n.Exists(draw(series()))
    if kind is n.Is:
        return n.Is(draw(series()), draw(conditions()))
    if kind is n.Compare:
        return n.Compare(draw(values()), draw(st.sampled_from([">=", ">", "<=", "<"])), draw(values()))
    if kind is n.SexIs:
        return n.SexIs(draw(st.sampled_from(Sex)))
    if kind is n.Stated:
        return n.Stated(draw(truths(depth - 1)), draw(series()))
    return draw(joins(truths(depth - 1)))


MANY = int(os.environ.get("AGREEMENT_EXAMPLES", "120"))  # `make agreement` asks for thousands
quick = settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(charts(), truths())
def test_generated_rules_on_generated_charts(chart, truth):
    compiled = Compiled([truth], vocabulary())
    assert compiled.truth(truth, compiled.open(chart, TODAY)) == PlainEvaluator(chart, TODAY, vocabulary()).truth(truth)


@quick
@given(charts(), st.lists(truths(), min_size=2, max_size=4))
def test_rules_compiled_together_do_not_disturb_each_other(chart, several):
    compiled = Compiled(several, vocabulary())
    opened = compiled.open(chart, TODAY)
    plain = PlainEvaluator(chart, TODAY, vocabulary())
    expected = [plain.truth(truth) for truth in several]
    assert [compiled.truth(truth, opened) for truth in several] == expected
    assert compiled.answers(compiled.open(chart, TODAY)) == expected


@settings(max_examples=MANY // 4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(charts(), st.sampled_from([TODAY, TODAY - timedelta(days=900)]))
def test_the_library_on_generated_charts(chart, today):
    library = compiled_library()
    opened, plain = library.open(chart, today), PlainEvaluator(chart, today, library.words)
    for rule in rules():
        assert library.truth(rule.when, opened) == plain.truth(rule.when), rule.id


def test_every_node_can_be_generated():
    """A node without a strategy would never be compared."""
    missing = set(n.NODES)
    found = set()

    @settings(
        max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(truths())
    def generate(truth):
        found.update(type(node) for node in n.walk(truth))

    generate()
    assert missing <= found


def test_the_order_in_which_facts_arrive_changes_nothing():
    facts = [
        Fact(id=name, kind=Kind.OBSERVATION, sources=(Source("d", name),), codes=(CODES[5],), when=When(Moment.parse("2024-05-01")), value=Quantity(value, "ug/L"))
        for name, value in (("b", 80.0), ("a", 12.0), ("c", 20.0))
    ]  # fmt: skip
    low = next(rule.when for rule in rules() if rule.id == "red_flag.iron_deficiency")
    library = compiled_library()
    answers = {
        library.truth(low, library.open(chart_of(Patient(id="p"), order), TODAY))
        for order in (facts, facts[::-1], facts[1:] + facts[:1])
    }
    assert len(answers) == 1
    assert answers.pop().because == ("c",)


def test_a_question_that_was_not_compiled_is_refused():
    compiled = Compiled([n.SexIs(Sex.FEMALE)], vocabulary())
    opened = compiled.open(chart_of(Patient(id="p"), []), TODAY)
    with pytest.raises(KeyError):
        compiled.truth(n.SexIs(Sex.MALE), opened)
