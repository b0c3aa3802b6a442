"""Bundles of every type, NDJSON and broken ones: one bad entry loses only itself."""

import json

import pytest

from zonula.chart_import import read_documents
from zonula.errors import UserError


def entries(*resources, kind="collection", **more):
    return json.dumps(
        {"resourceType": "Bundle", "type": kind, "entry": [{"resource": each} for each in resources], **more}
    )


def facts_of(document, name="doc.json"):
    data = document if isinstance(document, bytes) else document.encode()
    imported = read_documents([(name, data)])
    return [fact for chart in imported.charts.values() for fact in chart.facts], imported.documents[0]


@pytest.mark.parametrize("kind", ["document", "collection", "searchset", "transaction", "batch", "history"])
def test_bundles_of_every_type(made, kind):
    facts, report = facts_of(made.bundle(made.glucose(), kind=kind))
    assert len(facts) == 1
    assert report.kind == "fhir-bundle"


def test_a_single_resource_names_its_patient_by_reference(made):
    facts, report = facts_of(json.dumps(made.glucose()))
    assert [fact.id for fact in facts] == ["doc.json#Observation/x"]
    assert report.kind == "fhir-resource"


def test_a_resource_without_any_patient_belongs_to_nobody(made):
    observation = made.glucose()
    del observation["subject"]
    facts, report = facts_of(json.dumps(observation))
    assert facts == []
    assert "names no patient" in report.skipped[0].reason


def test_in_a_bundle_of_one_patient_that_one_is_meant_and_it_is_said(made):
    observation = made.glucose()
    del observation["subject"]
    facts, report = facts_of(made.bundle(observation))
    assert len(facts) == 1
    assert "only patient was taken" in report.warnings[0]


def test_what_is_about_a_group_is_not_about_a_patient(made):
    facts, report = facts_of(made.bundle({**made.glucose(), "subject": {"reference": "Group/g"}}))
    assert facts == []
    assert "about a Group" in report.skipped[0].reason


@pytest.mark.parametrize("end", [-1, -40, -200, 700])
def test_a_truncated_bundle_keeps_its_whole_entries(made, end):
    whole = made.bundle(*(made.glucose(id=f"g{number}") for number in range(5)))
    facts, report = facts_of(whole[:end])
    assert 0 < len(facts) <= 5
    assert any("truncated" in warning for warning in report.warnings)
    assert len(facts) == 5 or any("ends in the middle" in each.reason for each in report.skipped)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"resourceType":"Observation","id":"b","valueQuantity":{"value":NaN}}', "NaN is not a JSON number"),
        ('{"resourceType":"Observation","id":"b","note":[{"text":"\\ud800"}]}', ""),
        ('{"resourceType":"Observation","id":"b","code":' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"resourceType":"Observation","id":"b","valueInteger":' + "9" * 5000 + "}", "too long"),
        ('{"resourceType":"Observation","id":"b","status" "final"}', "not valid JSON"),
    ],
    ids=["NaN", "lone surrogate", "deep", "long number", "no colon"],
)
def test_one_broken_entry_loses_only_itself(made, broken, reason):
    whole = made.bundle(made.glucose(id="g"), {"resourceType": "Claim", "id": "HERE"}).decode()
    facts, report = facts_of(whole.replace('{"resourceType": "Claim", "id": "HERE"}', broken))
    assert "doc.json#Observation/g" in [fact.id for fact in facts]
    said = " ".join([*report.warnings, *(each.reason for each in report.skipped)])
    assert reason in said


def test_ndjson_reads_line_by_line(made):
    lines = [
        json.dumps(made.patient()),
        json.dumps(made.glucose()),
        "not json",
        "",
        json.dumps(made.glucose(id="y"))[:-9],
    ]
    facts, report = facts_of("\r\n".join(lines))
    assert len(facts) == 1
    assert report.kind == "fhir-ndjson"
    assert [each.place for each in report.skipped] == ["Observation", "line 3"]


