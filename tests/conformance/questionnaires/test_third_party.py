"""Everybody else's questionnaires: the examples of FHIR R4 (package hl7.fhir.r4.examples 4.0.1, CC0) and of the SDC guide
(hl7.fhir.uv.sdc 4.0.0-ballot, CC0), fetched from the package index into .cache and read at test time only."""

import json
import shutil
import subprocess
import tarfile
from datetime import date
from pathlib import Path

import pytest

from zonula.chart import State
from zonula.errors import UserError
from zonula.questionnaires import alarms, load, read_response, score, validate
from zonula.questionnaires.calculated import formulas, shown
from zonula.questionnaires.form import Answers, prepared

pytestmark = pytest.mark.conformance

CACHE = Path(__file__).parents[3] / ".cache"
TODAY = date(2026, 11, 24)
PACKAGES = ("hl7.fhir.r4.examples@4.0.1", "hl7.fhir.uv.sdc@4.0.0-ballot")
# The one published example that is refused: its items have no linkId, which FHIR R4 requires.
REFUSED = {"Questionnaire-qs1.json": "Account: an item has no linkId"}


def packed(package):
    name, _, version = package.partition("@")
    path = CACHE / f"{name}-{version}.tgz"
    if not path.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"{package} is not in .cache and there is no npm to fetch it")
        CACHE.mkdir(exist_ok=True)
        fetched = subprocess.run([npm, "pack", package], cwd=CACHE, capture_output=True, check=False, timeout=120)
        if fetched.returncode or not path.is_file():
            pytest.skip(f"{package} could not be fetched from the package index")
    return path


@pytest.fixture(scope="module")
def examples():
    """Every Questionnaire and QuestionnaireResponse of the packages, by file name."""
    found = {}
    for package in PACKAGES:
        with tarfile.open(packed(package)) as archive:
            for member in archive:
                name = Path(member.name).name
                if name.startswith(("Questionnaire-", "QuestionnaireResponse-")) and name.endswith(".json"):
                    found[name] = json.load(archive.extractfile(member))
    return {name: held for name, held in found.items() if held["resourceType"].startswith("Questionnaire")}


@pytest.fixture(scope="module")
def forms(examples):
    return {
        name: load(held, name)
        for name, held in examples.items()
        if held["resourceType"] == "Questionnaire" and name not in REFUSED
    }


def problems(examples, forms, form, response):
    answers = read_response(json.dumps(examples[f"QuestionnaireResponse-{response}.json"]))
    return [f"{p.path}: {p.what}" for p in validate(forms[f"Questionnaire-{form}.json"], answers)]


def test_every_published_questionnaire_is_read(forms):
    assert len(forms) >= 40
    assert sum(len(list(form.walk())) for form in forms.values()) > 400


def test_the_one_without_link_ids_is_refused(examples):
    for name, said in REFUSED.items():
        with pytest.raises(UserError, match=said):
            load(examples[name], name)


def test_what_is_not_acted_upon_is_said(forms):
    said = " ".join(str(note) for form in forms.values() for note in form.notes)
    for words in ("condition is an expression", "stands for another questionnaire", "listed elsewhere"):
        assert words in said


@pytest.mark.parametrize(
    ("form", "response"),
    [
        ("gcs", "gcs"),
        ("questionnaire-sdc-profile-example-PHQ9", "questionnaireresponse-sdc-profile-example-PHQ9"),
        ("questionnaire-sdc-profile-example-loinc", "questionnaireresponse-sdc-profile-example-loinc"),
        ("questionnaire-sdc-profile-example-multi-subject", "questionnaireresponse-sdc-profile-example-multi-subject"),
    ],
)
def test_good_published_answers_have_no_problem(examples, forms, form, response):
    assert problems(examples, forms, form, response) == []


