"""Whatever a sender writes: no crash, the same chart in any order, the same bytes twice, nothing lost unsaid."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart_import import read_documents
from zonula.chart_import.fhir import repeated_keys

texts = st.text(max_size=12)
dates = st.sampled_from(
    ["2020", "2020-02", "2020-02-29", "2021-02-29", "2020-02-29T10:00:00Z", "2020-02-29T12:00:00+02:00", "", "soon"]
)
codes = st.fixed_dictionaries(
    {
        "coding": st.lists(
            st.fixed_dictionaries(
                {"system": st.sampled_from(["http://loinc.org", "urn:x"]), "code": st.sampled_from("abc")}
            ),
            max_size=2,
        )
    },
    optional={"text": texts},
)
quantities = st.fixed_dictionaries({"value": st.integers(0, 3)}, optional={"unit": st.sampled_from(["mg", "g"])})
numbers = st.sampled_from(["1", "2", "3"])
observations = st.fixed_dictionaries(
    {"resourceType": st.just("Observation"), "id": numbers, "subject": st.just({"reference": "Patient/p"})},
    optional={
        "status": st.sampled_from(["final", "cancelled", "entered-in-error"]),
        "code": codes,
        "effectiveDateTime": dates,
        "valueQuantity": quantities,
        "component": st.lists(st.fixed_dictionaries({"code": codes, "valueQuantity": quantities}), max_size=2),
        "hasMember": st.lists(st.fixed_dictionaries({"reference": numbers.map("Observation/{}".format)}), max_size=2),
        "encounter": st.fixed_dictionaries({"reference": numbers.map("Encounter/{}".format)}),
    },
)
conditions = st.fixed_dictionaries(
    {
        "resourceType": st.just("Condition"),
        "id": numbers,
        "subject": st.just({"reference": "Patient/p"}),
        "code": codes,
    },
    optional={"onsetDateTime": dates, "abatementDateTime": dates, "note": st.just([{"text": "n"}])},
)
encounters = st.fixed_dictionaries(
    {"resourceType": st.just("Encounter"), "id": numbers, "subject": st.just({"reference": "Patient/p"})},
    optional={"period": st.fixed_dictionaries({"start": dates, "end": dates}), "type": st.lists(codes, max_size=2)},
)
resources = st.lists(st.one_of(observations, conditions, encounters), max_size=8)
PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "birthDate": "1980-01-01",
    "gender": "female",
    "name": [{"text": "A B"}],
}


def bundle(entries):
    written = [{"resource": each} for each in (PATIENT, *entries)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": written}).encode()


def chart_bytes(*documents):
    return msgspec.json.encode(read_documents(documents).charts)


@given(resources, st.randoms(use_true_random=False))
def test_any_order_of_entries_gives_the_same_chart_and_report(entries, dice):
    shuffled = list(entries)
    dice.shuffle(shuffled)
    one, other = (read_documents([("d.json", bundle(each))]) for each in (entries, shuffled))
    assert one == other


@given(resources)
def test_importing_twice_gives_the_same_bytes(entries):
    document = ("d.json", bundle(entries))
    assert chart_bytes(document) == chart_bytes(document)


@given(resources)
def test_merging_a_document_with_itself_changes_nothing(entries):
    document = bundle(entries)
    assert chart_bytes(("d.json", document)) == chart_bytes(("d.json", document), ("e.json", document))


@given(resources)
def test_the_same_records_in_another_file_add_sources_but_no_fact(entries):
    document = bundle(entries)
    once = read_documents([("d.json", document)]).charts["p"]
    twice = read_documents([("d.json", document), ("e.json", document + b" ")]).charts["p"]
    assert [fact.id for fact in once.facts] == [fact.id for fact in twice.facts]
    assert all(len(fact.sources) == 2 for fact in twice.facts)


@given(resources)
def test_every_resource_is_a_fact_or_said_to_be_skipped(entries):
    (report,) = read_documents([("d.json", bundle(entries))]).documents
    distinct = {(each["resourceType"], each["id"], json.dumps(each)) for each in entries}
    facts = sum(1 + len(each.get("component", ())) for each in {json.dumps(each): each for each in entries}.values())
    assert report.kept == facts
    assert sum(report.read.values()) == len(entries) + 1
    assert len(distinct) == len(entries) or report.skipped


@given(resources, resources)
def test_a_subset_of_the_entries_gives_facts_of_the_whole(entries, more):
    whole = {each["id"] + each["resourceType"]: each for each in [*more, *entries]}
    part = {key: each for key, each in whole.items() if each in entries}
    ids = [
        {fact.id for fact in read_documents([("d.json", bundle(each.values()))]).charts["p"].facts}
        for each in (part, whole)
    ]
    assert ids[0] <= ids[1]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "code", "text", "value", "coding", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
kinds = st.sampled_from(
    [
        "Observation",
        "Condition",
        "Encounter",
        "MedicationRequest",
        "AllergyIntolerance",
        "Procedure",
        "Immunization",
        "Patient",
    ]
)
fields = st.sampled_from(
    [
        "code",
        "status",
        "subject",
        "patient",
        "category",
        "period",
        "valueQuantity",
        "component",
        "note",
        "participant",
        "onsetAge",
        "meta",
        "contained",
    ]
)


@given(st.lists(st.tuples(kinds, st.dictionaries(fields, json_values, max_size=5)), max_size=4))
@settings(max_examples=200)
def test_any_shape_of_content_is_read_or_refused(written):
    entries = [{"resourceType": kind, **content} for kind, content in written]
    document = bundle(entries)
    # Beside a good document nothing is refused altogether, so that another version's refusal is a report too.
    imported = read_documents([("d.json", document), ("good.json", bundle([]))])
    report = imported.documents[0]
    assert report.kind in ("fhir-bundle", "refused", "repeated")
    assert sum(len(chart.facts) for chart in imported.charts.values()) == report.kept
    assert report.kind != "refused" or "is FHIR" in report.skipped[0].reason


@given(st.dictionaries(st.text(max_size=4), json_values, max_size=3))
def test_valid_json_has_no_repeated_keys(value):
    assert repeated_keys(json.dumps(value).encode()) == ()
    assert repeated_keys(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")) == ()


def _fuzz():
    spec = spec_from_file_location("fuzz_fhir", Path(__file__).parents[2] / "fuzz" / "fuzz_fhir.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FUZZ = _fuzz()


@given(st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_damaged_documents_never_crash_and_always_read_the_same(dice):
    FUZZ.check(FUZZ.damaged(dice))
