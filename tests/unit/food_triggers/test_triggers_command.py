"""The commands as a clinic runs them: files in, a valid answer out; bad input is one line and exit code 2."""

import json
from pathlib import Path

import jsonschema
import pytest
from diary_files import write_directory

from zonula.cli import main

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schemas/triggers-analysis.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(virtual, tmp_path_factory):
    made = tmp_path_factory.mktemp("diaries")
    write_directory(made, {f"p{s}": (*virtual(s, 30)[:2], 30) for s in (1, 2)})
    return made


def test_the_answer_is_valid_and_repeats_bit_for_bit(folder, tmp_path):
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    assert main(["triggers", "analyse", str(folder), str(first)]) == 0
    assert main(["triggers", "analyse", str(folder), str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    said = json.loads(first.read_text("utf-8"))
    jsonschema.validate(said, SCHEMA)
    assert set(said["patients"]) == {"p1", "p2"}
    assert all(len(patient["groups"]) == 25 for patient in said["patients"].values())


def test_unknown_kinds_columns_and_bad_rows_are_survived_and_reported(folder, tmp_path, capsys):
    for name in ("patients", "groups", "foods", "diary"):
        text = (folder / f"{name}.csv").read_text("utf-8")
        (tmp_path / f"{name}.csv").write_text("\ufeff" + text, "utf-8")
    with (tmp_path / "diary.csv").open("a", encoding="utf-8") as file:
        file.write('p1,2031-11-15T08:00,symptom,s00,,11\nghost,2031-11-15T08:00,note,,,"a, b"\np1,soon,food,x,1,\np1\n')
    assert main(["triggers", "analyse", str(tmp_path), str(tmp_path / "out.json")]) == 0
    said = capsys.readouterr().err
    assert "outside 0-10" in said
    assert "not in patients.csv" in said
    assert "no usable local time" in said


def test_a_missing_file_is_the_users_to_mend(tmp_path, capsys):
    assert main(["triggers", "analyse", str(tmp_path), str(tmp_path / "out.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_report_names_every_group_once_and_says_what_it_is_not(folder, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["triggers", "report", str(folder), "p1", "--html", str(page)]) == 0
    said = capsys.readouterr().out
    assert "not a diagnosis" in said
    assert sum(line.strip().startswith("g") for line in said.splitlines()) >= 20
    html = page.read_text("utf-8")
    assert "<svg" in html
    assert "script" not in html
    assert main(["triggers", "report", str(folder), "nobody"]) == 2


def test_policies_are_compared_on_the_same_people(tmp_path, capsys):
    figures = tmp_path / "figures.json"
    words = ["triggers", "simulate-policy", "--policy", "group-testing", "--policy", "fixed-sequential"]
    assert main([*words, "--patients", "1", "--json", str(figures)]) == 0
    rows = {row["policy"]: row for row in json.loads(figures.read_text("utf-8"))}
    assert rows["group-testing"]["median_days"] < rows["fixed-sequential"]["median_days"]
    assert "no evidence about people" in capsys.readouterr().out
