"""The official FHIR R4 examples as one Bulk Data export: one NDJSON file per resource type, each example one line of it.

The package is fetched as for tests/conformance/chart_import. What staging makes of them is what the importer makes of the same files,
line by line and cut into patterns alike.
"""

import json
import tarfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from pyarrow import parquet

import zonula.population.stage as staging
from zonula.chart_import import read_paths
from zonula.population.layout import SCHEMAS
from zonula.population.staged import Staged

pytestmark = pytest.mark.conformance
FETCHING = Path(__file__).resolve().parents[1] / "chart_import" / "test_official_r4_examples.py"
LARGEST = 2 << 20  # bytes of one example; the few larger ones are definitions
# Not in a Bulk Data export, and so many that they would only cost time: what defines FHIR itself.
DEFINITIONS = {"StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "OperationDefinition", "ConceptMap", "ElementDefinition", "CapabilityStatement", "NamingSystem", "Bundle", ""}  # fmt: skip


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """The examples as NDJSON, by resource type."""
    spec = spec_from_file_location("official_examples", FETCHING)
    fetching = module_from_spec(spec)
    spec.loader.exec_module(fetching)
    lines = {}
    with tarfile.open(fetching.fetched(), "r:gz") as archive:
        for member in archive:
            if member.name.endswith(".json") and member.size < LARGEST:
                made = json.load(archive.extractfile(member))
                if made.get("resourceType", "") not in DEFINITIONS:
                    lines.setdefault(made["resourceType"], []).append(json.dumps(made, ensure_ascii=False))
    root = tmp_path_factory.mktemp("official")
    for kind, written in lines.items():
        (root / f"{kind}.ndjson").write_text("\n".join(written) + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def both(export, tmp_path_factory):
    """The manifest and the folder of each way."""
    found = {}
    for name, limit in (("cut", 0), ("lines", 1 << 60)):
        out = tmp_path_factory.mktemp(name) / "staged"
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(staging, "CUT_FROM", limit)
            patched.setattr(staging, "PART_BYTES", 1 << 20)
            found[name] = staging.stage([export], out), out
    return found


def test_both_ways_are_equal(both):
    (first, cut), (second, lines) = both["cut"], both["lines"]
    assert first == second
    assert (cut / "skipped.ndjson").read_bytes() == (lines / "skipped.ndjson").read_bytes()
    for table in SCHEMAS:
        assert parquet.read_table(cut / table).equals(parquet.read_table(lines / table)), table


def test_every_line_is_accounted_for(both, export):
    manifest, _ = both["cut"]
    written = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in export.iterdir())
    taken = [each for each in manifest.documents if not each.refusal]
    assert sum(sum(each.read.values()) for each in taken) <= written
    assert manifest.patients > 20
    assert manifest.facts > 200


def test_the_charts_are_those_of_an_import(both, export):
    _, out = both["cut"]
    staged = Staged(out)
    charts = {chart.patient.id: chart for part in staged.parts for chart in staged.charts(part.number)}
    imported = read_paths([export]).charts
    assert charts.keys() == imported.keys()
    same = [patient for patient in charts if charts[patient].facts == imported[patient].facts]
    # Facts of a patient may name a resource of another patient: an import looks it up in the whole file, staging does not.
    assert len(same) > len(charts) * 0.9
