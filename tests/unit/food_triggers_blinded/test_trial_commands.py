"""`zonula triggers trial` and `relapse` from design to report, with good and bad input, and schemas that describe what they write."""

import argparse
import json
import os
import stat
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import jsonschema
import msgspec
import numpy as np
import pytest

from zonula.cli import main, triggers_trial
from zonula.errors import UserError
from zonula.food_triggers.blinded.record import Record
from zonula.food_triggers.blinded.schedules import Arm
from zonula.food_triggers.blinded.sealing import Sealed
from zonula.food_triggers.blinded.status import Status
from zonula.food_triggers.blinded.verdict import Verdict
from zonula.food_triggers.relapse import Relapse
from zonula.reports.schemas import one_line, published

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
WRITTEN = {
    "trial-record": Record,
    "trial-sealed": Sealed,
    "trial-status": Status,
    "trial-verdict": Verdict,
    "trial-relapse": Relapse,
}
DESIGN = [
    "trial",
    "design",
    "--template",
    "general_food",
    "--trial",
    "t1",
    "--food",
    "milk",
    "--dose",
    "200 ml",
    "--outcome",
    "bloating",
    "--first-day",
    "2031-01-06",
    "--cleared-by",
    "Dr A",
    "--rule",
    "salerno_30",
    "--out",
    "t.json",
    "--sealed",
    "s.json",
]


def command(*words):
    parser = argparse.ArgumentParser()
    triggers_trial.configure(parser.add_subparsers(required=True))
    arguments = parser.parse_args([str(word) for word in words])
    return arguments.run(arguments)


def validate(name, document):
    jsonschema.validate(document, json.loads((SCHEMAS / f"{name}.schema.json").read_text()))


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def events(sealed, effect):
    """A quiet person who reacts by `effect`: rated every evening, guess asked, every portion eaten."""
    rng = np.random.default_rng(1)
    for day in range(14):
        yield {
            "kind": "rated",
            "at": f"{date(2031, 1, 6) + timedelta(days=day)}T20:00",
            "outcome": "bloating",
            "score": int(rng.integers(2, 4)),
        }
    for number, arm in enumerate(sealed.schedule, 1):
        first = datetime(2031, 1, 20, 8) + timedelta(days=6 * (number - 1))
        yield {"kind": "period_started", "at": first.isoformat(), "period": number}
        yield {
            "kind": "guessed",
            "at": first.isoformat(),
            "period": number,
            "guess": "dont_know",
            "reason": "hunch",
            "asked": "first_portion",
        }
        for day in range(3):
            score = int(rng.integers(2, 4)) + effect * (arm is Arm.ACTIVE)
            yield {
                "kind": "rated",
                "at": (first + timedelta(days=day, hours=12)).isoformat(),
                "outcome": "bloating",
                "score": score,
            }
        yield {"kind": "period_ended", "at": (first + timedelta(days=2, hours=13)).isoformat(), "period": number}


def write_lines(name, rows):
    Path(name).write_text("\n".join(json.dumps(row) for row in rows) + "\n")


def test_a_trial_from_design_to_report(capsys):
    assert command(*DESIGN) == 0
    assert "194 orders are possible" in capsys.readouterr().out
    assert stat.S_IMODE(os.stat("s.json").st_mode) == 0o600
    sealed = msgspec.json.decode(Path("s.json").read_bytes(), type=Sealed)
    validate("trial-sealed", json.loads(Path("s.json").read_text()))
    public = Path("t.json").read_text()
    assert not any(secret in public for secret in ('"schedule"', sealed.seed, sealed.salt))
    write_lines("e.jsonl", events(sealed, effect=4))
    assert command("trial", "record", "t.json", "e.jsonl") == 0
    assert command("trial", "status", "t.json", "--json", "status.json") == 0
    status = json.loads(Path("status.json").read_text())
    validate("trial-status", status)
    assert (status["phase"], status["next"]) == ("finished", "enter the last ratings, then unseal")
    assert (
        command("trial", "unblind", "t.json", "s.json", "--by", "Dr A", "--at", "2031-04-01T10:00", "--json", "v.json")
        == 0
    )
    verdict = json.loads(Path("v.json").read_text())
    validate("trial-verdict", verdict)
    validate("trial-record", json.loads(Path("t.json").read_text()))
    assert verdict["decision"] == "confirmed"
    assert "CONFIRMED" in capsys.readouterr().out
    assert command("trial", "report", "t.json", "--html", "r.html", "--pdf", "r.pdf") == 0
    assert Path("r.pdf").read_bytes().startswith(b"%PDF")
    assert "2031-01-20" in Path("r.html").read_text()


