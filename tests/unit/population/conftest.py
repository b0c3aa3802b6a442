"""A small made-up export: NDJSON as Bulk Data servers write it, and the same patients as Bundles."""

import json
from pathlib import Path

import pytest

import zonula.population.stage as staging


def resources(number, *, fatigue=True, note=""):
    """One patient's resources; references are relative, as in Bulk Data."""
    who = {"reference": f"Patient/p{number}"}
    visit = {"reference": f"Encounter/e{number}"}
    concept = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R53.83"}], "text": "Fatigue"}
    loinc = {"coding": [{"system": "http://loinc.org", "code": "2276-4", "display": "Ferritin"}]}
    yield {
        "resourceType": "Patient",
        "id": f"p{number}",
        "gender": "female" if number % 2 else "male",
        "birthDate": f"19{60 + number % 30}-03-04",
        "name": [{"family": f"Made{number}", "given": ["Up"]}],
        "identifier": [{"system": "urn:clinic", "value": str(number)}],
    }
    yield {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": who,
        "period": {"start": "2024-02-03T09:00:00Z"},
        "participant": [{"individual": {"reference": f"Practitioner/d{number % 3}"}}],
    }
    if fatigue:
        yield {
            "resourceType": "Condition",
            "id": f"c{number}",
            "subject": who,
            "encounter": visit,
            "code": concept,
            "onsetDateTime": "2024-02",
            "verificationStatus": {"coding": [{"code": "confirmed"}]},
            "note": [{"text": note}] if note else [],
        }
    yield {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "subject": who,
        "encounter": visit,
        "code": loinc,
        "effectiveDateTime": "2024-02-03T09:30:00Z",
        "valueQuantity": {"value": 5 + number, "unit": "ug/L", "system": "http://unitsofmeasure.org", "code": "ug/L"},
        "referenceRange": [{"low": {"value": 15}, "high": {"value": 150}}],
    }
    yield {
        "resourceType": "AllergyIntolerance",
        "id": f"a{number}",
        "patient": who,
        "code": {"text": "Penicillin"},
        "recordedDate": "2020",
    }
    yield {"resourceType": "Claim", "id": f"k{number}", "patient": who}


PEOPLE = [
    {"resourceType": "Practitioner", "id": f"d{number}", "name": [{"family": f"Doctor{number}"}], "qualification": [{"code": {"text": "Gastroenterology"}}]}
    for number in range(3)
]  # fmt: skip


def write_export(root, count):
    """Write an export of so many patients as NDJSON files."""
    root.mkdir(parents=True)
    lines = {}
    for made in [*PEOPLE, *(each for number in range(count) for each in resources(number, fatigue=number % 4 != 3))]:
        lines.setdefault(made["resourceType"], []).append(json.dumps(made))
    for kind, rows in lines.items():
        (root / f"{kind}.ndjson").write_text("\n".join(rows) + "\n")
    return root


@pytest.fixture(params=["line by line", "cut"])
def each_way(request, monkeypatch):
    """Small exports as they are staged, and as if they were large."""
    if request.param == "cut":
        monkeypatch.setattr(staging, "CUT_FROM", 0)


@pytest.fixture
def export(tmp_path):
    """A function that writes an export of so many patients into a folder of NDJSON files."""
    return lambda count=12, folder="export": write_export(tmp_path / folder, count)


@pytest.fixture(scope="session")
def staged_export(tmp_path_factory):
    """An export of twelve patients and its staged folder, in several parts."""
    root = write_export(tmp_path_factory.mktemp("population") / "export", 12)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(staging, "PART_BYTES", 4000)
        staging.stage([root], root.parent / "staged")
    return root, root.parent / "staged"


@pytest.fixture
def bundles(tmp_path):
    """A folder of Bundles, one patient each."""

    def write(count=5) -> Path:
        root = tmp_path / "bundles"
        root.mkdir()
        for number in range(count):
            entries = [
                {"fullUrl": f"https://clinic.example/{each['resourceType']}/{each['id']}", "resource": each}
                for each in resources(number)
            ]
            (root / f"{number}.json").write_text(
                json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
            )
        return root

    return write
