"""Is this response an answer to that questionnaire? Every problem is named, and whatever can be read is read."""

import msgspec

from zonula.chart import Moment
from zonula.errors import UserError
from zonula.questionnaires.definition import Problem, Questionnaire
from zonula.questionnaires.enabling import unmet
from zonula.questionnaires.form import Answers, Form, prepared
from zonula.questionnaires.response import FINISHED, Response


class Checked(msgspec.Struct, frozen=True):
    """A response read against its form. idle: linkIds that do not apply; their answers count for alarms, not for scores."""

    response: Response
    answers: Answers
    idle: frozenset[str]
    problems: tuple[Problem, ...]

    @property
    def serious(self) -> tuple[Problem, ...]:
        """The problems that forbid scoring."""
        return tuple(problem for problem in self.problems if problem.serious)


def check(form: Form, response: Response) -> Checked:
    """Read and check one response; never raises for what the response contains."""
    answers = Answers(form, response)
    problems = [*_head(form.questionnaire, response), *answers.problems]
    idle: frozenset[str] = frozenset()
    if form.demanding:
        not_asked, missing = unmet(form, response)
        idle = frozenset(not_asked)
        problems += missing
    return Checked(response, answers, idle, tuple(problems))


def validate(questionnaire: Questionnaire, response: Response) -> tuple[Problem, ...]:
    """Everything wrong with the response, in reading order; empty when it may be scored without remark."""
    return check(prepared(questionnaire), response).problems


def refuse(checked: Checked, name: str) -> None:
    """Raise UserError naming the serious problems (the first three of many) when there are any."""
    serious = checked.serious
    if serious:
        more = f" (and {len(serious) - 3} more)" if len(serious) > 3 else ""
        raise UserError(f"{name}: " + "; ".join(map(str, serious[:3])) + more)


def _head(questionnaire: Questionnaire, response: Response) -> list[Problem]:
    problems = []
    if response.status not in FINISHED:
        status = response.status or "missing"
        if status in {"in-progress", "stopped"}:
            problems.append(
                Problem("status", f"the answers are unfinished ({status})", "finish them, then mark them completed")
            )
        elif status == "entered-in-error":
            problems.append(
                Problem("status", "these answers were marked as entered in error", "use the corrected ones")
            )
        else:
            problems.append(Problem("status", "the status is missing or unknown", "write completed when they are"))
    url, _, version = response.questionnaire.partition("|")
    relative = "://" not in url and questionnaire.url.endswith(f"/{url}")  # R4's own examples name a form this way
    if url and questionnaire.url and url != questionnaire.url and not relative:
        problems.append(
            Problem("questionnaire", f"it answers {url}, not {questionnaire.url}", "use the right questionnaire")
        )
    elif version and questionnaire.version and version != questionnaire.version:
        remark = f"it answers version {version}; read with version {questionnaire.version}"
        problems.append(Problem("questionnaire", remark, serious=False))
    if not response.authored:
        problems.append(
            Problem("authored", "no date; it cannot take part in a trend", "write when it was filled in", False)
        )
    else:
        try:
            Moment.parse(response.authored)
        except ValueError:
            problems.append(Problem("authored", "not a date", "write YYYY-MM-DD or a full date and time"))
    return problems
