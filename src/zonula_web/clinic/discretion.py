"""What of an assessment a role does not see: answers on mental health and genes. That something urgent is kept back is never kept back."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zonula.journey import Assessment
from zonula.reports.assessment_page import AssessmentPage
from zonula.reports.review_view import Statement
from zonula_web.access.rights import Right
from zonula_web.records.sheets import MENTAL_HEALTH

# Beginnings of the ids of findings, and the right they need.
_NEEDED: tuple[tuple[str, Right], ...] = (
    *((f"questionnaires.{form}.", Right.SEE_MENTAL_HEALTH) for form in sorted(MENTAL_HEALTH)),
    ("questionnaires.alarm.thoughts_of_death", Right.SEE_MENTAL_HEALTH),
    ("chart_review.red_flag.phq9_item9", Right.SEE_MENTAL_HEALTH),
    ("chart_review.red_flag.depression_screen", Right.SEE_MENTAL_HEALTH),
    ("chart_review.red_flag.anxiety_screen", Right.SEE_MENTAL_HEALTH),
    ("laboratory_tests.genotype.", Right.SEE_GENOTYPE),
)


class Discreet(NamedTuple):
    """A page without what the reader may not see. kept_back: how many statements; urgent: one of them cannot wait."""

    page: AssessmentPage
    kept_back: int
    urgent: bool


def may_see(finding_id: str, rights: Iterable[Right]) -> bool:
    """Whether someone with these rights sees a finding of that id."""
    return all(right in rights for beginning, right in _NEEDED if finding_id.startswith(beginning))


def discreet(page: AssessmentPage, assessment: Assessment, rights: frozenset[Right]) -> Discreet:
    """The page as someone with these rights sees it."""

    def seen(statements: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(one for one in statements if may_see(one.id, rights))

    steps = {step.order for step in assessment.next_steps if any(may_see(name, rights) for name in step.because)}
    return Discreet(
        page._replace(
            crisis=seen(page.crisis),
            steps=tuple(step for step in page.steps if step.order in steps),
            sections=tuple(section._replace(statements=seen(section.statements)) for section in page.sections),
            others=seen(page.others),
            facts=(),
            cards=(),
        ),
        kept_back=len({name for name in _all(page) if not may_see(name, rights)}),
        urgent=any(not may_see(one.id, rights) for one in page.crisis),
    )


def _all(page: AssessmentPage) -> Iterator[str]:
    for statements in (page.crisis, page.others, *(section.statements for section in page.sections)):
        yield from (one.id for one in statements)