def test_references_by_urn_by_address_and_by_version(made):
    base = "https://fhir.example.org/r4/"
    glucose = made.glucose()
    for full_url, pointed in (
        ("urn:uuid:0c0ffee0", "urn:uuid:0c0ffee0"),
        (base + "Patient/p", base + "Patient/p"),
        (base + "Patient/p", "Patient/p"),
        ("", "Patient/p/_history/3"),
        ("", base + "Patient/p"),
    ):
        patient = {"fullUrl": full_url, "resource": made.patient()}
        observation = {"resource": {**glucose, "subject": {"reference": pointed}}}
        document = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": [observation, patient]})
        imported = read_documents([("doc.json", document.encode())])
        assert len(imported.charts["p"].facts) == 1, pointed


def test_a_bundle_taken_apart_into_lines_keeps_its_patient(made):
    glucose = {**made.glucose(), "subject": {"reference": "urn:uuid:p"}}
    lines = f"{json.dumps(made.patient())}\n{json.dumps(glucose)}"
    assert list(read_documents([("doc.ndjson", lines.encode())]).charts) == ["p"]


def test_the_same_id_on_two_servers_is_two_patients(made):
    def entry(base, resource):
        return {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}

    one, other = "https://one.example.org", "https://other.example.org"
    stranger = made.patient(name=[{"text": "Bert Beispiel"}], birthDate="1950-01-01", gender="male")
    document = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            entry(one, made.patient()),
            entry(other, stranger),
            entry(one, made.glucose(5)),
            entry(other, made.glucose(9)),
        ],
    }
    charts = read_documents([("doc.json", json.dumps(document).encode())]).charts
    values = {chart.patient.name: [fact.value.value for fact in chart.facts] for chart in charts.values()}
    assert values == {"Ada Muster": [5.0], "Bert Beispiel": [9.0]}


def test_a_repeated_id_with_other_content_is_kept_under_a_suffix(made):
    facts, report = facts_of(made.bundle(made.glucose(5), made.glucose(6), made.glucose(5)))
    assert sorted(fact.id for fact in facts) == ["doc.json#Observation/x", "doc.json#Observation/x~2"]
    assert any("more than once" in warning for warning in report.warnings)
    assert any("same content" in each.reason for each in report.skipped)


def test_of_a_history_the_newest_version_counts_and_a_deletion_deletes(made):
    def version(number, value):
        return made.glucose(value, meta={"versionId": str(number), "lastUpdated": f"2021-01-0{number}T00:00:00Z"})

    facts, report = facts_of(entries(made.patient(), version(2, 6), version(1, 5), kind="history"))
    assert [fact.value.value for fact in facts] == [6.0]
    assert "older version" in report.skipped[0].reason
    document = json.loads(entries(made.patient(), version(2, 6), kind="history"))
    document["entry"].append(
        {"request": {"method": "DELETE", "url": "Observation/x"}, "response": {"lastModified": "2021-02-01T00:00:00Z"}}
    )
    facts, report = facts_of(json.dumps(document))
    assert facts == []
    assert "deleted at its source" in report.skipped[0].reason


def test_a_page_of_a_search_says_that_there_are_more(made):
    _, report = facts_of(
        entries(made.patient(), kind="searchset", link=[{"relation": "next", "url": "https://example.org"}])
    )
    assert any("more pages" in warning for warning in report.warnings)


def test_a_bundle_in_a_bundle_is_read(made):
    inner = json.loads(made.bundle(made.glucose()))
    facts, _ = facts_of(entries(inner, kind="batch"))
    assert len(facts) == 1


def test_an_empty_bundle_has_no_patient_and_is_no_error():
    facts, report = facts_of('{"resourceType":"Bundle","type":"searchset"}')
    assert facts == []
    assert report.kind == "fhir-bundle"


def test_an_object_that_is_no_resource_is_refused():
    with pytest.raises(UserError, match="not a FHIR resource"):
        read_documents([("package.json", b'{"name": "zonula"}')])
