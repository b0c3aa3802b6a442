"""A Bundle decoded in one pass says, to the byte, what the same Bundle says when its entries are opened one by one."""

import json
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zonula
from zonula.chart_import import read_documents
from zonula.chart_import.fhir import document
from zonula.errors import UserError

EXAMPLES = sorted((Path(zonula.__file__).parent / "examples").rglob("*.fhir.json"))
codes = st.sampled_from(
    [
        {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin"}]},
        {"coding": [{"code": "resolved"}]},
        {"text": "fatigue"},
        "final",
        7,
    ]
)
references = st.sampled_from(
    ["Patient/1", "Encounter/2", "urn:uuid:3", "http://a.example/fhir/Observation/2", "#1", "Observation/1", ""]
).map(lambda pointed: {"reference": pointed})
elements = {
    "id": st.sampled_from(["1", "2", "3", "1#1", ""]),
    "meta": st.sampled_from([{"versionId": "2"}, {"profile": ["http://hl7.org/fhir/STU3/x"]}]),
    "status": st.sampled_from(["final", "finished", "active", 1]),
    "code": codes,
    "clinicalStatus": codes,
    "subject": references,
    "encounter": references,
    "context": references,
    "effectiveDateTime": st.sampled_from(["2020-01-31T08:30:00Z", "2020", "2020-02-30"]),
    "valueQuantity": st.sampled_from([{"value": 1, "unit": "mg"}, {"value": "1"}]),
    "hasMember": st.lists(references, max_size=2),
    "contained": st.just([{"resourceType": "Observation", "id": "1", "code": {"text": "inside"}}]),
    "modifierExtension": st.just([{"url": "http://a.example/not"}]),
    "note": st.just([{"text": "n"}]),
}
kinds = st.sampled_from(
    ["Patient", "Observation", "Condition", "Encounter", "DiagnosticReport", "Procedure", "Claim", "Goal", "Organization",
     "MedicationOrder", "Zebra", "Bundle", ""]
)  # fmt: skip
resources = st.tuples(kinds, st.fixed_dictionaries({}, optional=elements), st.booleans()).map(
    lambda made: {"resourceType": made[0], **made[1]} if made[2] else {**made[1], "resourceType": made[0]}
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "resource": resources,
        "fullUrl": st.sampled_from(["urn:uuid:3", "http://a.example/fhir/Observation/2", ""]),
        "request": st.just({"method": "DELETE", "url": "Observation/1"}),
    },
)
bundles = st.fixed_dictionaries(
    {
        "resourceType": st.just("Bundle"),
        "type": st.sampled_from(["collection", "history", "searchset"]),
        "entry": st.lists(entries, max_size=6).map(lambda drawn: [PATIENT, *drawn]),
    },
    optional={"link": st.just([{"relation": "next", "url": "http://a.example?page=2"}])},
)
PATIENT = {"resource": {"resourceType": "Patient", "id": "1", "birthDate": "1980", "gender": "female"}}


def said(data):
    try:
        return msgspec.json.encode(read_documents([("d.json", data)]))
    except UserError as refused:
        return str(refused)


def said_one_by_one(data):
    with patch.object(document, "decoded_at_once", lambda _: None):
        return said(data)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_decoded_at_once_to_the_same_chart_and_report(path):
    data = path.read_bytes()
    with patch.object(document, "opened", wraps=document.opened) as one_by_one:
        at_once = said(data)
    assert not one_by_one.called
    assert at_once == said_one_by_one(data)


@settings(max_examples=400)
@given(bundles)
def test_any_bundle_says_the_same(bundle):
    data = json.dumps(bundle).encode()
    assert said(data) == said_one_by_one(data)


@settings(max_examples=200)
@given(bundles, st.data())
def test_a_damaged_bundle_says_the_same(bundle, data):
    written = json.dumps(bundle).encode()
    start = data.draw(st.integers(0, len(written)))
    damaged = written[:start] + data.draw(st.binary(max_size=2)) + written[start + data.draw(st.integers(0, 9)) :]
    assert said(damaged) == said_one_by_one(damaged)


@pytest.mark.parametrize(
    "entry",
    [
        {"request": {"method": "GET", "url": "Observation"}},
        {"resource": {"resourceType": "Observation", "code": {"text": "no id and no address"}}},
        {"resource": {"resourceType": "Zebra", "id": "1"}},
        {"resource": {"resourceType": "Observation", "id": "1", "status": 3}},
        {"resource": {"resourceType": "Patient", "id": "1", "gender": "male"}},
        {"resource": {"resourceType": "Bundle", "type": "searchset", "entry": []}},
    ],
)
def test_what_needs_a_second_look_is_left_to_the_other_way(entry):
    whole = {"resourceType": "Bundle", "type": "collection", "entry": [PATIENT, entry]}
    with patch.object(document, "opened", wraps=document.opened) as one_by_one:
        said(json.dumps(whole).encode())
    assert one_by_one.called
