"""Scoring very many responses to one questionnaire: the same rules, prepared once."""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from zonula.chart import Finding
from zonula.questionnaires.alarms import raised
from zonula.questionnaires.checking import check
from zonula.questionnaires.definition import Problem, Questionnaire
from zonula.questionnaires.response import Response, decode_response
from zonula.questionnaires.score import Score
from zonula.questionnaires.scoring import plan_of, score_checked


class Refused(msgspec.Struct, frozen=True):
    """A response that was not scored: its number (from 1), why, and the alarms that could still be read."""

    number: int
    problems: tuple[Problem, ...]
    alarms: tuple[Finding, ...] = ()


def score_many(
    questionnaire: Questionnaire, responses: Iterable[bytes | Response], today: date
) -> Iterator[Score | Refused]:
    """Score each response (JSON or read), in order. One bad response is refused by itself and stops nothing."""
    plan = plan_of(questionnaire)
    for number, given in enumerate(responses, 1):
        if isinstance(given, Response):
            response = given
        else:
            try:
                response = decode_response(given)
            except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
                yield Refused(number, (Problem("response", f"not a QuestionnaireResponse: {wrong}", "correct it"),))
                continue
        checked = check(plan.form, response)
        if checked.serious:
            yield Refused(number, checked.problems, raised(plan.watched, checked, plan.instrument, today))
        else:
            yield score_checked(plan, checked, today)
