"""Conditions, drugs, allergies, procedures, visits, vaccines, family and documents: what status and negation come to."""

import pytest

from zonula.chart import Kind, Status

VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


@pytest.mark.parametrize(
    ("verification", "clinical", "status"),
    [
        ("confirmed", "active", Status.CONFIRMED),
        ("provisional", "active", Status.SUSPECTED),
        ("differential", "active", Status.SUSPECTED),
        ("refuted", "", Status.REFUTED),
        ("entered-in-error", "", Status.ENTERED_IN_ERROR),
        ("confirmed", "resolved", Status.RESOLVED),
        ("provisional", "resolved", Status.SUSPECTED),
        ("", "active", Status.UNKNOWN),
        ("", "remission", Status.RESOLVED),
    ],
)
def test_a_condition_is_only_as_certain_as_it_was_written(made, read, verification, clinical, status):
    condition = made.about("Condition", code={"text": "Celiac disease"})
    if verification:
        condition["verificationStatus"] = made.coded(verification, VERIFICATION)
    if clinical:
        condition["clinicalStatus"] = made.coded(clinical)
    (fact,), _ = read(condition)
    assert fact.status is status


def test_a_label_the_patient_brings_is_never_confirmed(made, read):
    condition = made.about("Condition", code={"text": "Chronic Lyme"}, asserter={"reference": "Patient/p"})
    (fact,), _ = read({**condition, "verificationStatus": made.coded("confirmed", VERIFICATION)})
    assert fact.status is Status.PATIENT_REPORTED


def test_onset_in_words_is_kept_in_words(made, read):
    condition = made.about(
        "Condition", code={"text": "IBS"}, onsetAge={"value": 30, "unit": "a"}, abatementString="last year"
    )
    (fact,), _ = read(condition)
    assert fact.when.text == "age 30 a, until last year"
    assert not fact.when.known
    assert fact.status is Status.RESOLVED


@pytest.mark.parametrize("code", ["716186003", "no-known-allergies"])
def test_no_known_allergy_is_a_negation(made, read, code):
    system = (
        "http://snomed.info/sct" if code.isdigit() else "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
    )
    (fact,), _ = read(made.about("AllergyIntolerance", code=made.coded(code, system)))
    assert fact.negated
    assert not fact.asserted


def test_no_information_about_allergies_is_no_fact(made, read):
    system = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
    facts, report = read(made.about("AllergyIntolerance", code=made.coded("no-allergy-info", system)))
    assert facts == []
    assert "nothing is known" in report.skipped[0].reason


def test_an_allergy_with_its_worst_reaction(made, read):
    reactions = [
        {"manifestation": [{"text": "hives"}], "severity": "mild"},
        {"manifestation": [{"text": "throat swelling"}], "severity": "severe"},
    ]
    more = {"type": "allergy", "category": ["food"], "criticality": "high", "reaction": reactions}
    (fact,), _ = read(made.about("AllergyIntolerance", code={"text": "Peanut"}, **more))
    assert dict(fact.details) == {
        "type": "allergy",
        "category": "food",
        "criticality": "high",
        "reaction": "hives; throat swelling",
        "severity": "severe",
    }


@pytest.mark.parametrize(
    ("kind", "more", "status", "intent"),
    [
        ("MedicationRequest", {"status": "active", "intent": "order"}, Status.CONFIRMED, "order"),
        ("MedicationRequest", {"status": "stopped", "intent": "order"}, Status.RESOLVED, "order"),
        ("MedicationRequest", {"status": "active", "intent": "proposal"}, Status.PLANNED, "proposal"),
        ("MedicationRequest", {"status": "on-hold", "intent": "order"}, Status.CONFIRMED, "order"),
        (
            "MedicationRequest",
            {"status": "active", "intent": "order", "reportedBoolean": True},
            Status.PATIENT_REPORTED,
            "order",
        ),
        ("MedicationStatement", {"status": "not-taken"}, Status.NOT_DONE, "statement"),
        (
            "MedicationStatement",
            {"status": "active", "informationSource": {"reference": "Patient/p"}},
            Status.PATIENT_REPORTED,
            "statement",
        ),
        ("MedicationAdministration", {"status": "completed"}, Status.RESOLVED, "administration"),
        ("MedicationAdministration", {"status": "not-done"}, Status.NOT_DONE, "administration"),
        ("MedicationDispense", {"status": "completed"}, Status.CONFIRMED, "dispense"),
    ],
)
def test_drugs(made, read, kind, more, status, intent):
    (fact,), _ = read(made.about(kind, medicationCodeableConcept={"text": "Omeprazole"}, **more))
    assert (fact.kind, fact.text, fact.status) == (Kind.MEDICATION, "Omeprazole", status)
    assert fact.detail("intent") == intent


def test_a_drug_on_hold_says_so(made, read):
    (fact,), _ = read(
        made.about("MedicationRequest", status="on-hold", medicationCodeableConcept={"text": "Omeprazole"})
    )
    assert fact.note == "on hold"


def test_do_not_perform_is_never_a_prescription(made, read):
    more = {"status": "active", "intent": "order", "doNotPerform": True}
    (fact,), _ = read(made.about("MedicationRequest", medicationCodeableConcept={"text": "Aspirin"}, **more))
    assert fact.negated
    assert not fact.asserted


