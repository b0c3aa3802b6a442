"""`zonula assess` as a newcomer types it."""

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from zonula.cli import main

EXAMPLES = Path(__file__).parents[3] / "src" / "zonula" / "examples"
SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "schemas" / "assessment.schema.json").read_text(encoding="utf-8")
)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "case"
    shutil.copytree(EXAMPLES / "mara-lindqvist-workup", folder)
    shutil.copytree(EXAMPLES / "mara-lindqvist", folder / "records")
    return folder


def test_a_case_is_assessed_as_text_page_and_json(case, tmp_path, capsys):
    page, data = tmp_path / "a.html", tmp_path / "a.json"
    assert main(["assess", str(case), "--today", "2026-11-24", "--html", str(page), "--json", str(data)]) == 0
    content = json.loads(data.read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    said = capsys.readouterr().out
    html = page.read_text(encoding="utf-8")
    assert "No plan restricts gluten" in " ".join(said.split())
    assert "No plan restricts gluten" in html
    assert html.count('<li class="flag') == len(content["unsafe"]) + len(content["look_at"])
    for step in content["next_steps"][:5]:
        assert " ".join(step["what"].split()[:4]) in said
    assert "<script" not in html
    assert not re.findall(r"""(?:src|href)=["']?https?://(?!doi\.org|pubmed|pmc|www\.|[a-z])""", html)


def test_the_example_and_its_case_folder_agree(case, capsys):
    assert main(["assess", "--example", "--today", "2026-11-24", "--json", "-"]) == 0
    first = capsys.readouterr().out
    assert main(["assess", str(case), "--today", "2026-11-24", "--json", "-"]) == 0
    assert json.loads(first)["next_steps"] == json.loads(capsys.readouterr().out)["next_steps"]


def test_an_empty_case_from_the_template_says_what_is_missing(tmp_path, capsys):
    folder = tmp_path / "new"
    assert main(["assess", "--template", str(folder)]) == 0
    assert {entry.name for entry in folder.iterdir()} == {"records", "questionnaires", "templates"}
    assert {entry.name for entry in (folder / "templates").iterdir()} == {
        "questionnaires",
        "celiac.yaml",
        "hla.txt",
        "skin-test.yaml",
    }
    assert main(["assess", "--template", str(folder)]) == 2
    assert main(["assess", str(folder)]) == 2
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda case: (case / "skin_test.yaml").write_text("x"), "skin_test.yaml is not part of a case"),
        (lambda case: shutil.rmtree(case / "records"), "has no folder `records`"),
        (lambda case: (case / "skin-test.yaml").write_text("pricks: ["), "not readable"),
        (lambda case: (case / "celiac.yaml").write_text("age_yers: 3"), "age_yers"),
        (lambda case: (case / "genotype.txt").write_text("hello"), "genotype"),
        (lambda case: (case / "questionnaires" / "phq-9.json").write_text("{}"), "phq-9.json"),
        (lambda case: (case / "questionnaires" / "more.json").mkdir(), "more.json"),
        (lambda case: (case / "questionnaires" / "phq.txt").write_text("x"), "phq.txt"),
        (
            lambda case: (shutil.rmtree(case / "questionnaires"), (case / "questionnaires").write_text("x")),
            "not a folder",
        ),
        (lambda case: (case / "skin-test.yaml").rename(case / "skin-test-before.yaml"), "without skin-test.yaml"),
        (lambda case: edit(case / "skin-test.yaml", "1982-05-17", "1999-01-01"), "born on another day"),
        (lambda case: edit(case / "questionnaires" / "phq-9.json", "Patient/hfp", "Patient/other"), "names patient"),
        (lambda case: edit(case / "celiac.yaml", "age_years: 44", "age_years: 4"), "two different persons"),
        (lambda case: edit(case / "celiac.yaml", "value: 0.8", "value: 8"), "differs from the records"),
        (lambda case: (case / "hla.txt").write_bytes(bytes(range(256))), "hla.txt"),
        (lambda case: (case / "genotype.txt").mkdir(), "genotype"),
        (lambda case: (case / "genotype.txt.gz").write_bytes(b"\x1f\x8bcut short"), "genotype.txt.gz: "),
        (lambda case: [(case / f"genotype.{end}").write_text("x") for end in ("txt", "csv")], "2 genotype files"),
        (lambda case: (case / "my\nnotes.txt").write_text("x"), "my notes.txt is not part of a case"),
        (lambda case: [path.unlink() for path in (case / "records").iterdir()], "no"),
    ],
)
def test_what_goes_wrong_is_one_line_and_exit_code_2_and_nothing_is_written(case, damage, said, tmp_path, capsys):
    damage(case)
    outputs = [tmp_path / "a.json", tmp_path / "a.html"]
    words = ["--json", str(outputs[0]), "--html", str(outputs[1])]
    assert main(["assess", str(case), "--today", "2026-11-24", *words]) == 2
    streams = capsys.readouterr()
    assert said in streams.err
    assert streams.err.count("\n") == 1
    assert streams.out == ""
    assert not any(path.exists() for path in outputs)


