"""Staging makes the same facts as importing, and says of everything it could not take where it stood and why."""

import gzip
import hashlib
import json
import shutil

import msgspec
import pytest
import zstandard
from pyarrow import parquet

import zonula.population.dealing as dealing
import zonula.population.stage as staging
from zonula.chart_import import read_paths
from zonula.errors import UserError
from zonula.population.layout import SCHEMAS
from zonula.population.stage import stage
from zonula.population.staged import Staged

pytestmark = pytest.mark.usefixtures("each_way")


def charts(out):
    staged = Staged(out)
    return {chart.patient.id: chart for part in staged.parts for chart in staged.charts(part.number)}


def digest(out):
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def skipped(out):
    return [json.loads(line) for line in (out / "skipped.ndjson").read_text().splitlines()]


def refusals(manifest):
    return {each.name: each.refusal for each in manifest.documents if each.refusal}


@pytest.mark.parametrize("part_bytes", [1 << 20, 2000])
def test_the_facts_of_an_export_are_those_the_importer_makes(export, tmp_path, monkeypatch, part_bytes):
    monkeypatch.setattr(staging, "PART_BYTES", part_bytes)
    root = export()
    manifest = stage([root], tmp_path / "out")
    assert (manifest.parts > 1) == (part_bytes < 1 << 20)
    assert charts(tmp_path / "out") == read_paths([root]).charts
    assert manifest.patients == 12
    assert manifest.skipped == 0
    claims = next(each for each in manifest.documents if each.name == "Claim.ndjson")
    assert claims.read == {"Claim": 12}


def test_the_facts_of_bundles_are_those_the_importer_makes(bundles, tmp_path):
    root = bundles()
    stage([root], tmp_path / "out")
    assert charts(tmp_path / "out") == read_paths([root]).charts


