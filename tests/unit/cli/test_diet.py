"""`zonula diet` and `zonula supplements` as a newcomer types them."""

import json
from pathlib import Path

import jsonschema
import pytest

from zonula.cli import main

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
DIARY = "day,food,amount,unit\n2026-03-01,milk,1,glass\n2026-03-01,PB&J,1,portion\n2026-03-02,strawberries,150,g\n"
PERSON = ["--age", "40", "--sex", "female", "--weight", "62", "--pregnant", "no", "--breastfeeding", "no"]


@pytest.fixture
def diary(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text(DIARY, encoding="utf-8")
    return str(path)


@pytest.fixture
def monitoring(tmp_path):
    path = tmp_path / "pdp.txt"
    path.write_text("COMMOD|PESTCODE|CONCEN|LOD|CONUNIT\nST|157|0.12|0.01|M\nST|157||0.01|M\n", encoding="utf-8")
    codes = tmp_path / "codes.csv"
    codes.write_text("code,name\nST,Strawberries\n157,Captan\n", encoding="utf-8")
    return [str(path), "--codes", str(codes)]


def answer(words, schema, capsys):
    assert main([*words, "--json", "-"]) == 0
    content = json.loads(capsys.readouterr().out)
    jsonschema.validate(content, json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8")))
    assert content["schema"] == f"zonula.{schema}/1"
    return content


def test_check_says_because_and_what_instead(capsys):
    words = ["diet", "check", "PB&J", "oat milk", "--exclude", "peanut, milk"]
    assert [one["answer"] for one in answer(words, "diet-check", capsys)["checks"]] == ["not_allowed", "allowed"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "PB&J: NOT ALLOWED\n  because peanut: Peanut butter" in said
    assert "Instead of milk and dairy" in said
    assert "no figure for any allowed food: Iodine" in said


def test_check_takes_the_exclusions_of_a_plan(tmp_path, capsys):
    plan = str(tmp_path / "plan.json")
    who = ["--by", "Dr A", "--role", "clinician", "--day", "2026-03-02"]
    assert main(["plan", "start", plan, "--patient", "p", *who]) == 0
    excluded = ["exclude", "--food", "milk", "--why", "allergy", "--reason", "anaphylaxis", "--owner", "Dr A"]
    assert main(["plan", "event", plan, *excluded, *who]) == 0
    capsys.readouterr()
    assert main(["diet", "check", "yogurt", "--plan", plan, "--day", "2026-03-03"]) == 0
    assert "yogurt: NOT ALLOWED" in capsys.readouterr().out


def test_nutrients_never_call_an_unknown_short(diary, capsys):
    content = answer(["diet", "nutrients", diary, *PERSON], "diet-nutrients", capsys)
    assert not content["complete"]
    assert not [one for one in content["findings"] if ".short." in one["id"]]
    assert main(["diet", "nutrients", diary, *PERSON]) == 0
    said = capsys.readouterr().out
    assert "so no shortage is sure" in said
    assert "SHORT" not in said


def test_nutrients_count_supplements(diary, tmp_path, capsys):
    supplements = str(tmp_path / "s.yaml")
    assert main(["supplements", "check", "--template", supplements]) == 0
    content = answer(["diet", "nutrients", diary, *PERSON, "--supplements", supplements], "diet-nutrients", capsys)
    assert any(one["id"] == "diet.above_limit.vitamin_b6.eu" for one in content["findings"])


def test_menu_finds_a_week_or_the_reason(diary, capsys):
    words = ["diet", "menu", "--energy", "2000", *PERSON]
    assert answer([*words, "--usual", diary, "--exclude", "milk"], "diet-menu", capsys)["status"] == "found"
    impossible = answer([*words, "--exclude", "fruit,vegetables,milk"], "diet-menu", capsys)
    assert impossible["status"] == "impossible"
    assert main([*words, "--exclude", "fruit,vegetables,milk"]) == 0
    assert "make it impossible: fruit, vegetables" in capsys.readouterr().out


def test_a_surely_poor_day_is_printed_as_short(tmp_path, capsys):
    path = tmp_path / "poor.csv"
    path.write_text("day,food,amount,unit\n2026-03-01,olive oil,10,g\n2026-03-01,honey,10,g\n", encoding="utf-8")
    assert main(["diet", "nutrients", str(path), *PERSON, "--complete"]) == 0
    said = capsys.readouterr().out
    assert "SHORT" in said
    assert "below the floor of 1550" in said
    assert "Iodine                     unknown; no figure for 2 foods" in said


def test_menu_takes_likes_dislikes_and_labels_that_were_read(diary, capsys):
    words = ["diet", "menu", "--energy", "2000", *PERSON, "--usual", diary, "--exclude", "milk"]
    week = answer([*words, "--like", "beans", "--dislike", "fish", "--checked", "bread"], "diet-menu", capsys)
    assert week["status"] == "found"
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "The label decides" in said
    assert "Given up: Milk, whole" in said
    assert main([*words, "--checked", "zorbax"]) == 2
    assert "not a food we know" in capsys.readouterr().err


def test_a_usual_week_that_is_not_understood_is_refused(tmp_path, capsys):
    path = tmp_path / "week.csv"
    path.write_text("day,food,amount,unit\n2026-03-01,zorbax,1,piece\n", encoding="utf-8")
    assert main(["diet", "menu", "--energy", "2000", *PERSON, "--usual", str(path)]) == 2
    assert "needs foods and amounts that are known" in capsys.readouterr().err


def test_import_refuses_a_list_of_foods_it_does_not_know(tmp_path, capsys):
    foods = tmp_path / "foods.csv"
    foods.write_text("code,food\n1,zorbax\n", encoding="utf-8")
    assert main(["diet", "import", "fdc", str(tmp_path), "--foods", str(foods)]) == 2
    assert "not a food we know" in capsys.readouterr().err


def test_residues_print_the_statement_and_the_version(diary, monitoring, capsys):
    words = ["diet", "residues", diary, "--monitoring", *monitoring, "--weight", "62"]
    content = answer(words, "diet-residues", capsys)
    assert {quotient["residue"] for quotient in content["quotients"]} == {"captan"}
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "no controlled human study" in said
    assert "2026-11-24" in said
    assert "running water" in said.lower()


def test_search_finds_and_refuses(capsys):
    assert answer(["diet", "search", "spagetti"], "diet-search", capsys)["matches"][0]["food"] == "pasta"
    assert main(["diet", "search", "juice cleanse"]) == 0
    assert "not offered" in capsys.readouterr().out
    assert main(["diet", "search", "xyzzyq"]) == 0
    assert "No food like" in capsys.readouterr().out


def test_import_writes_a_table_that_nutrients_reads(tmp_path, diary, capsys):
    source = tmp_path / "ciqual.csv"
    source.write_text("alim_code;alim_nom_eng;Iodine (µg/100g)\n19023;Milk;16\n", encoding="utf-8")
    foods = tmp_path / "foods.csv"
    foods.write_text("code,food\n19023,milk\n", encoding="utf-8")
    table = str(tmp_path / "own.csv")
    assert main(["diet", "import", "ciqual", str(source), "--foods", str(foods), "--output", table]) == 0
    assert "1 foods written" in capsys.readouterr().out
    content = answer(["diet", "nutrients", diary, *PERSON, "--table", table], "diet-nutrients", capsys)
    iodine = next(one for one in content["intakes"] if one["amount"]["nutrient"] == "iodine")
    assert iodine["amount"]["least"] == pytest.approx(16 * 2.4 / 2)


def test_every_lesson_of_the_protocol_is_there(capsys):
    from zonula.knowledge import shelf

    protocol = shelf().card("treatment_protocols/protocols/reboot_maintenance_rejuvenation")
    named = {
        task["lesson"] for stage in protocol.data["stages"] for task in stage.get("tasks", ()) if task.get("lesson")
    }
    assert len(named) == 6
    for name in named:
        assert main(["diet", "lesson", name]) == 0
        said = capsys.readouterr().out
        assert "Sources:" in said
        assert said.count("\n- ") >= 5


def test_supplements_template_is_judged(tmp_path, capsys):
    path = str(tmp_path / "s.yaml")
    assert main(["supplements", "check", "--template", path]) == 0
    content = answer(["supplements", "check", path], "supplements-check", capsys)
    assert [one["advice"] for one in content["products"]] == ["ask", "stop", "no_objection"]
    assert main(["supplements", "check", path]) == 0
    assert "Turmeric capsules: STOP" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["diet", "check", "milk", "--exclude", "brocoli"], "Did you mean Broccoli"),
        (["diet", "check", "milk", "--exclude", "lactose"], "cannot be excluded as one word"),
        (["diet", "nutrients", "missing.csv"], "No such file"),
        (["diet", "menu", "--energy", "800", "--age", "40", "--sex", "male"], "below the floor of 1500"),
        (["diet", "menu", "--energy", "2000"], "age of an adult"),
        (["diet", "menu", "--energy", "2000", "--age", "40", "--weight", "-3"], "not a body weight"),
        (["diet", "lesson", "nope"], "There is no lesson"),
        (["diet", "import", "fdc", "/nowhere"], "No such file"),
        (["supplements", "check"], "No file was named"),
    ],
)
def test_what_goes_wrong_is_one_line_and_exit_code_2(words, said, capsys):
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
