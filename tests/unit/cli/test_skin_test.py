"""`zonula skin-test` as a newcomer types it."""

import json
from pathlib import Path

import jsonschema
import pytest

from zonula.cli import main

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "schemas" / "skin-test.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture
def session(tmp_path):
    path = tmp_path / "session.yaml"
    assert main(["skin-test", "read", "--template", str(path)]) == 0
    return path


def test_the_template_can_be_read_as_it_is(session, tmp_path, capsys):
    out = tmp_path / "result.json"
    assert main(["skin-test", "read", str(session), "--json", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    jsonschema.validate(result, SCHEMA)
    assert result["schema"] == "zonula.skin-test/1"
    said = capsys.readouterr().out
    assert "VALID" in said
    assert f"{result['count']['positive']} of {result['count']['tested']} foods read are positive" in said


def test_json_on_the_terminal_is_nothing_but_json(session, capsys):
    assert main(["skin-test", "read", str(session), "--json", "-"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), SCHEMA)


def test_an_invalid_session_is_a_result_with_no_reading(session, capsys):
    session.write_text(session.read_text(encoding="utf-8").replace("[6, 5]", "[1, 1]"), encoding="utf-8")
    assert main(["skin-test", "read", str(session)]) == 0
    said = capsys.readouterr().out
    assert "INVALID" in said
    assert "No result is read" in said
    assert "positive" not in said


def test_the_earlier_session_says_what_changed(session, tmp_path, capsys):
    earlier = tmp_path / "earlier.yaml"
    old = session.read_text(encoding="utf-8").replace("2025-", "2024-").replace("[4, 3.5]", "[1, 1]")
    earlier.write_text(old, encoding="utf-8")
    assert main(["skin-test", "read", str(session), "--previous", str(earlier)]) == 0
    assert "changed: Milk was negative, now positive (+2.75 mm)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["read"], "No file was named"),
        (["read", "missing.yaml"], "No such file"),
        (["read", "/"], "Is a directory"),
    ],
)
def test_what_goes_wrong_is_one_line_and_exit_code_2(words, said, capsys):
    assert main(["skin-test", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_file_that_is_not_text_is_refused(tmp_path, capsys):
    path = tmp_path / "photo.yaml"
    path.write_bytes(b"\xff\xd8\xff\xe0")
    assert main(["skin-test", "read", str(path)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_yes_and_no_are_read_quoted_or_not(session, capsys):
    plain = session.read_text(encoding="utf-8")
    assert main(["skin-test", "read", str(session), "--json", "-"]) == 0
    unquoted = capsys.readouterr().out
    for word in ("pregnant: no", "physician_on_site: yes", "tolerated: yes"):
        key, answer = word.split(": ")
        assert word in plain
        plain = plain.replace(word, f'{key}: "{answer}"')
    session.write_text(plain, encoding="utf-8")
    assert main(["skin-test", "read", str(session), "--json", "-"]) == 0
    assert capsys.readouterr().out == unquoted


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("day: 2025-11-03", "day: 2925-11-03", "lies in the future"),
        ("day: 2025-11-03", "day: 2025-02-30", "line 5: 2025-02-30 is not a date"),
        ("asthma: none", "asthma: none\nasthma: uncontrolled", "`asthma` is written twice"),
        ("[4, 3.5]", "[-4, 3.5]", "cannot be negative"),
        ("[4, 3.5]", "[4 mm, 3.5]", "pricks, entry 3, wheal_mm, entry 1: expected a number, got text"),
        ("[4, 3.5]", "[400, 350]", "a wheal above 80 mm"),
        ("food: milk,", "food: mlik,", "not on the panel"),
        ("food: milk,", "food: peanut,", "stands twice"),
        ("asthma: none", "asthma: yes", "asthma is one of none, controlled, uncontrolled, unknown"),
        ("asthma: none", "asthma: mild", "asthma is one of none, controlled, uncontrolled, unknown"),
    ],
)
def test_a_slip_of_the_hand_is_one_line_and_nothing_is_written(session, tmp_path, old, new, said, capsys):
    written = session.read_text(encoding="utf-8")
    assert old in written
    session.write_text(written.replace(old, new, 1), encoding="utf-8")
    out = tmp_path / "out.json"
    assert main(["skin-test", "read", str(session), "--json", str(out)]) == 2
    streams = capsys.readouterr()
    assert said in streams.err
    assert streams.err.count("\n") == 1
    assert streams.out == ""
    assert not out.exists()


def test_a_bad_day_on_the_command_line_is_one_line(session, capsys):
    assert main(["skin-test", "read", str(session), "--today", "2026-13-01"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_panel_cannot_list_a_control_as_food(session, tmp_path, capsys):
    panel = tmp_path / "panel.yaml"
    panel.write_text(
        "format: zonula.skin-test-panel/1\nversion: 1\nfoods: [{id: histamine, label: H}]\n", encoding="utf-8"
    )
    assert main(["skin-test", "read", str(session), "--panel", str(panel)]) == 2
    assert "is a control and no food" in capsys.readouterr().err


def test_an_unquoted_no_is_no_asthma(session, capsys):
    session.write_text(session.read_text(encoding="utf-8").replace("asthma: none", "asthma: no"), encoding="utf-8")
    assert main(["skin-test", "read", str(session), "--today", "2026-11-24"]) == 0
    assert "VALID" in capsys.readouterr().out.splitlines()[0]
