"""The official FHIR R4 examples: every file imports or is refused with a reason; none crashes.

The npm package `hl7.fhir.r4.examples` 4.0.1 (5,307 JSON files, 187 MB) is fetched once into `.cache/` of the checkout. Skipped
only where npm or the network is missing.
"""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from zonula.chart import Kind
from zonula.chart_import import read_documents
from zonula.errors import UserError

PACKAGE = "hl7.fhir.r4.examples@4.0.1"
CACHE = Path(__file__).resolve().parents[3] / ".cache"
ARCHIVE = CACHE / "hl7.fhir.r4.examples-4.0.1.tgz"

pytestmark = pytest.mark.conformance


def fetched():
    if not ARCHIVE.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed: the official FHIR R4 examples cannot be fetched")
        CACHE.mkdir(parents=True, exist_ok=True)
        got = subprocess.run(
            [npm, "pack", PACKAGE], cwd=CACHE, capture_output=True, text=True, check=False, timeout=120
        )
        if got.returncode or not ARCHIVE.exists():
            last = (got.stderr.strip().splitlines() or ["no message"])[-1]
            pytest.skip(f"npm could not fetch {PACKAGE}: {last}")
    return ARCHIVE


@pytest.fixture(scope="module")
def imported():
    """What became of each file: its import, or the refusal."""
    outcome = {}
    with tarfile.open(fetched(), "r:gz") as archive:
        for member in archive:
            if not member.name.endswith(".json"):
                continue
            name = member.name.removeprefix("package/")
            try:
                outcome[name] = read_documents([(name, archive.extractfile(member).read())])
            except UserError as refused:
                outcome[name] = str(refused)
    return outcome


def facts(imported, name):
    return [fact for chart in imported[name].charts.values() for fact in chart.facts]


def test_every_example_imports_and_only_the_package_index_is_refused(imported):
    assert len(imported) == 5307
    refused = {name: reason for name, reason in imported.items() if isinstance(reason, str)}
    assert set(refused) <= {"package.json", ".index.json"}
    assert all("not a FHIR resource" in reason for reason in refused.values())


def test_every_clinical_example_is_kept_or_says_why_not(imported):
    clinical = (
        "Observation-",
        "Condition-",
        "AllergyIntolerance-",
        "MedicationRequest-",
        "Procedure-",
        "Immunization-",
    )
    mute = []
    for name, outcome in imported.items():
        if name.startswith(clinical):
            (report,) = outcome.documents
            if not report.kept and not report.skipped:
                mute.append(name)
    assert mute == []
    assert sum(len(facts(imported, name)) for name in imported if name.startswith("Observation-")) > 100


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("Observation-blood-pressure.json", Kind.OBSERVATION, 3),
        ("Condition-example.json", Kind.CONDITION, 1),
        ("AllergyIntolerance-example.json", Kind.ALLERGY, 1),
        ("FamilyMemberHistory-father.json", Kind.FAMILY_HISTORY, 1),
        ("Encounter-home.json", Kind.ENCOUNTER, 1),
        ("MedicationStatement-example001.json", Kind.MEDICATION, 1),
        ("Immunization-example.json", Kind.IMMUNISATION, 1),
        ("Procedure-example.json", Kind.PROCEDURE, 1),
        ("DocumentReference-example.json", Kind.DOCUMENT, 1),
    ],
)
def test_examples_become_the_facts_a_reader_expects(imported, name, kind, count):
    kept = facts(imported, name)
    assert [fact.kind for fact in kept] == [kind] * count
    assert all(fact.text or fact.codes for fact in kept)


def test_negated_examples_are_not_asserted(imported):
    for name in ("AllergyIntolerance-nka.json", "Immunization-notGiven.json"):
        assert [fact.asserted for fact in facts(imported, name)] == [False], name


def test_no_fact_of_all_examples_has_an_unreadable_date(imported):
    said = [
        warning
        for outcome in imported.values()
        if not isinstance(outcome, str)
        for report in outcome.documents
        for warning in report.warnings
    ]
    assert [warning for warning in said if "date not read" in warning] == []
