"""The commands as a clinic runs them: files in, a valid answer out; bad input is one line and exit code 2."""

import json
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from diary_files import write_directory

from zonula.cli import main

NASTY = "<script>alert(1)</script>\x1b[31m\u202e"
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


@pytest.fixture(scope="module")
def reacting(tmp_path_factory):
    """Milk makes `body_aches` worse; bread is always eaten with butter; peanut is excluded; one group is named to attack the page."""
    folder = tmp_path_factory.mktemp("reacting")
    (folder / "patients.csv").write_text("patient,start,days,ratings_per_day\np1,2031-01-06,60,2\n", "utf-8")
    names = ["milk", "bread", "butter", "peanut", NASTY]
    (folder / "groups.csv").write_text(
        "patient,group,prior,excluded,first_max\n" + "".join(f"p1,{n},0.1,{int(n == 'peanut')},1\n" for n in names),
        "utf-8",
    )
    foods = [("latte", "milk"), ("toast", "bread"), ("toast", "butter"), ("odd", NASTY)]
    (folder / "foods.csv").write_text(
        "patient,item,group,servings\n" + "".join(f"p1,{i},{g},1\n" for i, g in foods), "utf-8"
    )
    rng, rows = np.random.default_rng(3), ["patient,time,kind,item,amount,value"]
    worse = np.zeros(124)
    for day in range(60):
        when = date(2031, 1, 6) + timedelta(days=day)
        for item, chance in (("latte", 0.25), ("toast", 0.4), ("odd", 0.3)):
            if rng.random() < chance:
                rows.append(f"p1,{when}T12:00,food,{item},1,")
                worse[2 * day + 1 : 2 * day + 3] += 3.0 * (item == "latte")
        for half, hour in enumerate(("08:00", "20:00")):
            score = np.clip(np.round(2 + worse[2 * day + half] + rng.normal(0, 0.7)), 0, 10)
            rows += [
                f"p1,{when}T{hour},symptom,body_aches,,{score:.0f}",
                f"p1,{when}T{hour},symptom,itch,,{rng.integers(0, 4)}",
            ]
    (folder / "diary.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def test_the_report_says_in_plain_words_which_food_it_is(reacting, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["triggers", "report", str(reacting), "p1", "--html", str(page)]) == 0
    said, html = capsys.readouterr().out, page.read_text("utf-8")
    for words in (said, html):
        assert "Milk and dairy (cow, sheep, goat) probably makes you feel worse." in words
        assert "not a diagnosis" in words
        assert "body_aches" not in words
    assert "body aches goes up" in html
    assert "Never to be tried at home" in html
    assert html.count("<svg") >= 1
    assert html.index("Milk") < html.index("For the clinician")


def test_the_page_asks_nothing_of_the_network_and_runs_nothing(reacting, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["triggers", "report", str(reacting), "p1", "--html", str(page)]) == 0
    html, said = page.read_text("utf-8"), capsys.readouterr().out
    assert "<script" not in html
    assert "\u202e" not in html
    assert "\x1b" not in said
    assert "http" not in html.replace("http-equiv", "").replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_every_group_stands_once_in_the_table(folder, tmp_path):
    page = tmp_path / "page.html"
    assert main(["triggers", "report", str(folder), "p1", "--html", str(page)]) == 0
    html = page.read_text("utf-8")
    assert html[html.index("<tbody>") :].count('<th scope="row">') == 25
    assert main(["triggers", "report", str(folder), "nobody"]) == 2


def test_a_diary_without_ratings_is_refused_in_words_on_the_page(reacting, tmp_path, capsys):
    for file in reacting.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "diary.csv").write_text("patient,time,kind,item,amount,value\n", "utf-8")
    assert main(["triggers", "report", str(tmp_path), "p1", "--html", str(tmp_path / "page.html")]) == 0
    assert "No answer can be given" in (tmp_path / "page.html").read_text("utf-8")


def test_policies_are_compared_on_the_same_people(tmp_path, capsys):
    figures, page = tmp_path / "figures.json", tmp_path / "page.html"
    words = ["triggers", "simulate-policy", "--policy", "fixed-sequential", "--policy", "commonest-first"]
    assert main([*words, "--patients", "2", "--json", str(figures), "--html", str(page)]) == 0
    rows = {row["policy"]: row for row in json.loads(figures.read_text("utf-8"))}
    sequential = rows["fixed-sequential"]
    assert sequential["median_days"] == 150
    assert sequential["unanswered"][0] == 1.0
    assert sequential["unanswered"] == sorted(sequential["unanswered"], reverse=True)
    for name in ("false", "missed", "undecided", "burden"):
        assert sequential[name]["low"] <= sequential[name]["value"] <= sequential[name]["high"]
    assert "no evidence about people" in capsys.readouterr().out
    html = page.read_text("utf-8")
    assert html.count("<svg") == 5
    assert "commonest-first" in html


@pytest.mark.parametrize("words", [["--patients", "0"], ["--patients", "-3"], ["--seed", "-1"]])
def test_nobody_and_impossible_seeds_are_refused(words, capsys):
    assert main(["triggers", "simulate-policy", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


SLIPS = {
    "a field beyond reason": 'p1,2031-01-07T10:00,note,,,"' + "x" * 200_000 + '"\n',
    "an amount beyond reason": "p1,2031-01-07T10:00,food,latte,1e308,\n",
    "a number of 400 digits": "p1,2031-01-07T10:00,food,latte," + "9" * 400 + ",\n",
    "contexts beyond reason": "p1,2031-01-07T10:00,context,stress,,1e308\np1,2031-01-08T10:00,context,stress,,-1e308\n"
    "p1,2031-01-09T10:00,context,stress,,5\np1,2031-01-09T10:00,context,sleep_hours,,nan\n",
    "a NUL": "p1,2031-01-07T10:00,food,la\0tte,1,\n",
    "an excluded food challenged": "p1,2031-01-07T10:00,challenge,peanut,1,\n",
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_reported_and_never_a_crash_or_a_warning(name, reacting, tmp_path, capsys):
    for file in reacting.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "diary.csv").open("a", encoding="utf-8") as file:
        file.write(SLIPS[name])
    done = main(["triggers", "analyse", str(tmp_path), str(tmp_path / "out.json")])
    said = capsys.readouterr().err
    if name == "a field beyond reason":
        assert done == 2
        assert "diary.csv, line" in said
    else:
        assert done == 0
        milk = json.loads((tmp_path / "out.json").read_text("utf-8"))["patients"]["p1"]["groups"]["milk"]
        assert milk["p"] > 0.8
