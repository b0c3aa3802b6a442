"""`zonula celiac` and `zonula hla` by hand: good input, bad input, templates, and JSON that keeps to its published schema."""

import gzip
import json
import sys
from pathlib import Path

import jsonschema
import pytest

from zonula.cli import main
from zonula.laboratory_tests.documents import CeliacDocument, HlaDocument
from zonula.reports.schemas import one_line, published

sys.path.insert(0, str(Path(__file__).parent))
from genotype_files import NOTHING, as_23andme, rows_of

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
DOCUMENTS = {"celiac": CeliacDocument, "hla": HlaDocument}


def valid(name, path):
    document = json.loads(path.read_text())
    jsonschema.validate(document, json.loads((SCHEMAS / f"{name}.schema.json").read_text()))
    return document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_published_schema_is_the_one_of_the_code(name):
    made = json.loads(json.dumps(published(DOCUMENTS[name])))
    assert one_line(json.loads((SCHEMAS / f"{name}.schema.json").read_text())) == made


def test_the_template_runs_and_its_answer_keeps_to_the_schema(tmp_path, capsys):
    assert main(["celiac", "--template"]) == 0
    (tmp_path / "me.yaml").write_text(capsys.readouterr().out)
    answer = tmp_path / "answer.json"
    assert main(["celiac", str(tmp_path / "me.yaml"), "--json", str(answer), "--today", "2026-11-24"]) == 0
    said = capsys.readouterr().out
    assert "State C1 as of 2026-11-24" in said
    assert "does not diagnose" in said
    assert valid("celiac", answer)["assessment"]["state"] == "C1"


def test_an_unbounded_multiple_is_still_json(tmp_path, capsys):
    (tmp_path / "me.yaml").write_text(
        'draws: [{date: 2026-02-03, tests: [{test: ttg_iga, value: ">100", uln: 10}]}]\nhla: DQ2.5\n'
    )
    answer = tmp_path / "answer.json"
    assert main(["celiac", str(tmp_path / "me.yaml"), "--json", str(answer), "--today", "2026-11-24"]) == 0
    assert valid("celiac", answer)["assessment"]["times_uln"] == [10.0, None]
    assert "No gluten restriction" in capsys.readouterr().out


def test_a_typing_on_the_command_line_in_a_file_and_from_the_template(tmp_path, capsys):
    assert main(["hla", "--template"]) == 0
    (tmp_path / "typing.txt").write_text(capsys.readouterr().out)
    answer = tmp_path / "answer.json"
    assert main(["hla", str(tmp_path / "typing.txt"), "--json", str(answer), "--today", "2026-11-24"]) == 0
    assert valid("hla", answer)["meaning"]["genotype"] == "DQ2.5 single"
    assert main(["hla", "DQA1*05:01,01:02", "DQB1*02:01,06:02", "--json", str(answer)]) == 0
    assert valid("hla", answer)["meaning"]["genotype"] == "DQ2.5 single"
    assert "not this person's probability" in capsys.readouterr().out


def test_a_genotype_file_on_the_command_line(tmp_path, capsys):
    (tmp_path / "raw.txt").write_text(as_23andme(rows_of({**NOTHING, "rs2187668": "AG"})))
    answer = tmp_path / "answer.json"
    assert main(["hla", str(tmp_path / "raw.txt"), "--json", str(answer), "--today", "2026-11-24"]) == 0
    said = capsys.readouterr().out
    assert "DQ2.5 tag present" in said
    assert "complemented" in said
    (tmp_path / "raw.gz").write_bytes(gzip.compress((tmp_path / "raw.txt").read_bytes()))
    assert main(["hla", str(tmp_path / "raw.gz"), "--today", "2026-11-24"]) == 0
    assert "DQ2.5 tag present" in capsys.readouterr().out
    document = valid("hla", answer)
    assert document["typing"] is None
    assert "rs1000001" not in answer.read_text()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["celiac"], "no FILE given"),
        (["celiac", "missing.yaml"], "cannot be read"),
        (["hla"], "no file and no typing"),
        (["hla", "missing.txt"], "cannot be read"),
        (["hla", "nonsense"], "no HLA-DQ allele"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(words, reason, capsys):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1


def test_a_place_that_cannot_be_written_is_a_users_error(tmp_path, capsys):
    assert main(["hla", "DQ2.5", "--json", str(tmp_path / "no" / "where.json")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["celiac", "hla"])
def test_json_on_the_terminal_is_nothing_but_json(command, tmp_path, capsys):
    path = tmp_path / "input.txt"
    assert main([command, "--template"]) == 0
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main([command, str(path), "--json", "-", "--today", "2026-11-24"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((SCHEMAS / f"{command}.schema.json").read_text()))
    assert document["schema"] == f"zonula.{command}/1"


@pytest.mark.parametrize("words", [["celiac", "x.yaml"], ["hla", "DQ2.5"]])
def test_a_bad_day_is_one_line(words, capsys):
    assert main([*words, "--today", "2026-02-30"]) == 2
    assert capsys.readouterr().err == "zonula: '2026-02-30' is not a date. Write it as YYYY-MM-DD.\n"