def test_packed_files_are_the_same_facts(export, tmp_path):
    plain, packed = export(), export(folder="packed")
    for number, file in enumerate(sorted(packed.iterdir())):
        data = file.read_bytes()
        file.unlink()
        if number % 2:
            file.with_name(file.name + ".gz").write_bytes(gzip.compress(data))
        else:
            file.with_name(file.name + ".zst").write_bytes(
                zstandard.compress(data[:50]) + zstandard.compress(data[50:])
            )
    stage([plain], tmp_path / "one")
    stage([packed], tmp_path / "other")
    assert charts(tmp_path / "one") == charts(tmp_path / "other")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_cut_archive_is_refused_by_name_and_the_rest_is_staged(export, tmp_path, pack):
    root = export()
    whole = pack((root / "Condition.ndjson").read_bytes())
    (root / "Condition.ndjson").unlink()
    (root / "Condition.ndjson.x").write_bytes(whole[: len(whole) // 2])
    manifest = stage([root], tmp_path / "out")
    assert list(refusals(manifest)) == ["Condition.ndjson.x"]
    assert "archive" in refusals(manifest)["Condition.ndjson.x"]
    assert manifest.patients == 12


def test_bad_lines_are_skipped_with_file_and_line(export, tmp_path):
    root = export(3)
    file = root / "Observation.ndjson"
    lines = file.read_text().splitlines()
    lines.insert(1, "not json")
    lines.insert(2, '{"resourceType": "Observation", "id": "x", "subject": nonsense}')
    lines.append('{"resourceType": "Observation", "id": "nobody", "status": "final"}')
    file.write_text("\n".join(lines) + "\n" + lines[0][:-30])
    manifest = stage([root], tmp_path / "out")
    assert [(each["document"], each["line"]) for each in skipped(tmp_path / "out")] == [
        ("Observation.ndjson", n) for n in (2, 3, 6, 7)
    ]
    assert manifest.skipped == 4
    assert sum(len(chart.facts) for chart in charts(tmp_path / "out").values()) == manifest.facts


def test_a_line_too_long_is_skipped_without_being_kept(export, tmp_path, monkeypatch):
    root = export(2)
    monkeypatch.setattr("zonula.population.sources.LONGEST_LINE", 5000)
    monkeypatch.setattr("zonula.population.sources._BLOCK", 1000)
    with (root / "Observation.ndjson").open("a") as out:
        out.write('{"resourceType": "Observation", "note": "' + "x" * 40_000 + '"}\n{"resourceType": "Other"}\n')
    manifest = stage([root], tmp_path / "out")
    assert [(each["line"], each["reason"]) for each in skipped(tmp_path / "out")] == [(3, "is longer than 64 MB")]
    assert manifest.patients == 2


def test_one_line_of_another_version_refuses_its_document_in_every_part(export, tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "PART_BYTES", 2000)
    root = export()
    with (root / "Observation.ndjson").open("a") as out:
        out.write(
            '{"resourceType": "Observation", "id": "old", "status": "final", "subject": {"reference": "Patient/p1"}, "comment": "STU3"}\n'
        )
    manifest = stage([root], tmp_path / "out")
    assert "STU3" in refusals(manifest)["Observation.ndjson"]
    made = charts(tmp_path / "out")
    assert made == read_paths([root]).charts
    assert not any(fact.id.startswith("Observation.ndjson") for chart in made.values() for fact in chart.facts)


def test_one_person_with_two_ids_becomes_one_chart_wherever_the_parts_lie(export, tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "PART_BYTES", 1500)
    root = export(8)
    twin = {"resourceType": "Patient", "id": "again", "identifier": [{"system": "urn:clinic", "value": "2"}]}
    fact = {
        "resourceType": "Condition",
        "id": "twin",
        "subject": {"reference": "Patient/again"},
        "code": {"text": "itching"},
    }
    (root / "later").mkdir()
    (root / "later" / "Patient.ndjson").write_text(json.dumps(twin) + "\n")
    (root / "later" / "Condition.ndjson").write_text(json.dumps(fact) + "\n")
    stage([root], tmp_path / "out")
    made = charts(tmp_path / "out")
    assert made == read_paths([root]).charts
    assert len(made) == 8


def test_facts_of_a_patient_nobody_describes_are_kept(export, tmp_path):
    root = export(2)
    with (root / "Condition.ndjson").open("a") as out:
        out.write(
            '{"resourceType": "Condition", "id": "z", "subject": {"reference": "Patient/absent"}, "code": {"text": "itch"}}\n'
        )
    stage([root], tmp_path / "out")
    assert charts(tmp_path / "out")["absent"].facts[0].text == "itch"
    assert charts(tmp_path / "out") == read_paths([root]).charts


def test_the_same_file_twice_is_read_once(export, tmp_path):
    root = export(3)
    shutil.copy(root / "Observation.ndjson", root / "Observation.copy.ndjson")
    manifest = stage([root], tmp_path / "out")
    assert "same document" in refusals(manifest)["Observation.ndjson"]
    assert charts(tmp_path / "out") == read_paths([root]).charts


def test_staging_again_changes_nothing_and_other_input_is_refused(export, tmp_path):
    root, out = export(4), tmp_path / "out"
    first = stage([root], out)
    before = digest(out)
    assert stage([root], out) == first
    assert digest(out) == before
    (root / "Condition.ndjson").write_text("")
    with pytest.raises(UserError, match="other input"):
        stage([root], out)


def test_killed_in_the_middle_it_resumes_and_gives_the_same_bytes(export, tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "PART_BYTES", 2000)
    root = export()
    stage([root], tmp_path / "whole")
    made, real = [], staging.charts_of_part

    def dies(job):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(job.part)
        return real(job)

    monkeypatch.setattr(staging, "charts_of_part", dies)
    with pytest.raises(KeyboardInterrupt):
        stage([root], tmp_path / "out")
    with pytest.raises(UserError, match="no staged tables"):
        Staged(tmp_path / "out")
    monkeypatch.setattr(staging, "charts_of_part", lambda job: made.append(job.part) or real(job))
    stage([root], tmp_path / "out")
    assert len(made) == len(set(made))
    assert digest(tmp_path / "out") == digest(tmp_path / "whole")


def test_a_full_disk_is_the_users_error_and_leaves_no_manifest(export, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    with pytest.raises(UserError, match="No space left"):
        stage([export(2)], tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
    monkeypatch.undo()
    assert stage([tmp_path / "export"], tmp_path / "out").patients == 2


def test_a_file_that_changes_while_read_stops_everything(export, tmp_path, monkeypatch):
    root = export(2)
    real = dealing.deal

    def changing(met, *rest, **more):
        with (root / met.source.name).open("a") as out:
            out.write("\n")
        return real(met, *rest, **more)

    monkeypatch.setattr(staging, "deal", changing)
    with pytest.raises(UserError, match="changed while it was read"):
        stage([root], tmp_path / "out")


def test_two_processes_give_the_same_bytes_as_one(export, tmp_path):
    root = export(6)
    stage([root], tmp_path / "one")
    stage([root], tmp_path / "two", processes=2)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_nothing_to_read_is_said(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        stage([tmp_path / "nowhere"], tmp_path / "out")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "letter.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(UserError, match="is a PDF"):
        stage([tmp_path / "in"], tmp_path / "out")


def test_the_tables_are_as_documented_and_sorted(export, tmp_path):
    stage([export(5)], tmp_path / "out")
    for table, schema in SCHEMAS.items():
        found = parquet.read_table(tmp_path / "out" / table)
        assert found.schema.equals(schema, check_metadata=False)
    facts = parquet.read_table(tmp_path / "out" / "facts").select(["patient", "place"]).to_pylist()
    order = [(row["patient"], row["place"]) for row in facts]
    assert order == sorted(order)
    assert len(set(order)) == len(order)


def test_the_manifest_is_read_back_whole(export, tmp_path):
    manifest = stage([export(2)], tmp_path / "out")
    assert Staged(tmp_path / "out").manifest == manifest
    (tmp_path / "out" / "manifest.json").write_bytes(
        msgspec.json.encode(msgspec.structs.replace(manifest, reading="older"))
    )
    with pytest.raises(UserError, match="another version"):
        Staged(tmp_path / "out")
