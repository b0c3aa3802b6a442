"""Virtual patients: same seed, same bytes; a truth that the mechanism keeps; files every engine can read."""

import csv
import hashlib
import json

import pytest

from zonula.cli import main
from zonula.diary import read_directory
from zonula.knowledge import shelf
from zonula.simulation import virtual_diaries, write_diaries


def fingerprints(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_diaries(4, seed, tmp_path / name, shelf())
    assert fingerprints(tmp_path / "a") == fingerprints(tmp_path / "b")
    assert fingerprints(tmp_path / "a") != fingerprints(tmp_path / "c")


def test_a_patient_is_the_same_however_many_there_are():
    few = [(diary.csv_bytes(), diary.truth, diary.priors) for _, diary in virtual_diaries(2, 9, shelf())]
    many = [(diary.csv_bytes(), diary.truth, diary.priors) for _, diary in virtual_diaries(5, 9, shelf())]
    assert few == many[:2]


def test_the_files_are_read_whole_by_the_diary_room_and_the_truth_names_every_group(tmp_path):
    out = tmp_path / "out"
    assert main(["simulate", "--patients", "3", "--seed", "1", "--out", str(out)]) == 0
    diaries, report = read_directory(out / "diary")
    assert len(list(diaries)) == 3
    assert not list(report.lines())
    with (out / "diary" / "groups.csv").open(encoding="utf-8") as lines:
        groups = {(row["patient"], row["group"]) for row in csv.DictReader(lines)}
    truth = [json.loads(line) for line in (out / "truth" / "truth.jsonl").read_text().splitlines()]
    assert {(person["patient"], group) for person in truth for group in person["groups"]} == groups
    with (out / "diary" / "diary.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["kind"] for row in rows} >= {"food", "symptom", "context"}
    assert all(0 <= float(row["value"]) <= 10 for row in rows if row["kind"] == "symptom")


@pytest.mark.parametrize("words", [["--patients", "0"], ["--patients", "2", "--out", "/"]])
def test_nonsense_is_refused_in_one_line(words, tmp_path, capsys):
    given = {"--patients": "1", "--seed": "1", "--out": str(tmp_path / "x")}
    given.update(zip(words[::2], words[1::2], strict=True))
    assert main(["simulate", *(word for pair in given.items() for word in pair)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