def test_the_templates_and_rules_are_listed(capsys):
    assert command("trial", "templates") == 0
    told = capsys.readouterr().out
    assert "salerno_gluten_repeated" in told
    assert all(rule in told for rule in ("salerno_30", "two_of_three", "posterior"))


def test_saying_the_words_loads_no_numerical_library():
    code = "import sys, zonula.cli.triggers_trial; sys.exit(any(name in sys.modules for name in ('numpy', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_status_on_the_way_tells_what_is_next(capsys):
    command(*DESIGN)
    sealed = msgspec.json.decode(Path("s.json").read_bytes(), type=Sealed)
    write_lines("e.jsonl", list(events(sealed, effect=0))[:17])
    command("trial", "record", "t.json", "e.jsonl")
    capsys.readouterr()
    assert command("trial", "status", "t.json") == 0
    said = capsys.readouterr().out
    assert "in period" in said
    assert "period 1 ends after 2031-01-22" in said
    assert "sham for" not in said


def test_salerno_says_before_the_start_that_it_cannot_confirm(capsys):
    words = [*DESIGN, "--template", "salerno_gluten"]
    assert command(*words) == 0
    assert "CANNOT CONFIRM ANYTHING" in capsys.readouterr().out


def test_power_is_told_from_a_run_in(capsys):
    rng = np.random.default_rng(2)
    rows = [f"{date(2030, 12, 1) + timedelta(days=n)}T20:00,{int(rng.integers(2, 5))}" for n in range(14)]
    Path("r.csv").write_text("time,score\n" + "\n".join(rows) + "\n2030-12-20T20:00,99\n")
    assert command(*DESIGN, "--run-in", "r.csv") == 0
    told = capsys.readouterr()
    assert "if the food adds 3 points: confirmed" in told.out
    assert "line 16: skipped" in told.err


def test_ratings_from_a_diary_are_added_once_and_others_passed_over(capsys):
    command(*DESIGN)
    Path("d.csv").write_text(
        "patient,time,kind,item,amount,value\np1,2031-01-06T20:00,symptom,bloating,,3\np1,2031-01-06T20:00,food,tea,1,\n"
        "p1,2031-01-07T20:00,symptom,itch,,3\np1,2031-01-08T20:00,symptom,bloating,,\np1,bad,symptom,bloating,,3\n"
    )
    command("trial", "record", "t.json", "--ratings", "d.csv")
    assert "1 entries added" in capsys.readouterr().out
    command("trial", "record", "t.json", "--ratings", "d.csv")
    told = capsys.readouterr()
    assert "0 entries added" in told.out
    assert "line 6: skipped" in told.err


def test_one_bad_event_adds_nothing():
    command(*DESIGN)
    before = Path("t.json").read_bytes()
    write_lines(
        "e.jsonl",
        [
            {"kind": "deviated", "at": "2031-01-07T08:00", "what": "flu"},
            {"kind": "period_ended", "at": "2031-01-07T08:00", "period": 1},
        ],
    )
    with pytest.raises(UserError, match="line 2: period_ended is not possible now") as refused:
        command("trial", "record", "t.json", "e.jsonl")
    assert "Nothing was added" in refused.value.cure
    assert Path("t.json").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--rule", "gut_feeling"], "no verdict rule"),
        (["--cleared-by", ""], "name of the clinician"),
        (["--seed", "xyz"], "not hexadecimal"),
        (["--seed", "00"], "could be guessed"),
        (["--lag", "10", "20", "5"], "mean, low and high"),
    ],
)
def test_a_bad_design_writes_nothing(words, says):
    with pytest.raises(UserError, match=says):
        command(*DESIGN, *words)
    assert not Path("t.json").exists()
    assert not Path("s.json").exists()


