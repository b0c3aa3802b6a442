"""Who did it, whose it is, and when it was: every way FHIR has of saying so."""

import json

import pytest

from zonula.chart import Status
from zonula.chart_import import read_documents

ORGANISATION = {"resourceType": "Organization", "id": "lab", "name": "Lakeside Laboratory"}


def test_the_laboratory_that_performed_a_test_is_its_provider(made, read):
    (fact,), _ = read(ORGANISATION, made.glucose(performer=[{"reference": "Organization/lab"}]))
    assert (fact.performer, fact.sources[0].provider) == ("Lakeside Laboratory", "Lakeside Laboratory")


def test_without_a_performer_the_patients_own_practice_sent_it(made):
    patient = made.patient(managingOrganization={"reference": "Organization/lab"})
    charts = read_documents([("doc.json", made.bundle(ORGANISATION, made.glucose(), patient=patient))]).charts
    assert charts["p"].facts[0].sources[0].provider == "Lakeside Laboratory"


def test_a_visit_at_a_place_of_an_organisation(made, read):
    place = {
        "resourceType": "Location",
        "id": "w",
        "name": "Ward 3",
        "managingOrganization": {"reference": "Organization/lab"},
    }
    visit = made.about("Encounter", status="finished", location=[{"location": {"reference": "Location/w"}}])
    (fact,), _ = read(ORGANISATION, place, visit)
    assert fact.sources[0].provider == "Lakeside Laboratory"


def test_a_specialty_from_a_qualification_and_from_a_taxonomy_code(made, read):
    doctor = {
        "resourceType": "Practitioner",
        "id": "d",
        "name": [{"text": "Dr. Kern"}],
        "qualification": [{"code": {"text": "Allergist"}}],
    }
    visit = made.about("Encounter", status="finished", participant=[{"individual": {"reference": "Practitioner/d"}}])
    (fact,), _ = read(doctor, visit)
    assert (fact.specialty, fact.performer) == ("Allergist", "Dr. Kern")
    kind = made.coded("207K00000X", "http://nucc.org/provider-taxonomy", display="Allergy & Immunology")
    (fact,), _ = read(made.about("Encounter", status="finished", type=[kind]))
    assert fact.specialty == "Allergy & Immunology"


def test_a_relative_who_tells_is_not_a_confirmation(made, read):
    relative = {"resourceType": "RelatedPerson", "id": "m", "name": [{"text": "Her mother"}]}
    more = {
        "status": "active",
        "informationSource": {"reference": "RelatedPerson/m"},
        "medicationCodeableConcept": {"text": "Iron"},
    }
    (fact,), _ = read(relative, made.about("MedicationStatement", **more))
    assert (fact.status, fact.performer) == (Status.PATIENT_REPORTED, "Her mother")


def test_only_a_display_is_a_name_and_a_drug(made, read):
    more = {
        "status": "active",
        "intent": "order",
        "medicationReference": {"display": "Iron"},
        "requester": {"display": "Dr. Kern"},
    }
    (fact,), _ = read(made.about("MedicationRequest", **more))
    assert (fact.text, fact.performer) == ("Iron", "Dr. Kern")


def test_what_was_sampled_and_how(made, read):
    specimen = {"resourceType": "Specimen", "id": "s", "type": {"text": "Serum"}}
    more = {"method": {"text": "ELISA"}, "bodySite": {"text": "arm"}, "device": {"display": "Analyser"}}
    (fact,), _ = read(specimen, made.glucose(specimen={"reference": "Specimen/s"}, **more))
    assert dict(fact.details) == {"method": "ELISA", "body_site": "arm", "device": "Analyser", "specimen": "Serum"}


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient?identifier=urn:mrn|7"},
        {"identifier": {"system": "urn:mrn", "value": "7"}},
        {"type": "Patient", "display": "Ada Muster"},
    ],
)
def test_a_patient_named_by_identifier_or_only_in_words(made, subject):
    patient = made.patient(identifier=[{"system": "urn:mrn", "value": "7"}])
    charts = read_documents([("doc.json", made.bundle({**made.glucose(), "subject": subject}, patient=patient))]).charts
    assert len(charts["p"].facts) == 1


