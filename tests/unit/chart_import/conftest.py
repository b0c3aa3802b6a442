"""Small FHIR documents: one patient, and whatever a test adds."""

import json

import pytest

from zonula.chart_import import read_documents


class Made:
    """Builders of FHIR resources about one patient."""

    @staticmethod
    def patient(**more):
        return {
            "resourceType": "Patient",
            "id": "p",
            "name": [{"family": "Muster", "given": ["Ada"]}],
            "gender": "female",
            "birthDate": "1980-02-03",
            **more,
        }

    @staticmethod
    def about(kind, **content):
        """A resource about the patient; some types name her in another element."""
        who = "patient" if kind in ("AllergyIntolerance", "Immunization", "FamilyMemberHistory") else "subject"
        return {"resourceType": kind, "id": "x", who: {"reference": "Patient/p"}, **content}

    @staticmethod
    def coded(code, system="http://loinc.org", **more):
        return {"coding": [{"system": system, "code": code, **more}]}

    @classmethod
    def bundle(cls, *resources, kind="collection", patient=None):
        entries = [{"resource": resource} for resource in (patient or cls.patient(), *resources)]
        return json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}).encode()

    @classmethod
    def glucose(cls, value=5.4, **more):
        return cls.about(
            "Observation",
            **{
                "status": "final",
                "code": cls.coded("2345-7", display="Glucose"),
                "effectiveDateTime": "2021-03-04T08:00:00Z",
                "valueQuantity": {"value": value, "unit": "mmol/L"},
                **more,
            },
        )


@pytest.fixture
def made():
    return Made


@pytest.fixture
def read():
    """Read resources about the one patient: her facts in chart order, and the report."""

    def reading(*resources):
        imported = read_documents([("doc.json", Made.bundle(*resources))])
        return [fact for chart in imported.charts.values() for fact in chart.facts], imported.documents[0]

    return reading
