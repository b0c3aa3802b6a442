"""A clinic's registry as a file: one JSON object per patient and line (JSON Lines), in the form of `Course`.

A bad line is reported with its number and skipped; a patient who stands twice is refused, because counting someone twice is worse
than not counting.
"""

from collections.abc import Iterable

import msgspec

from zonula.errors import UserError
from zonula.outcomes.course import Course

HIGHEST_TOTAL = 120.0  # twelve severities of 0 to 10
OLDEST = 120.0  # years a person can have
LAST_DAY = 36_525  # a hundred years
MOST = 100_000  # foods or days of one person
DOMAINS = 12


class Refused(msgspec.Struct, frozen=True):
    """A line that is not a course, and why."""

    line: int
    reason: str


def read_registry(lines: Iterable[bytes], name: str) -> tuple[list[Course], list[Refused]]:
    """Every course and every refused line. Raises UserError when no line is a course or a patient stands twice."""
    decoder = msgspec.json.Decoder(Course)
    courses: list[Course] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            course = decoder.decode(line)
            problem = _problem(course)
        except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
            problem = str(wrong)
        if problem:
            refused.append(Refused(number, problem))
        else:
            courses.append(course)
    if not courses:
        first = f" Line {refused[0].line}: {refused[0].reason}." if refused else ""
        raise UserError(
            f"{name}: no patient could be read.{first}", "Each line is one JSON object; see docs/outcomes.md."
        )
    seen: set[tuple[str, str]] = set()
    for course in courses:
        key = (course.clinic, course.patient)
        if key in seen:
            raise UserError(f"{name}: a patient of clinic {course.clinic} stands twice.", "Export the registry again.")
        seen.add(key)
    return courses, refused


def _days(course: Course) -> Iterable[int]:
    yield course.last_day
    for group in (course.readings, course.adverse_events, course.stages):
        yield from (one.day for one in group)


def _counts(course: Course) -> Iterable[int | None]:
    yield from (course.domains, course.skin_tested, course.skin_positive)
    yield from (course.foods_restricted, course.foods_given_back, course.days_restricted)


def _problem(course: Course) -> str:
    days = [reading.day for reading in course.readings]
    impossible = {
        "patient and clinic need a name": not course.patient.strip() or not course.clinic.strip(),
        "a day beyond a lifetime": any(abs(day) > LAST_DAY for day in _days(course)),
        "a count below 0 or beyond belief": any(
            count is not None and not 0 <= count <= MOST for count in _counts(course)
        ),
        "more than twelve domains": course.domains is not None and course.domains > DOMAINS,
        "a total outside 0 to 120": any(not 0 <= reading.total <= HIGHEST_TOTAL for reading in course.readings),
        "two totals on one day": len(set(days)) != len(days),
        "a total after last_day": any(day > course.last_day for day in days),
        "adherence is a share between 0 and 1": course.adherence is not None and not 0 <= course.adherence <= 1,
        "more positive than tested foods": course.skin_positive is not None
        and not 0 <= course.skin_positive <= (course.skin_tested or 0),
        "an age nobody has": course.age is not None and not 0 <= course.age <= OLDEST,
    }
    return next((reason for reason, found in impossible.items() if found), "")
