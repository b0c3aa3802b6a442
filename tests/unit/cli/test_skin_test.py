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
    old = session.read_text(encoding="utf-8").replace("2026-", "2025-").replace("[4, 3.5]", "[1, 1]")
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
