"""`zonula import-check`: every document with what was kept and what was not; a schema that its JSON keeps to."""

import json
from pathlib import Path

import jsonschema
import pytest

from zonula.cli import main

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "schemas" / "import-check.schema.json").read_text(encoding="utf-8")
)


def entry(kind, number, **content):
    return {"resource": {"resourceType": kind, "id": number, **content}}


@pytest.fixture
def folder(tmp_path):
    who = {"reference": "Patient/p"}
    entries = [
        entry("Patient", "p"),
        entry("Condition", "c", subject=who, code={"text": "IBS"}, onsetDateTime="2023-02-30"),
    ]
    entries += [entry("Claim", str(number)) for number in range(3)] + [entry("Patient", "q")]
    (tmp_path / "a.json").write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    (tmp_path / "b.pdf").write_bytes(b"%PDF")
    return tmp_path


def test_the_text_says_what_was_kept_skipped_and_refused(folder, capsys):
    assert main(["import-check", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a.json: fhir-bundle, 1 fact kept",
        "  read: 3 Claim, 1 Condition, 2 Patient",
        "  skipped: Claim: 3 × a resource type that adds no fact to a chart",
        "  warning: Condition/c: date not read: '2023-02-30' is not a date: day is out of range for month",
        "b.pdf: refused",
        "  document is a PDF; Zonula reads FHIR JSON, C-CDA XML and CSV",
        "",
        "2 patients, 1 fact, 2 documents",
        "  patient p: 1 fact",
        "  patient q: 0 facts",
    ]


def test_the_json_keeps_to_its_schema(folder, capsys, tmp_path):
    assert main(["import-check", str(folder), "--json", "-"]) == 0
    printed = capsys.readouterr().out
    report = json.loads(printed)
    jsonschema.validate(report, SCHEMA)
    assert report["schema"] == "zonula.import-check/1"
    assert [patient["id"] for patient in report["patients"]] == ["p", "q"]
    out = tmp_path / "out" / "report.json"
    out.parent.mkdir()
    assert main(["import-check", str(folder / "a.json"), "--json", str(out)]) == 0
    assert json.loads(out.read_text())["documents"][0]["kept"] == 1


def test_long_lists_are_cut_on_the_terminal_only(tmp_path, capsys):
    lines = [json.dumps({"resourceType": "Observation", "id": str(number)}) for number in range(40)]
    (tmp_path / "x.ndjson").write_text("\n".join(lines))
    assert main(["import-check", str(tmp_path)]) == 0
    assert "… and 28 more; --json FILE lists them all" in capsys.readouterr().out


def test_nothing_readable_is_one_line_and_exit_2(tmp_path, capsys):
    (tmp_path / "b.pdf").write_bytes(b"%PDF")
    assert main(["import-check", str(tmp_path / "b.pdf")]) == 2
    assert capsys.readouterr().err == "zonula: b.pdf is a PDF; Zonula reads FHIR JSON, C-CDA XML and CSV.\n"


def test_names_from_outside_cannot_write_to_the_terminal(tmp_path, capsys):
    (tmp_path / "a\x1b[31m.json").write_text('{"resourceType":"Claim"}')
    assert main(["import-check", str(tmp_path)]) == 0
    assert "\x1b" not in capsys.readouterr().out