@pytest.mark.parametrize(
    ("form", "response", "faults"),
    [
        # The questionnaire spells vitaminiKDose1, the answers vitaminKDose1; the list has F, the answer f.
        ("bb", "bb", ["birthDetails/group/sex: an option that is not in its list"] + [
            f"birthDetails/neonatalInformation/vitaminKgiven/vitaminKgivenDoses/vitaminKDose{n}: the questionnaire has no such item"
            for n in (1, 2)
        ]),
        # Question 1 became one item in the questionnaire but a group in the answers; two booleans are answered in words.
        ("f201", "f201", ["1/1.1: the questionnaire has no such item"] + [
            f"3/3.{n}: text where true or false is expected" for n in (1, 2)
        ]),
        # The condition asks for v2 code Y, the answer carries code 1 of another system.
        ("3141", "3141", ["1/1.1/1.1.1/1.1.1.3: the questionnaire has no such item"] + [
            f"1/1.1/1.1.1/1.1.1.{n}: it is answered although its condition does not hold" for n in (1, 2)
        ]),
        ("questionnaire-sdc-profile-example-ussg-fht", "questionnaireresponse-sdc-example-ussg-fht-answers",
         ["status: the answers are unfinished (in-progress)"]),
        ("questionnaire-sdc-test-fhirpath-prepop-source-query", "map-populate-out",
         ["status: the answers are unfinished (in-progress)"]),
    ],
)  # fmt: skip
def test_the_faults_of_published_answers_are_found_and_no_others(examples, forms, form, response, faults):
    assert problems(examples, forms, form, response) == faults


def test_the_sdc_phq9_raises_the_alarm_by_its_wording(examples, forms):
    """Its items carry no LOINC code; question 9 is answered "Several days"."""
    form = forms["Questionnaire-questionnaire-sdc-profile-example-PHQ9.json"]
    answers = read_response(
        json.dumps(examples["QuestionnaireResponse-questionnaireresponse-sdc-profile-example-PHQ9.json"])
    )
    assert [(finding.state, finding.level) for finding in alarms(form, answers, TODAY)] == [(State.YES, "U")]


def test_the_sdc_phq9_total_does_not_match_its_own_weights_and_that_is_shown(examples, forms):
    """The example gives "Nearly every day" the weight 4, so its formula yields 11; its answers carry a total of 13."""
    form = forms["Questionnaire-questionnaire-sdc-profile-example-PHQ9.json"]
    answers = read_response(
        json.dumps(examples["QuestionnaireResponse-questionnaireresponse-sdc-profile-example-PHQ9.json"])
    )
    calculated = score(form, answers, TODAY).shown[0]
    assert (calculated.value, calculated.remark) == (11, "the response carries another value")


def test_formulas_beyond_sums_are_shown_and_not_computed(forms):
    empty = read_response('{"resourceType": "QuestionnaireResponse"}')
    remarks = {
        value.remark
        for form in forms.values()
        for value in shown(formulas(prepared(form)), Answers(prepared(form), empty))
        if "power" in value.expression or "iif" in value.expression
    }
    assert remarks == {"shown, not computed"}


def test_the_r4_example_phq9_is_scored_by_its_loinc_codes_and_its_missing_question_9_is_asked_for(forms):
    """It has linkIds of its own, an external list of answers, and only eight of the nine questions."""
    form = forms["Questionnaire-phq-9-questionnaire.json"]
    links = [item.link_id for item in form.walk() if item.type == "choice" and item.link_id != "Difficulty"]
    answers = [{"valueCoding": {"system": "http://loinc.org", "code": "LA6569-3"}}]
    document = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": "2026-11-20",
        "item": [
            *({"linkId": link, "answer": answers} for link in links),
            {"linkId": "TotalScore", "answer": [{"valueInteger": 8}]},
            {"linkId": "Difficulty", "answer": [{"valueCoding": {"code": "LA6573-5"}}]},
        ],
    }
    scored = score(form, read_response(json.dumps(document)), TODAY)
    total = scored.scale("total")
    assert (scored.instrument, total.value, total.how, total.possible) == ("phq-9", 9, "prorated", (8, 11))
    assert "this edition lacks phq9-9" in str(scored.remarks[-1])
    assert (scored.findings[0].id, scored.findings[0].state) == (
        "questionnaires.alarm.thoughts_of_death",
        State.UNKNOWN,
    )
