"""`zonula plan` as a newcomer types it."""

import json

import pytest

from zonula.cli import main


@pytest.fixture
def plan(tmp_path):
    assert main(["plan", "situation", str(tmp_path / "s.yaml")]) == 0
    path = tmp_path / "plan.json"
    assert (
        main(
            ["plan", "start", str(path), "--patient", "p", "--by", "Dr A", "--role", "clinician", "--day", "2026-11-02"]
        )
        == 0
    )
    return path


def event(plan, name, day, *more, known=True):
    words = ["plan", "event", str(plan), name, "--by", "Dr A", "--role", "clinician", "--day", day, *more]
    return main(words + (["--situation", str(plan.parent / "s.yaml")] if known else []))


def test_a_plan_is_started_walked_and_shown(plan, capsys):
    assert event(plan, "begin_reboot", "2026-11-09") == 0
    assert (
        event(
            plan,
            "exclude",
            "2026-11-09",
            "--food",
            "egg",
            "--why",
            "elimination",
            "--reason",
            "rash",
            "--owner",
            "Dr A",
            "--review-on",
            "2026-12-01",
        )
        == 0
    )
    capsys.readouterr()
    assert main(["plan", "today", str(plan), "--day", "2026-11-10", "--situation", str(plan.parent / "s.yaml")]) == 0
    said = capsys.readouterr().out
    assert "Reboot, day 2" in said
    assert "egg: rash" in said
    assert main(["plan", "today", str(plan), "--day", "2026-11-10", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "zonula.plan-today/1"
    assert main(["plan", "show", str(plan), "--day", "2027-01-10", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["stage"] == "giving_back"
    assert main(["plan", "diagram", str(plan)]) == 0
    assert "stateDiagram-v2" in capsys.readouterr().out


def test_a_held_gate_is_one_line_and_the_plan_is_untouched(plan, capsys):
    before = plan.read_bytes()
    assert event(plan, "begin_reboot", "2026-11-09", known=False) == 2
    error = capsys.readouterr().err
    assert "held by the gate celiac" in error
    assert error.count("\n") == 1
    assert plan.read_bytes() == before


def test_a_second_plan_in_the_same_file_is_refused(plan, capsys):
    assert main(["plan", "start", str(plan), "--patient", "p", "--by", "x", "--role", "clinician"]) == 2
    assert "one plan at a time" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["reboot_maintenance_rejuvenation", "low_fodmap", "step_up_2_4_6", "milk_ladder", "egg_ladder", "salerno"]
)
def test_every_protocol_that_ships_is_drawn(name, capsys):
    assert main(["plan", "diagram", name]) == 0
    assert capsys.readouterr().out.startswith("stateDiagram-v2")


def test_an_unknown_protocol_is_refused(capsys):
    assert main(["plan", "diagram", "moon"]) == 2
    assert "There are: egg_ladder" in capsys.readouterr().err
