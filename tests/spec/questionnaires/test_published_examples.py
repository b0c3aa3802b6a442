"""Scores and changes that somebody else published, recomputed."""

import json

import pytest

from zonula.questionnaires import load, read_response, score, shipped
from zonula.questionnaires.change import Noise


def test_phq9_all_nearly_every_day_is_27(answered, today):
    """German Medical Informatics Initiative, PROMs module: example response mii-exa-pro-phq-9-response (nine times LA6571-9,
    difficulty LA6574-3) and its published result mii-exa-pro-phq-9-observation, LOINC 44261-6 = 27."""
    codes = {f"phq9-{number}": "LA6571-9" for number in range(1, 10)}
    scored = score(shipped("phq-9"), answered(shipped("phq-9"), {**codes, "phq9-difficulty": "LA6574-3"}), today)
    assert scored.scale("total").value == 27
    assert scored.shown[0].value == 27


@pytest.mark.parametrize(
    ("answers", "step_1", "step_2"),
    [
        ((2, 2, True, False, 4), True, True),
        ((2, 1, True, False, 4), False, True),
        ((2, 2, False, True, 5), True, True),
        ((2, 2, False, False, 5), True, False),
        ((4, 4, True, True, 3), True, False),
    ],
)
def test_dsq_pem_scoring_as_printed(answers, step_1, step_2, answered, today):
    """LOINC 112481-7 after Cotler 2018: a frequency and severity of 2, 2 on any of items 1-5; then item 7 or 8 yes, and item 9
    of 14 hours or more (options 4 and 5)."""
    frequency, severity, bodily, mental, lasting = answers
    given = {f"dsq-{n}-{kind}": 0 for n in range(1, 6) for kind in ("frequency", "severity")}
    given |= {
        "dsq-3-frequency": frequency,
        "dsq-3-severity": severity,
        "dsq-7": bodily,
        "dsq-8": mental,
        "dsq-9": lasting,
    }
    scored = score(shipped("dsq-pem"), answered(shipped("dsq-pem"), given), today)
    assert (scored.scale("step-1").band == "indicative of worsening after effort") is step_1
    both = scored.scale("effort").band == "yes" and scored.scale("lasting").band == "14 hours or longer"
    assert both is step_2


def test_reliable_change_of_jacobson_and_truax():
    """Their example of 1991: standard deviation 7.5 and reliability 0.80 give a standard error of the difference of 4.74, so a
    fall from 47.5 to 32.5 is 3.16 standard errors; a change is reliable from 1.96 of them."""
    reliable_from = Noise(standard_deviation=7.5, reliability=0.80).reliable_difference(1.96)
    assert reliable_from / 1.96 == pytest.approx(4.74, abs=0.005)
    assert (47.5 - 32.5) / (reliable_from / 1.96) == pytest.approx(3.16, abs=0.005)


def test_glasgow_coma_score_of_the_fhir_example(today):
    """FHIR R4 example QuestionnaireResponse/gcs carries the points 4, 5 and 4 in its answers: a total of 13."""
    ordinal = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    answers = [
        {
            "linkId": link,
            "answer": [{"valueCoding": {"code": code, "extension": [{"url": ordinal, "valueDecimal": points}]}}],
        }
        for link, code, points in (("1.1", "LA6560-2", 4), ("1.2", "LA6566-9", 5), ("1.3", "LA6556-0", 4))
    ]
    from zonula.questionnaires.form import Answers, prepared

    form = load({"resourceType": "Questionnaire", "item": [{"linkId": f"1.{n}", "type": "choice"} for n in (1, 2, 3)]})
    document = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": answers}
    read = Answers(prepared(form), read_response(json.dumps(document)))
    assert sum(read.points(f"1.{n}") for n in (1, 2, 3)) == 13
