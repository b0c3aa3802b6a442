"""`zonula population` from an export to a report, and what it says when something is wrong."""

import csv
import json
from pathlib import Path

import jsonschema
import pytest

from zonula.cli import main

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """An export of three patients, staged and screened by the command itself."""
    root = tmp_path_factory.mktemp("population")
    (root / "in").mkdir()
    people = [
        {"resourceType": "Patient", "id": f"p{number}", "gender": "female", "birthDate": "1980-02-03"}
        for number in range(3)
    ]
    tired = [
        {
            "resourceType": "Condition",
            "id": f"c{number}",
            "subject": {"reference": f"Patient/p{number}"},
            "code": {"text": "fatigue"},
        }
        for number in range(2)
    ]
    (root / "in" / "Patient.ndjson").write_text("\n".join(map(json.dumps, people)))
    (root / "in" / "Condition.ndjson").write_text("\n".join(map(json.dumps, tired)) + "\nbroken")
    assert (
        main(
            [
                "population",
                "stage",
                str(root / "in"),
                "--out",
                str(root / "staged"),
                "--processes",
                "1",
                "--json",
                str(root / "stage.json"),
            ]
        )
        == 0
    )
    words = [
        "--rules",
        "domain",
        "burden",
        "red_flag.child",
        "--today",
        "2026-11-24",
        "--json",
        str(root / "screen.json"),
        "--csv",
        str(root / "answers.csv"),
    ]
    assert main(["population", "screen", str(root / "staged"), "--out", str(root / "screened"), *words]) == 0
    return root


def _valid(name, path):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    found = json.loads(path.read_text())
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def test_what_is_written_fits_its_schema(folders, tmp_path, capsys):
    assert _valid("population-manifest", folders / "stage.json")["skipped"] == 1
    assert _valid("population-screened", folders / "screen.json")["patients"] == 3
    assert (
        main(
            [
                "population",
                "report",
                str(folders / "screened"),
                "--json",
                str(tmp_path / "r.json"),
                "--html",
                str(tmp_path / "r.html"),
                "--worklist",
                str(tmp_path / "w.csv"),
                "--for",
                "domain.fatigue",
            ]
        )
        == 0
    )
    assert _valid("population-report", tmp_path / "r.json")["least"] == 5
    assert "hidden" in capsys.readouterr().out
    assert "<svg" in (tmp_path / "r.html").read_text()
    assert [line["patient"] for line in csv.DictReader((tmp_path / "w.csv").read_text().splitlines())] == ["p0", "p1"]
    (tmp_path / "labels.csv").write_text("patient,rule,truth\np0,domain.fatigue,yes\np2,domain.fatigue,no\n")
    assert (
        main(
            [
                "population",
                "validate",
                str(tmp_path / "labels.csv"),
                str(folders / "screened"),
                "--json",
                str(tmp_path / "v.json"),
            ]
        )
        == 0
    )
    assert _valid("population-validity", tmp_path / "v.json")["rules"][0]["sensitivity"]["share"] == 1


def test_progress_is_logged_as_json_lines(folders, tmp_path, capsys):
    log = tmp_path / "log.ndjson"
    assert main(["population", "screen", str(folders / "staged"), "--out", str(tmp_path / "out"), "--rules", "domain.fatigue", "--today", "2026-11-24", "--log", str(log)]) == 0  # fmt: skip
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"step", "done", "of", "seconds"} <= told[0].keys()
    assert {each["step"] for each in told} == {"screened"}
    assert (
        main(["population", "screen", str(folders / "staged"), "--out", str(tmp_path / "o"), "--log", str(tmp_path)])
        == 2
    )
    assert "could not be written" in capsys.readouterr().err


def test_the_csv_has_the_answers_with_their_facts(folders):
    lines = list(csv.DictReader((folders / "answers.csv").read_text().splitlines()))
    fatigue = next(line for line in lines if line["patient"] == "p0" and line["rule"] == "domain.fatigue")
    assert (fatigue["answer"], fatigue["because"]) == ("yes", "Condition.ndjson#Condition/c0")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stage", "nowhere", "--out", "x"], "no such file"),
        (["screen", "nowhere", "--out", "x"], "no staged tables"),
        (["report", "nowhere"], "no screening"),
        (["validate", "nowhere.csv", "nowhere"], "nowhere.csv"),
    ],
)  # fmt: skip
def test_the_users_errors_are_one_line(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["population", *words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_an_unknown_rule_is_named(folders, capsys):
    assert (
        main(
            ["population", "screen", str(folders / "staged"), "--out", str(folders / "other"), "--rules", "domain.luck"]
        )
        == 2
    )
    assert "domain.luck" in capsys.readouterr().err
