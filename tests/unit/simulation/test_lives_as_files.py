"""`zonula simulate`: what stands where, in parts and whole, in flat memory; and every command reads what it writes."""

import csv
import hashlib
import json
import tracemalloc
from datetime import date

import jsonschema
import pytest
from pyarrow import parquet

from zonula.cli import main
from zonula.simulation import EVERY_FILE, Part, life, write_lives


def simulate(out, *more, patients="3", seed="5"):
    return main(["simulate", "--patients", patients, "--seed", seed, "--out", str(out), *more])


def prints_of(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("lives") / "out"
    assert simulate(out) == 0
    return out


def test_the_index_leads_to_every_folder_and_every_patient_has_a_truth(written):
    with (written / "index.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["patient"] for row in rows] == ["v00000", "v00001", "v00002"]
    for row in rows:
        truth = json.loads((written / "truth" / f"{row['patient']}.json").read_text())
        assert (written / row["folder"] / "case" / "records").is_dir()
        assert truth["course"]["stage"] == row["stage"]


def test_same_seed_same_bytes_and_a_patient_is_the_same_however_many_there_are(written, tmp_path):
    assert simulate(tmp_path / "again") == 0
    assert prints_of(tmp_path / "again") == prints_of(written)
    assert simulate(tmp_path / "one", patients="1") == 0
    first = prints_of(tmp_path / "one")
    whole = prints_of(written)
    assert {path: whole[path] for path in first if path.startswith(("patients/", "truth/v"))} == {
        path: content for path, content in first.items() if path.startswith(("patients/", "truth/v"))
    }
    assert simulate(tmp_path / "other", seed="6") == 0
    assert prints_of(tmp_path / "other")["patients/v00000/situation.yaml"] != whole["patients/v00000/situation.yaml"]


@pytest.mark.parametrize("part", sorted(EVERY_FILE))
def test_a_part_alone_is_the_same_as_within_the_whole(part, written, tmp_path):
    assert simulate(tmp_path / "part", "--parts", part) == 0
    alone, whole = prints_of(tmp_path / "part"), prints_of(written)
    for shared in ("index.csv", "README.md"):
        alone.pop(shared)
    assert alone
    assert alone == {path: whole[path] for path in alone}


def test_the_diary_alone_needs_nothing_else(tmp_path):
    assert simulate(tmp_path / "out", "--parts", "diary") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["README.md", "diary", "index.csv", "truth"]


def test_the_truth_follows_its_published_schema(written):
    from pathlib import Path

    schema = json.loads((Path(__file__).parents[3] / "docs/schemas/simulation-truth.schema.json").read_text())
    for path in (written / "truth").glob("v*.json"):
        jsonschema.validate(json.loads(path.read_text()), schema)


def test_every_command_reads_what_was_written(written, tmp_path, capsys):
    case, folder = written / "patients" / "v00000" / "case", written / "patients" / "v00000"
    commands = [
        ["assess", str(case), "--today", "2026-11-24"],
        ["review", str(case / "records"), "--today", "2026-11-24"],
        ["import-check", str(case / "records")],
        ["skin-test", "read", str(case / "skin-test.yaml")],
        ["celiac", str(case / "celiac.yaml")],
        ["questionnaire", "score", str(next((case / "questionnaires").glob("*phq-9.json")))],
        ["triggers", "analyse", str(written / "diary"), str(tmp_path / "answer.json")],
    ]
    plan = folder / "plan.json"
    if plan.exists():
        commands.append(
            ["plan", "today", str(plan), "--situation", str(folder / "situation.yaml"), "--day", "2026-11-24"]
        )
    for command in commands:
        assert main(command) == 0, (command, capsys.readouterr().err)
    assert (tmp_path / "answer.json").exists()


def test_a_bulk_export_is_staged_and_screened_to_the_flags_of_the_truth(tmp_path):
    out, staged, screened = tmp_path / "out", tmp_path / "staged", tmp_path / "screened"
    assert simulate(out, "--format", "ndjson", patients="6") == 0
    assert main(["population", "stage", str(out / "bulk"), "--out", str(staged), "--processes", "1"]) == 0
    day = ["--today", "2026-11-24"]
    assert main(["population", "screen", str(staged), "--out", str(screened), "--rules", "red_flag", *day]) == 0
    rules = [one["rule"] for one in json.loads((screened / "screen.json").read_text())["rules"]]
    found = {}
    for path in (screened / "answers").glob("*.parquet"):
        for row in parquet.read_table(path, columns=["patient", "rule", "holds"]).to_pylist():
            if row["holds"]:
                found.setdefault(row["patient"], set()).add(rules[row["rule"]].rpartition(".")[2])
    for index in range(6):
        truth = life(5, index).truth
        assert found.get(truth.patient, set()) == set(truth.red_flags), truth.patient


def test_memory_does_not_grow_with_the_number_of_lives(tmp_path):
    def peak(patients):
        tracemalloc.start()
        write_lives(patients, 3, tmp_path / str(patients), frozenset({Part.CHARTS, Part.BULK, Part.DIARY}))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1)
    assert peak(6) < 1.6 * peak(2)


def test_another_last_day_moves_the_whole_life(tmp_path):
    assert simulate(tmp_path / "out", "--today", "2028-03-01", "--parts", "charts", patients="1") == 0
    truth = json.loads((tmp_path / "out" / "truth" / "v00000.json").read_text())
    assert truth["today"] == "2028-03-01"
    assert max(record.day for record in life(5, 0, date(2028, 3, 1)).records) <= date(2028, 3, 1)


@pytest.mark.parametrize(
    "words",
    [
        ["--parts", "chart"],
        ["--parts", ""],
        ["--today", "tomorrow"],
        ["--format", "xml"],
        ["--parts", "bulk"],
        ["--today", "0001-01-01"],
    ],
)
def test_what_does_not_exist_is_refused_before_anything_is_written(words, tmp_path, capsys):
    out = tmp_path / "out"
    try:
        code = simulate(out, *words)
    except SystemExit as left:  # argparse itself
        code = left.code
    assert code == 2
    assert not out.exists()
