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
    assert "Gluten stays in the diet" in said
    assert "Gluten stays in the diet" in html
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
    assert {entry.name for entry in folder.iterdir()} == {
        "records",
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
    ],
)
def test_what_goes_wrong_is_one_line_and_exit_code_2(case, damage, said, capsys):
    damage(case)
    assert main(["assess", str(case), "--today", "2026-11-24"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