@pytest.mark.parametrize("broken", ["--json", "--html"])
def test_when_one_output_cannot_be_written_none_is(case, tmp_path, broken, capsys):
    good = tmp_path / "good"
    words = [broken, str(tmp_path / "no" / "where"), "--html" if broken == "--json" else "--json", str(good)]
    assert main(["assess", str(case), "--today", "2026-11-24", *words]) == 2
    assert capsys.readouterr().out == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["case"]


def test_an_alarm_in_the_answers_is_shown_even_when_the_case_is_refused(case, capsys):
    edit(
        case / "questionnaires" / "safety-screen.json",
        '"linkId": "safety-life-now"',
        '"linkId": "safety-life-now", "x": 1',
    )
    answers = json.loads((case / "questionnaires" / "safety-screen.json").read_text(encoding="utf-8"))

    def say_yes(items):
        for item in items:
            if item["linkId"] == "safety-life-now":
                item["answer"][0]["valueCoding"]["code"] = "yes"
            say_yes(item.get("item", []))

    say_yes(answers["item"])
    (case / "questionnaires" / "safety-screen.json").write_text(json.dumps(answers), encoding="utf-8")
    (case / "questionnaires" / "phq-9.json").write_text("{}", encoding="utf-8")
    assert main(["assess", str(case), "--today", "2026-11-24"]) == 2
    streams = capsys.readouterr()
    assert streams.out.startswith("[E] The patient reports a plan")
    assert "988" in streams.out
    assert streams.err.count("\n") == 1


def test_json_on_the_terminal_is_nothing_but_json(capsys):
    assert main(["assess", "--example", "--today", "2026-11-24", "--json", "-"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), SCHEMA)


@pytest.mark.parametrize(
    "words",
    [
        ["--example", "--json", "same", "--html", "same"],
        ["--example", "--today", "2026-02-30"],
        ["--example", "somewhere"],
        ["--template", "/proc/nowhere/case"],
    ],
)
def test_a_slip_on_the_command_line_is_one_line(words, capsys):
    assert main(["assess", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_template_never_overwrites_a_file(tmp_path, capsys):
    (tmp_path / "case").write_text("mine", encoding="utf-8")
    assert main(["assess", "--template", str(tmp_path / "case")]) == 2
    assert (tmp_path / "case").read_text(encoding="utf-8") == "mine"


def test_no_example_value_of_a_template_is_ever_read_as_the_patients(tmp_path, capsys):
    folder = tmp_path / "new"
    assert main(["assess", "--template", str(folder)]) == 0
    shutil.copy(EXAMPLES / "ines-falk" / "ines-falk.fhir.json", folder / "records")
    capsys.readouterr()
    assert main(["assess", str(folder), "--today", "2026-11-24", "--json", "-"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content.get("skin_test") is None
    assert content["scores"] == []
    assert content["celiac"]["hla"] is None
    assert not content["gluten_may_be_restricted"]


def test_answers_that_are_not_finished_are_named(case, capsys):
    edit(case / "questionnaires" / "phq-9.json", '"completed"', '"in-progress"')
    assert main(["assess", str(case), "--today", "2026-11-24"]) == 2
    error = capsys.readouterr().err
    assert "(PHQ-9): status: the answers are unfinished" in error
