"""What still stands when a questionnaire was filled in several times: the newest answer, and an older one only where it was not given again."""

from collections.abc import Iterable

from zonula.chart import Finding, State
from zonula.questionnaires.alarms import lasting_alarms
from zonula.questionnaires.score import Score


def standing(scores: Iterable[Score]) -> tuple[Finding, ...]:
    """The findings that still hold, sheets in the order given.

    A newer sheet of the same instrument settles a finding when it says it again or no longer says it. Where the newer one cannot tell
    (the question was left out), the older finding stands beside it: a missing answer never lowers an alarm. Nor does a later "no"
    undo what once happened. An undated sheet settles nothing and is settled by nothing.
    """
    sheets = tuple(scores)
    lasting = lasting_alarms()
    return tuple(
        finding
        for sheet in sheets
        for finding in sheet.findings
        if (finding.id in lasting and finding.state is State.YES) or not _settled(finding, sheet, sheets)
    )


def _settled(finding: Finding, sheet: Score, sheets: tuple[Score, ...]) -> bool:
    return any(
        _says(newer, finding.id) is not State.UNKNOWN
        for newer in sheets
        if sheet.instrument
        and newer.instrument == sheet.instrument
        and sheet.dated
        and newer.dated
        and newer.as_of > sheet.as_of
    )


def _says(sheet: Score, finding_id: str) -> State:
    return next((finding.state for finding in sheet.findings if finding.id == finding_id), State.NO)
