"""Entries laid over facts: a correction finds its record by what it says, takes one record only, and rests when it is gone."""

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from zonula.chart import Fact, Kind, Quantity, Source, Status, at
from zonula_web.records.corrected import Placed, Standing, Written, corrected


def fact(document: str, place: str, text: str = "Ferritin", day: str = "2020-01-02", value: float = 9) -> Fact:
    return Fact(
        id=f"{document}#{place}",
        kind=Kind.OBSERVATION,
        sources=(Source(document, place, "a laboratory"),),
        text=text,
        when=at(day),
        value=Quantity(value, "ug/L"),
    )


def higher(original: Fact) -> Fact:
    assert original.value is not None
    return msgspec.structs.replace(original, value=Quantity(original.value.value + 100, original.value.unit))


def said(facts: dict[str, Fact]) -> Counter[tuple[str, str, float]]:
    """What a chart says, whatever its ids are."""
    return Counter(
        (each.text, each.when.start.text if each.when.start else "", each.value.value if each.value else 0)
        for each in facts.values()
    )


one_fact = st.builds(
    fact,
    st.sampled_from(["a.json", "b.json", "c.xml"]),
    st.integers(0, 30).map(str),
    st.sampled_from(["Ferritin", "TSH", "Hives"]),
    st.sampled_from(["2020-01-02", "2021-05-06", "2022"]),
    st.sampled_from([1.0, 2.0, 3.0]),
)
charts = st.lists(one_fact, max_size=12, unique_by=lambda each: each.id)


@given(charts, st.data())
def test_what_a_chart_says_does_not_depend_on_the_names_of_its_documents(
    facts: list[Fact], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(facts), unique_by=lambda each: each.id)) if facts else []
    entries = [
        Written(number, higher(each) if data.draw(st.booleans()) else None, each) for number, each in enumerate(chosen)
    ]
    names = dict(zip(["a.json", "b.json", "c.xml"], data.draw(st.permutations(["x", "y", "z"])), strict=True))
    renamed = [
        msgspec.structs.replace(
            each,
            id=f"{names[each.sources[0].document]}#{each.sources[0].place}",
            sources=(Source(names[each.sources[0].document], each.sources[0].place, "a laboratory"),),
        )
        for each in facts
    ]
    assert said(corrected(facts, entries).facts) == said(corrected(renamed, entries).facts)


@given(charts, st.data())
def test_each_correction_touches_one_record_and_undoing_all_gives_the_documents_back(
    facts: list[Fact], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(facts), unique_by=lambda each: each.id)) if facts else []
    entries = [Written(number, None, each) for number, each in enumerate(chosen)]
    assert len(corrected(facts, entries).facts) == len(facts) - len(chosen)
    undone = [entry._replace(undone=True) for entry in entries]
    assert corrected(facts, undone).facts == {each.id: each for each in facts}


def test_the_same_place_that_says_something_else_now_is_told() -> None:
    before, now = fact("a.json", "1"), fact("a.json", "1", value=10)
    laid = corrected([now], [Written(1, higher(before), before)])
    assert laid.entries[1] == Placed(Standing.CHANGED, now.id)
    assert said(laid.facts) == said({"x": higher(before)})


def test_another_matter_in_the_same_place_is_not_touched() -> None:
    before, now = fact("a.csv", "line 7"), fact("a.csv", "line 7", text="TSH")
    laid = corrected([now], [Written(1, None, before)])
    assert laid.entries[1] == Placed(Standing.RESTS)
    assert laid.facts == {now.id: now}


def test_of_two_equal_records_the_one_that_was_meant_goes() -> None:
    first, second = fact("a.json", "1"), fact("b.json", "1")
    laid = corrected([first, second], [Written(1, None, second)])
    assert list(laid.facts) == [first.id]


def test_confirmed_in_one_format_is_unknown_in_another() -> None:
    before = fact("a.json", "1")
    now = msgspec.structs.replace(before, id="b.xml#1", status=Status.CONFIRMED)
    assert corrected([now], [Written(1, None, before)]).facts == {}


def test_a_fact_of_its_own_needs_no_document() -> None:
    own = fact("entered by hand", "x")
    assert corrected([], [Written(1, own)]).facts == {own.id: own}
