"""Virtual patients: same seed, same bytes; a truth that the mechanism keeps; files every engine can read."""

import csv
import hashlib
import json

import numpy as np
import pytest

from zonula.cli import main
from zonula.diary import read_directory
from zonula.knowledge import shelf
from zonula.simulation import SYMPTOMS, draw_body, one_serving, ranges, react, virtual_diaries, write_diaries

RANGES = ranges(shelf())


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
    few = [diary for _, diary in virtual_diaries(2, 9, shelf())]
    many = [diary for _, diary in virtual_diaries(5, 9, shelf())]
    assert few == many[:2]


def body(seed=0, **change):
    import msgspec

    drawn = draw_body(RANGES, np.array([True, False, True]), len(SYMPTOMS), np.random.default_rng(seed))
    return msgspec.structs.replace(drawn, **change)


def test_harmless_food_does_nothing_and_a_trigger_does():
    steps = 40
    eaten = np.zeros((steps, 3))
    eaten[0, 1] = 3.0
    assert react(body(), eaten, np.zeros(steps))[0].sum() == 0
    eaten[0, 0] = 1.0
    assert react(body(), eaten, np.zeros(steps))[0].sum() > 0


@pytest.mark.parametrize("seed", range(8))
def test_more_food_never_makes_less_symptom_and_inflammation_fades(seed):
    steps = 80
    one, two = np.zeros((steps, 3)), np.zeros((steps, 3))
    one[0, 0], two[0, 0] = 1.0, 2.0
    some, more = (react(body(seed), eaten, np.zeros(steps))[0] for eaten in (one, two))
    assert (more >= some - 1e-12).all()
    assert some[-1].sum() < 0.1 * some.sum(axis=1).max()


def test_a_pain_killer_opens_the_barrier_and_the_barrier_makes_it_worse():
    steps = 40
    eaten = np.zeros((steps, 3))
    eaten[8, 0] = 1.0
    drugs = np.zeros(steps)
    drugs[4] = 3.0
    leaky = body(barrier_by_drug=0.2, leak_gain=1.5)
    plain, leak_plain, _ = react(leaky, eaten, np.zeros(steps))
    opened, leak_open, _ = react(leaky, eaten, drugs)
    assert leak_open.max() > leak_plain.max()
    assert opened.sum() > plain.sum()
    assert leak_open.max() <= 1


def test_reactivity_fades_while_a_food_is_avoided():
    steps = 400
    _, _, after = react(body(tolerance_days=60.0), np.zeros((steps, 3)), np.zeros(steps))
    before = body(tolerance_days=60.0).reactivity
    assert after[0] < 0.3 * before[0]
    assert after[1] == 0


def test_the_truth_of_one_serving_is_what_the_mechanism_does():
    total, lag = one_serving(body(), 0)
    assert total.max() > 0
    assert 0 < lag < 120
    nothing, no_lag = one_serving(body(), 1)
    assert nothing.max() == 0
    assert np.isnan(no_lag)


def test_the_files_are_read_whole_by_the_diary_room_and_the_truth_names_every_group(tmp_path):
    out = tmp_path / "out"
    assert main(["simulate", "--patients", "3", "--seed", "1", "--out", str(out)]) == 0
    diaries, report = read_directory(out)
    assert len(list(diaries)) == 3
    assert not list(report.lines())
    with (out / "groups.csv").open(encoding="utf-8") as lines:
        groups = {(row["patient"], row["group"]) for row in csv.DictReader(lines)}
    truth = [json.loads(line) for line in (out / "truth" / "truth.jsonl").read_text().splitlines()]
    assert {(person["patient"], group) for person in truth for group in person["groups"]} == groups
    with (out / "diary.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["kind"] for row in rows} >= {"food", "symptom", "context"}
    assert all(0 <= float(row["value"]) <= 10 for row in rows if row["kind"] == "symptom")


@pytest.mark.parametrize("words", [["--patients", "0"], ["--patients", "2", "--out", "/"]])
def test_nonsense_is_refused_in_one_line(words, tmp_path, capsys):
    given = {"--patients": "1", "--seed": "1", "--out": str(tmp_path / "x")}
    given.update(zip(words[::2], words[1::2], strict=True))
    assert main(["simulate", *(word for pair in given.items() for word in pair)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
