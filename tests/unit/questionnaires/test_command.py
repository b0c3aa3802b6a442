"""`zonula questionnaire` as a newcomer meets it, with good and bad input."""

import json
from pathlib import Path

import jsonschema
import pytest

from zonula.cli import main
from zonula.questionnaires import instruments, shipped

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "questionnaire-score.schema.json"


@pytest.fixture
def zonula(capsys):
    def run(*words):
        code = main(["questionnaire", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def written(tmp_path, document_of):
    def write(name, answers, file="answers.json", **head):
        path = tmp_path / file
        path.write_text(json.dumps(document_of(shipped(name), answers, **head)), encoding="utf-8")
        return path

    return write


def test_list_names_every_instrument_with_its_licence(zonula):
    code, out, _ = zonula("list")
    assert code == 0
    for name, instrument in instruments().items():
        assert any(line.startswith(name) and instrument.licence in line for line in out.splitlines())


def test_show_gives_questions_options_bands_and_sources(zonula):
    code, out, _ = zonula("show", "phq-9")
    assert code == 0
    for words in ("better off dead", "LA6571-9  Nearly every day  = 3", "20 severe", "[V] Kroenke K"):
        assert words in out


def test_show_says_why_msq_is_not_offered(zonula):
    code, out, _ = zonula("show", "msq")
    assert code == 0
    assert "reliability has not been studied" in out


@pytest.mark.parametrize("name", [name for name, instrument in instruments().items() if instrument.offered != "no"])
def test_a_template_is_a_response_that_only_lacks_answers(zonula, tmp_path, name):
    code, out, _ = zonula("template", name)
    assert code == 0
    path = tmp_path / "empty.json"
    path.write_text(out, encoding="utf-8")
    code, out, err = zonula("check", path)
    assert code == 2
    assert "unfinished" in out
    assert "1 problem found" in err


def test_check_is_content_with_a_good_response(zonula, written):
    assert zonula("check", written("phq-9", {"phq9-1..9": 1})) == (0, "nothing is wrong\n", "")


def test_check_names_each_problem(zonula, written):
    code, out, err = zonula("check", written("phq-9", {"phq9-1..9": 1}, status="in-progress"))
    assert code == 2
    assert "status: the answers are unfinished" in out
    assert "Traceback" not in err


def test_score_says_the_alarm_first_and_writes_valid_json(zonula, written, tmp_path):
    first = written("phq-9", {"phq9-1..9": 2}, "a.json", authored="2026-09-01", id="a")
    second = written("phq-9", {"phq9-1..8": 1, "phq9-9": 0}, "b.json", authored="2026-10-01", id="b")
    third = written("phq-9", {"phq9-1..8": 0, "phq9-9": 0}, "c.json", authored="2026-11-01", id="c")
    result = tmp_path / "scores.json"
    code, out, err = zonula("score", first, second, third, "--today", "2026-11-24", "--json", result)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[1].startswith("    [U] The patient reports thoughts of being better off dead")
    assert "PHQ-9 total: 18 (2026-09-01), 8 (2026-10-01), 0 (2026-11-01)." in out
    document = json.loads(result.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert [scored["scales"][0]["value"] for scored in document["scores"]] == [18, 8, 0]


@pytest.mark.parametrize("name", [name for name, instrument in instruments().items() if instrument.offered == "items"])
def test_the_json_of_every_instrument_fits_the_schema(zonula, written, tmp_path, name):
    result = tmp_path / "scores.json"
    assert zonula("score", written(name, {}), "--today", "2026-11-24", "--json", result)[0] == 0
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(result.read_text(encoding="utf-8")))


def test_a_refusal_writes_nothing_and_still_shows_the_alarm(zonula, written, tmp_path):
    good = written("phq-9", {"phq9-1..8": 0, "phq9-9": 0}, "good.json")
    bad = written("phq-9", {"phq9-9": 3}, "bad.json", status="in-progress")
    result = tmp_path / "scores.json"
    code, out, err = zonula("score", good, bad, "--today", "2026-11-24", "--json", result)
    assert code == 2
    assert "[U] The patient reports thoughts of being better off dead" in out
    assert "unfinished" in err
    assert len(err.strip().splitlines()) == 1
    assert not result.exists()


def test_two_patients_are_scored_apart_and_have_no_common_trend(zonula, written):
    first = written("phq-9", {"phq9-1..9": 0}, "a.json", authored="2026-09-01")
    second = written("phq-9", {"phq9-1..9": 0}, "b.json", authored="2026-10-01", subject={"reference": "Patient/2"})
    code, out, _ = zonula("score", first, second, "--today", "2026-11-24")
    assert code == 0
    assert "(2026-09-01)," not in out


def test_a_form_of_ones_own_is_shown_and_not_scored(zonula, tmp_path):
    form = tmp_path / "form.json"
    form.write_text(
        json.dumps({"resourceType": "Questionnaire", "title": "Ours", "item": [{"linkId": "a", "type": "boolean"}]}),
        encoding="utf-8",
    )
    answers = tmp_path / "answers.json"
    answers.write_text(
        json.dumps(
            {
                "resourceType": "QuestionnaireResponse",
                "status": "completed",
                "authored": "2026-11-20",
                "item": [{"linkId": "a", "answer": [{"valueBoolean": True}]}],
            }
        ),
        encoding="utf-8",
    )
    code, out, _ = zonula("score", answers, "--form", form, "--today", "2026-11-24")
    assert code == 0
    assert "no scoring card fits this questionnaire" in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("", "not JSON"),
        ('{"resourceType": "QuestionnaireResponse", "status": "completed"}', "not one of our questionnaires"),
        ('{"resourceType": "Observation"}', "found Observation"),
    ],
)
def test_bad_files_end_in_one_line_and_exit_2(zonula, tmp_path, content, said):
    path = tmp_path / "x.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    code, _, err = zonula("score", path)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_an_unknown_instrument_is_answered_with_the_known_ones(zonula):
    code, _, err = zonula("template", "phq9")
    assert code == 2
    assert "Choose one of: breesi" in err


def test_json_on_the_terminal_is_nothing_but_json(zonula, written):
    code, out, _ = zonula("score", written("phq-9", {"phq9-1..9": 1}), "--json", "-", "--today", "2026-11-24")
    assert code == 0
    jsonschema.validate(json.loads(out), json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_a_bad_day_is_one_line(zonula, written):
    code, out, err = zonula("score", written("phq-9", {"phq9-1..9": 1}), "--today", "2026-02-30")
    assert (code, out) == (2, "")
    assert err == "zonula: '2026-02-30' is not a date. Write it as YYYY-MM-DD.\n"