def test_the_whole_command_line_reaches_them_and_errors_are_one_line(capsys):
    assert main(["triggers", *DESIGN]) == 0
    assert main(["triggers", "trial", "status", "t.json"]) == 0
    capsys.readouterr()
    assert main(["triggers", *DESIGN, "--first-day", "2031-13-01"]) == 2
    assert main(["triggers", "trial", "unblind", "t.json", "s.json", "--by", "A"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_trial_is_never_overwritten():
    command(*DESIGN)
    with pytest.raises(UserError, match="exists already"):
        command(*DESIGN)


def test_the_same_seed_gives_the_same_order_and_another_commitment():
    command(*DESIGN, "--seed", "ab" * 32)
    first = json.loads(Path("s.json").read_text())
    command(*[word if word not in ("t.json", "s.json") else f"2{word}" for word in DESIGN], "--seed", "ab" * 32)
    second = json.loads(Path("2s.json").read_text())
    assert first["schedule"] == second["schedule"]
    assert first["salt"] != second["salt"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["trial", "record", "t.json"], "nothing to add"),
        (["trial", "record", "none.json", "x"], "none.json"),
        (["trial", "report", "t.json"], "no report was asked for"),
        (["trial", "report", "t.json", "--html", "r.html"], "after unsealing"),
        (["trial", "unblind", "t.json", "t.json", "--by", "A"], "not a sealed order"),
        (["trial", "unblind", "t.json", "s.json", "--by", "A"], "not possible now"),
        (["trial", "unblind", "t.json", "s.json", "--by", "A", "--at", "noon"], "is not a time"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words, says):
    command(*DESIGN)
    with pytest.raises(UserError, match=says):
        command(*words)


def test_relapse_reads_a_list_and_a_diary(capsys):
    rng = np.random.default_rng(3)
    days = [(date(2031, 1, 1) + timedelta(days=n), int(rng.integers(1, 4)) + 4 * (n >= 60)) for n in range(100)]
    Path("list.csv").write_text("time,score\n" + "\n".join(f"{day}T20:00,{score}" for day, score in days))
    assert command("relapse", "list.csv", "--baseline-until", "2031-02-20", "--json", "r.json") == 0
    reading = json.loads(Path("r.json").read_text())
    validate("trial-relapse", reading)
    assert "2031-03-02" <= reading["alarm"] <= "2031-03-20"
    assert "has risen since about" in capsys.readouterr().out
    Path("diary.csv").write_text(
        "time,kind,item,value\n"
        + "\n".join(f"{day}T20:00,symptom,{name},{score}" for day, score in days for name in ("itch", "pain"))
    )
    with pytest.raises(UserError, match="holds 2 symptoms"):
        command("relapse", "diary.csv", "--baseline-until", "2031-02-20")
    assert command("relapse", "diary.csv", "--baseline-until", "2031-02-20", "--outcome", "itch") == 0
    with pytest.raises(UserError, match="no rating of mood"):
        command("relapse", "diary.csv", "--baseline-until", "2031-02-20", "--outcome", "mood")


def test_unreadable_ratings_are_refused():
    Path("x.csv").write_text("day;points\n1;2\n")
    with pytest.raises(UserError, match="columns time and score"):
        command("relapse", "x.csv", "--baseline-until", "2031-02-20")
    Path("two.csv").write_text(
        "patient,time,kind,item,value\np1,2031-01-01T08:00,symptom,a,1\np2,2031-01-01T08:00,symptom,a,1\n"
    )
    with pytest.raises(UserError, match="2 patients"):
        command("relapse", "two.csv", "--baseline-until", "2031-02-20")


@pytest.mark.parametrize(("name", "kind"), WRITTEN.items())
def test_the_committed_schema_is_the_one_the_code_writes(name, kind):
    committed = one_line(json.loads((SCHEMAS / f"{name}.schema.json").read_text()))
    assert committed == json.loads(json.dumps(published(kind)))


def test_a_record_that_cannot_be_written_leaves_no_sealed_order_behind(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["no/such/folder/t.json" if word == "t.json" else word for word in DESIGN]
    assert main(["triggers", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "s.json").exists()


def test_a_trial_beyond_the_last_day_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["9999-12-01" if word == "2031-01-06" else word for word in DESIGN]
    assert main(["triggers", *words]) == 2
    assert "last day" in capsys.readouterr().err
