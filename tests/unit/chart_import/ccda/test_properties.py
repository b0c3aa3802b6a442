"""Random documents: every entry is counted, ids are unique and stable, the order of sections changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart_import.ccda import read

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
DATE = st.one_of(
    st.none(),
    st.just(""),
    st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8)),
    st.integers(1900, 2100).map(str),
)
SYSTEM = st.sampled_from(["2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.90", "1.2.3"])
CODE = st.tuples(SYSTEM, st.text("0123456789-", min_size=1, max_size=9), TEXT)
MAYBE = st.one_of(st.none(), CODE)


def _entries(write):
    value = st.one_of(
        st.just(""),
        st.floats(allow_nan=True).map(lambda number: write.pq(str(number), "mg")),
        CODE.map(write.cd),
        TEXT.map(write.st),
    )
    observation = st.builds(
        write.observation,
        MAYBE,
        value,
        time=st.sampled_from(["", "2020", "20201301"]),
        interpretation=st.sampled_from(["", "N", "H", "??"]),
    )
    return {
        "11450-4": st.builds(
            write.problem,
            MAYBE,
            DATE,
            DATE,
            negated=st.booleans(),
            concern=st.sampled_from(["active", "completed", "odd"]),
        ),
        "48765-2": st.builds(write.allergy, MAYBE, onset=DATE, reaction=MAYBE, negated=st.booleans()),
        "10160-0": st.builds(
            write.medication,
            MAYBE,
            DATE,
            DATE,
            negated=st.booleans(),
            status=st.sampled_from(["active", "completed", ""]),
        ),
        "30954-2": st.builds(write.panel, MAYBE, st.lists(observation, max_size=3)),
        "46240-8": st.builds(write.encounter, CODE, st.just("20200101"), DATE, diagnosis=MAYBE),
        "47519-4": st.builds(write.procedure, CODE, st.just("2020")),
        "29762-2": observation.map(write.entry),
        "10157-6": st.builds(write.family, CODE, st.lists(st.tuples(CODE, st.sampled_from(["", "44"])), max_size=2)),
    }


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_document(data, write, write_document):
    strategies = _entries(write)
    codes = data.draw(st.lists(st.sampled_from(sorted(strategies)), unique=True))
    entries = {code: data.draw(st.lists(strategies[code], max_size=4)) for code in codes}
    sections = [write.section((write.LOINC, code, ""), "0", f"Section {code}", entries=entries[code]) for code in codes]
    document = read(write_document(*sections).encode(), "random.xml")
    facts = next(iter(document.facts.values()))
    assert document.report.kind == "ccda"
    assert sum(document.report.read.values()) >= sum(map(len, entries.values()))
    assert len({fact.id for fact in facts}) == len(facts) == document.report.kept
    assert all(fact.text and fact.id == f"random.xml#{fact.sources[0].place}" for fact in facts)
    told = {one.place.partition(".")[0] for one in document.report.skipped}
    told |= {fact.sources[0].place.partition(".")[0] for fact in facts}
    for name, count in document.report.read.items():  # every entry became a fact or has a reason
        if name.endswith("(text only)"):
            continue
        assert {f"{name}/{number}" for number in range(1, count + 1)} <= told

    shuffled = data.draw(st.permutations(sections))
    again = read(write_document(*shuffled).encode(), "random.xml")
    assert sorted(next(iter(again.facts.values())), key=lambda fact: fact.id) == sorted(facts, key=lambda fact: fact.id)
