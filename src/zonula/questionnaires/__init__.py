"""Questionnaires: what the patient answers, scored with the doubt left in.

A questionnaire is a FHIR R4 `Questionnaire`, an answer a `QuestionnaireResponse`. Shipped instruments and their licences stand
in `knowledge/questionnaires`; a missing answer is never a zero, and a single answer can raise an alarm whatever the total.

    form = shipped("phq-9")                          # or load(json_text) for anyone's questionnaire
    response = read_response(json_text)
    validate(form, response)                         # every problem, with its path and cure
    scored = score(form, response, today)            # scales, form values, findings; alarms first
    change(earlier, later); trend(scores)            # important? reliable? or unknown
    compare(response, chart, today)                  # what the patient says and the records do not, and the reverse
"""

from zonula.questionnaires.alarms import alarms
from zonula.questionnaires.as_facts import answers_as_facts
from zonula.questionnaires.change import Change, Trend, change, trend
from zonula.questionnaires.checking import validate
from zonula.questionnaires.comparison import compare
from zonula.questionnaires.definition import Coding, Item, ItemType, Problem, Questionnaire
from zonula.questionnaires.instruments import Instrument, instrument_named, instruments, shipped
from zonula.questionnaires.many import Refused, score_many
from zonula.questionnaires.own_forms import form_of
from zonula.questionnaires.reading import load
from zonula.questionnaires.response import Response, read_response, read_responses
from zonula.questionnaires.score import Completeness, ScaleScore, Score, Shown
from zonula.questionnaires.scoring import score
from zonula.questionnaires.standing import standing
from zonula.questionnaires.template import empty_response

__all__ = [
    "Change",
    "Coding",
    "Completeness",
    "Instrument",
    "Item",
    "ItemType",
    "Problem",
    "Questionnaire",
    "Refused",
    "Response",
    "ScaleScore",
    "Score",
    "Shown",
    "Trend",
    "alarms",
    "answers_as_facts",
    "change",
    "compare",
    "empty_response",
    "form_of",
    "instrument_named",
    "instruments",
    "load",
    "read_response",
    "read_responses",
    "score",
    "score_many",
    "shipped",
    "standing",
    "trend",
    "validate",
]
