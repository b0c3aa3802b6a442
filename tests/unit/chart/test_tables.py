"""Flat tables lose nothing, and every column says what it means."""

from hypothesis import given, settings
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
from zonula.chart.tables import SCHEMAS, from_tables, to_tables

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=8)
moments = st.sampled_from(["2019", "2020-02", "2021-12-24", "2021-12-24T10:00:00Z"]).map(Moment.parse)
codes = st.lists(st.builds(Code, st.sampled_from(System), words, words, words), max_size=3).map(tuple)
numbers = st.floats(allow_nan=False, allow_infinity=False)
facts = st.builds(
    Fact,
    id=st.just(""),
    kind=st.sampled_from(Kind),
    sources=st.lists(st.builds(Source, words, words, words), min_size=1, max_size=2).map(tuple),
    codes=codes,
    text=words,
    when=st.builds(When, st.none() | moments, st.none() | moments, words),
    recorded=st.none() | moments,
    status=st.sampled_from(Status),
    negated=st.booleans(),
    value=st.none() | st.builds(Quantity, numbers, words, st.sampled_from(["", "<", ">="])),
    value_text=words,
    value_codes=codes,
    interpretation=st.none() | st.sampled_from(Interpretation),
    reference=st.none() | st.builds(ReferenceRange, st.none() | numbers, st.none() | numbers, words, words),
    performer=words,
    specialty=words,
    note=words,
    details=st.lists(st.tuples(words, words), max_size=2).map(tuple),
)


@st.composite
def charts(draw):
    import msgspec

    patient = Patient(
        id=draw(st.sampled_from(["a", "b"])),
        name=draw(words),
        birth=draw(st.none() | moments),
        sex=draw(st.sampled_from(Sex)),
    )
    drawn = draw(st.lists(facts, max_size=4))
    return chart_of(patient, [msgspec.structs.replace(fact, id=f"f{n}") for n, fact in enumerate(drawn)])


@settings(max_examples=60, deadline=None)
@given(charts())
def test_a_chart_survives_the_tables_unchanged(chart):
    assert from_tables(to_tables([chart])) == [chart]


def test_no_chart_gives_empty_tables_with_the_full_schema():
    tables = to_tables([])
    assert {name: table.schema for name, table in tables.items()} == SCHEMAS
    assert all(table.num_rows == 0 for table in tables.values())


def test_every_column_says_what_it_means():
    for schema in SCHEMAS.values():
        for field in schema:
            assert field.metadata[b"meaning"]