def test_a_patient_inside_the_resource(made):
    inner = made.patient(id="pat")
    glucose = {**made.glucose(), "contained": [inner], "subject": {"reference": "#pat"}}
    (chart,) = read_documents([("doc.json", json.dumps(glucose).encode())]).charts.values()
    assert chart.patient.name == "Ada Muster"
    assert len(chart.facts) == 1


def test_a_patient_that_should_be_inside_and_is_not(made, read):
    facts, report = read({**made.glucose(), "subject": {"reference": "#pat"}})
    assert facts == []
    assert "does not contain" in report.skipped[0].reason


@pytest.mark.parametrize(
    ("kind", "element", "written", "start", "text"),
    [
        ("Procedure", "performedPeriod", {"start": "2019", "end": "2020"}, "2019", ""),
        ("Procedure", "performedString", "as a child", None, "as a child"),
        ("Procedure", "performedAge", {"value": 9, "unit": "a"}, None, "age 9 a"),
        ("Procedure", "performedRange", {"low": {"value": 9}, "high": {"value": 10}}, None, "age 9 to 10"),
        ("Immunization", "occurrenceString", "as a child", None, "as a child"),
        ("AllergyIntolerance", "onsetAge", {"value": 9, "unit": "a"}, None, "age 9 a"),
        ("AllergyIntolerance", "onsetRange", {"low": {"value": 9}}, None, "age 9 to ?"),
        ("AllergyIntolerance", "onsetString", "as a child", None, "as a child"),
        ("AllergyIntolerance", "onsetPeriod", {"start": "2019"}, "2019", ""),
        ("Condition", "onsetRange", {"low": {"value": 9}, "high": {"value": 10}}, None, "age 9 to 10"),
        ("Condition", "onsetPeriod", {"start": "2019", "end": "2020"}, "2019", ""),
        ("Condition", "onsetString", "as a child", None, "as a child"),
        ("Observation", "effectivePeriod", {"start": "2019"}, "2019", ""),
        ("Observation", "effectiveInstant", "2019-01-01T00:00:00Z", "2019-01-01T00:00:00Z", ""),
        ("Observation", "effectiveTiming", {"repeat": {}}, None, ""),
        ("MedicationStatement", "effectivePeriod", {"start": "2019"}, "2019", ""),
        ("ServiceRequest", "occurrencePeriod", {"start": "2019"}, "2019", ""),
        ("DiagnosticReport", "effectivePeriod", {"start": "2019"}, "2019", ""),
    ],
)
def test_every_way_of_saying_when(made, read, kind, element, written, start, text):
    (fact,), _ = read(made.about(kind, code={"text": "x"}, vaccineCode={"text": "x"}, **{element: written}))
    assert (fact.when.start.text if fact.when.start else None, fact.when.text) == (start, text)


@pytest.mark.parametrize("part", ["component", "reaction", "condition"])
def test_an_unknown_modifier_in_a_part_costs_only_the_part(made, read, part):
    modified = {"code": {"text": "x"}, "modifierExtension": [{"url": "https://example.org/not"}]}
    kind = {"component": "Observation", "reaction": "AllergyIntolerance", "condition": "FamilyMemberHistory"}[part]
    fine = {"code": {"text": "fine"}, "manifestation": [{"text": "hives"}]}
    facts, report = read(made.about(kind, status="final", code={"text": "x"}, **{part: [modified, fine]}))
    assert facts
    assert any("modifier extension" in each.reason for each in report.skipped)


def test_an_oid_names_a_code_system_and_an_unknown_one_is_kept(made, read):
    codings = [
        {"system": "urn:oid:2.16.840.1.113883.6.1", "code": "2345-7"},
        {"system": "urn:oid:1.2.3", "code": "GLU"},
    ]
    (fact,), _ = read(made.glucose(code={"coding": codings}))
    assert [(code.system, code.code, code.system_text) for code in fact.codes] == [
        ("loinc", "2345-7", ""),
        ("local", "GLU", "urn:oid:1.2.3"),
    ]
