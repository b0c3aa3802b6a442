"""Other versions of FHIR are recognised and refused by name: read as R4, some of them would say the opposite."""

import pytest

from zonula.chart_import import read_documents
from zonula.errors import UserError


@pytest.mark.parametrize(
    ("version", "resource"),
    [
        ("STU3", {"resourceType": "Procedure", "notDone": True}),
        ("STU3", {"resourceType": "Immunization", "notGiven": True}),
        ("STU3", {"resourceType": "MedicationStatement", "taken": "n"}),
        ("STU3", {"resourceType": "Observation", "comment": "see letter"}),
        ("STU3", {"resourceType": "Condition", "context": {"reference": "Encounter/1"}}),
        (
            "STU3",
            {
                "resourceType": "Observation",
                "meta": {"profile": ["https://fhir.hl7.org.uk/STU3/StructureDefinition/x"]},
            },
        ),
        ("DSTU2", {"resourceType": "MedicationOrder"}),
        ("DSTU2", {"resourceType": "MedicationStatement", "wasNotTaken": True}),
        ("DSTU2", {"resourceType": "AllergyIntolerance", "substance": {"text": "Peanut"}}),
        ("DSTU2", {"resourceType": "CapabilityStatement", "fhirVersion": "1.0.2"}),
        ("DSTU2 or STU3", {"resourceType": "Condition", "clinicalStatus": "active"}),
        ("DSTU2 or STU3", {"resourceType": "ReferralRequest"}),
        ("R5", {"resourceType": "MedicationRequest", "medication": {"concept": {"text": "x"}}}),
        ("R5", {"resourceType": "Encounter", "actualPeriod": {"start": "2020"}}),
    ],
)
def test_another_version_refuses_the_whole_document_by_name(made, version, resource):
    document = made.bundle(made.glucose(), resource)
    with pytest.raises(UserError, match=rf"doc\.json is FHIR {version}: .*Zonula reads FHIR R4 and R4B"):
        read_documents([("doc.json", document)])


def test_the_other_documents_are_still_read(made):
    documents = [
        ("old.json", made.bundle({"resourceType": "MedicationOrder"})),
        ("new.json", made.bundle(made.glucose())),
    ]
    imported = read_documents(documents)
    assert [report.kind for report in imported.documents] == ["refused", "fhir-bundle"]
    assert len(imported.charts["p"].facts) == 1