def test_a_drug_of_its_own_is_looked_up_in_the_bundle_and_inside_the_resource(made, read):
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "Budesonide"}}
    pointing = made.about("MedicationStatement", status="active", medicationReference={"reference": "Medication/m"})
    holding = {**pointing, "id": "y", "contained": [drug], "medicationReference": {"reference": "#m"}}
    facts, _ = read(drug, pointing, holding)
    assert [fact.text for fact in facts] == ["Budesonide", "Budesonide"]


@pytest.mark.parametrize(
    ("kind", "written", "status"),
    [
        ("Procedure", "completed", Status.CONFIRMED),
        ("Procedure", "not-done", Status.NOT_DONE),
        ("Procedure", "preparation", Status.PLANNED),
        ("Immunization", "completed", Status.CONFIRMED),
        ("Immunization", "not-done", Status.NOT_DONE),
    ],
)
def test_what_was_not_done_is_not_asserted(made, read, kind, written, status):
    (fact,), _ = read(made.about(kind, status=written, code={"text": "Biopsy"}, vaccineCode={"text": "Biopsy"}))
    assert (fact.status, fact.text) == (status, "Biopsy")
    assert fact.asserted is (status is Status.CONFIRMED)


def test_an_order_stays_planned_and_an_ordered_test_is_an_observation(made, read):
    order = made.about(
        "ServiceRequest", status="completed", intent="order", code=made.coded("46128-5"), authoredOn="2020-05-01"
    )
    (fact,), _ = read(order)
    assert (fact.kind, fact.status) == (Kind.OBSERVATION, Status.PLANNED)
    assert fact.when.start.text == "2020-05-01"
    (fact,), _ = read({**order, "code": {"text": "Gastroscopy"}, "status": "revoked"})
    assert (fact.kind, fact.status) == (Kind.PROCEDURE, Status.NOT_DONE)


def test_a_visit_carries_its_specialty_from_the_role_of_who_was_there(made, read):
    resources = [
        {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Kern", "prefix": ["Dr."]}]},
        {"resourceType": "Organization", "id": "o", "name": "Neurology Centre"},
        {
            "resourceType": "PractitionerRole",
            "id": "r",
            "practitioner": {"reference": "Practitioner/d"},
            "organization": {"reference": "Organization/o"},
            "specialty": [{"text": "Neurology"}],
        },
        made.about(
            "Encounter",
            status="finished",
            **{"class": {"code": "AMB"}},
            type=[{"text": "Consultation"}],
            participant=[{"individual": {"reference": "PractitionerRole/r"}}],
            period={"start": "2019-04-05T09:00:00Z", "end": "2019-04-05T09:30:00Z"},
        ),
    ]
    (fact,), _ = read(*resources)
    assert (fact.kind, fact.specialty, fact.performer) == (Kind.ENCOUNTER, "Neurology", "Dr. Kern")
    assert fact.sources[0].provider == "Neurology Centre"
    assert dict(fact.details) == {"class": "AMB", "type": "Consultation"}


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"code": "AMB"}, "ambulatory visit"),
        ({"code": "AMB", "display": "Clinic"}, "Clinic"),
        ({"code": "X"}, "X"),
    ],
)
def test_a_visit_described_by_its_setting_alone_says_it_in_words(made, read, setting, text):
    (fact,), _ = read(made.about("Encounter", status="finished", **{"class": setting}))
    assert fact.text == text


def test_a_role_that_points_at_itself_is_nobody(made, read):
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "PractitionerRole/r"}}
    (fact,), _ = read(role, made.glucose(performer=[{"reference": "PractitionerRole/r"}]))
    assert fact.performer == ""


def test_relatives_conditions_are_family_history(made, read):
    relative = made.about(
        "FamilyMemberHistory",
        status="completed",
        relationship={"text": "mother"},
        condition=[{"code": {"text": "Celiac disease"}, "onsetAge": {"value": 40, "unit": "a"}}],
    )
    (fact,), _ = read(relative)
    assert (fact.kind, fact.text) == (Kind.FAMILY_HISTORY, "Celiac disease")
    assert dict(fact.details) == {"relation": "mother", "age_at_onset": "40 a"}


@pytest.mark.parametrize(
    "resource",
    [
        {"kind": "DocumentReference", "status": "current", "description": "Letter", "date": "2020-01-01T00:00:00Z"},
        {"kind": "Composition", "status": "final", "title": "Letter", "date": "2020-01-01T00:00:00Z"},
        {
            "kind": "QuestionnaireResponse",
            "status": "completed",
            "questionnaire": "Letter",
            "authored": "2020-01-01T00:00:00Z",
        },
    ],
)
def test_documents_are_kept_as_documents(made, read, resource):
    (fact,), _ = read(made.about(resource.pop("kind"), **resource))
    assert (fact.kind, fact.text, fact.status) == (Kind.DOCUMENT, "Letter", Status.CONFIRMED)
    assert fact.when.start.text == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "kind", ["Condition", "Observation", "MedicationRequest", "AllergyIntolerance", "Procedure", "Encounter"]
)
def test_an_unknown_modifier_extension_forbids_reading_the_resource(made, read, kind):
    modifier = [{"url": "https://example.org/not-this-patient", "valueBoolean": True}]
    facts, report = read(made.about(kind, status="final", modifierExtension=modifier))
    assert facts == []
    assert "https://example.org/not-this-patient" in report.skipped[0].reason


def test_other_resource_types_are_counted(made, read):
    facts, report = read({"resourceType": "Claim", "id": "1"}, {"resourceType": "Claim", "id": "2"})
    assert facts == []
    assert report.read == {"Claim": 2, "Patient": 1}
    assert report.skipped[0].reason.startswith("2 × ")
