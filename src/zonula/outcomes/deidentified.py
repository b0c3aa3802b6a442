"""One row a patient for researchers: no name, no id, no date, and nobody who stands out.

The rule. What others may know of a person is age, sex and the number of symptom domains; in the table these are bands, and every
combination of bands that is shown holds at least `least_cell` people (5) who do not all stand alike (k-anonymity with at least two
standings). Rows of a rarer combination are given wider bands, then no bands; when too few are left without bands, the
smallest other combination loses its bands too. Nobody is left out, so that no missing row gives a rare person away. Everything else is known only
to who has the record; it is given in coarse steps. Rows are numbered in a random order that is drawn anew for each table.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from zonula.errors import UserError
from zonula.knowledge import Shelf
from zonula.outcomes.course import Course, Outcome
from zonula.outcomes.definitions import ROOM, Definitions

QUASI = ("age", "sex", "domains")
HIDDEN, UNKNOWN = "not shown", "unknown"
WEEK = 7
COLUMNS: tuple[tuple[str, pa.DataType, str], ...] = (
    ("row", pa.int64(), "number in a random order drawn for this table; it means nothing in any other"),
    ("age", pa.string(), "band of years, `unknown`, or `not shown` where a narrower band would point at few people"),
    ("sex", pa.string(), "female, male, unknown, or not shown"),
    ("domains", pa.string(), "band of symptom domains of 12, unknown, or not shown"),
    ("baseline", pa.int64(), "mean run-in 12-domain total, 0 to 120, to the nearest 10; empty without a run-in"),
    ("end", pa.string(), "recovered, dropped_out or censored"),
    ("week", pa.int64(), "whole weeks from the start of treatment until it ended so"),
    ("after_week", pa.int64(), "for a recovery: whole weeks until the last questionnaire before it"),
    ("standing", pa.string(), "recovered, partial_response, unchanged, worse, relapsed or unknown"),
    ("change_percent", pa.int64(), "last four weeks against baseline to the nearest 10; negative is better"),
    ("percent_positive", pa.int64(), "percent of skin-tested foods that were positive, to the nearest 10"),
    ("adherence_percent", pa.int64(), "percent of days kept, to the nearest 10"),
    ("foods_restricted", pa.string(), "band of foods restricted for the treatment"),
    ("foods_given_back", pa.string(), "band of foods given back"),
    ("weeks_restricted", pa.int64(), "whole weeks under restriction"),
    ("harmed", pa.bool_(), "whether any adverse event was written down"),
)
SCHEMA = pa.schema([(name, kind) for name, kind, _ in COLUMNS])


class Bands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the bands of the card begin, and the step of everything that is rounded."""

    age_from: tuple[int, ...]
    wide_age_from: tuple[int, ...]
    domains_from: tuple[int, ...]
    wide_domains_from: tuple[int, ...]
    foods_from: tuple[int, ...]
    points_step: int


def bands(shelf: Shelf) -> Bands:
    """The bands of the card `outcomes/deidentification`."""
    return msgspec.convert(shelf.card(f"{ROOM}/deidentification").data, Bands)


def deidentified(
    courses: Sequence[Course], outcomes: Sequence[Outcome], rules: Definitions, steps: Bands, rng: np.random.Generator
) -> pa.Table:
    """One row a patient under the rule above. rng: of the order of rows; never a fixed seed. Raises UserError for fewer than two cells of patients."""
    least = 2 * rules.least_cell
    if len(courses) < least:
        raise UserError(
            f"{len(courses)} patients are too few for a table without names.", f"At least {least} are needed."
        )
    shown = _classes(courses, [one.standing.value for one in outcomes], rules.least_cell, steps)
    rows = [
        dict(zip(QUASI, shown[place], strict=True)) | _rest(courses[place], outcomes[place], steps)
        for place in rng.permutation(len(courses))
    ]
    return pa.Table.from_pylist([{"row": number, **row} for number, row in enumerate(rows, 1)], schema=SCHEMA)


def deidentified_dictionary() -> str:
    """The columns and the rule as Markdown."""
    rule = (__doc__ or "").partition("\n\n")[2].strip()
    lines = ["| column | type | meaning |", "|---|---|---|"]
    table = "\n".join([*lines, *(f"| `{name}` | {kind} | {meaning} |" for name, kind, meaning in COLUMNS)])
    return f"{rule}\n\n{table}\n"


def _classes(
    courses: Sequence[Course], standings: Sequence[str], least: int, steps: Bands
) -> list[tuple[str, str, str]]:
    """The bands shown for each patient."""
    found: dict[int, tuple[str, str, str]] = {}
    left = list(range(len(courses)))

    def good(members: Sequence[int]) -> bool:
        return len(members) >= least and len({standings[one] for one in members}) > 1

    for level in (_narrow, _wide, _wide_age):
        groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for one in left:
            groups[level(courses[one], steps)].append(one)
        for key, members in groups.items():
            if good(members):
                found |= dict.fromkeys(members, key)
        left = [one for one in left if one not in found]
    while left and found and not good(left):
        sizes = Counter(found.values())
        smallest = min(sizes, key=lambda key: (sizes[key], key))
        joining = [one for one, key in found.items() if key == smallest]
        left += joining
        for one in joining:
            del found[one]
    return [found.get(one, (HIDDEN, HIDDEN, HIDDEN)) for one in range(len(courses))]


def _narrow(course: Course, steps: Bands) -> tuple[str, str, str]:
    return _band(course.age, steps.age_from), _sex(course), _band(course.domains, steps.domains_from)


def _wide(course: Course, steps: Bands) -> tuple[str, str, str]:
    return _band(course.age, steps.wide_age_from), _sex(course), _band(course.domains, steps.wide_domains_from)


def _wide_age(course: Course, steps: Bands) -> tuple[str, str, str]:
    return _band(course.age, steps.wide_age_from), HIDDEN, HIDDEN


def _sex(course: Course) -> str:
    return UNKNOWN if course.female is None else "female" if course.female else "male"


def _band(value: float | None, begins: Sequence[int]) -> str:
    """`40 to 49`; the last one is open: `70 or more`."""
    if value is None:
        return UNKNOWN
    place = max((i for i, begin in enumerate(begins) if value >= begin), default=0)
    if place + 1 == len(begins):
        return f"{begins[place]} or more"
    last = begins[place + 1] - 1
    return str(last) if last == begins[place] else f"{begins[place]} to {last}"


def _rest(course: Course, one: Outcome, steps: Bands) -> dict[str, object]:
    def near(value: float | None) -> int | None:
        return None if value is None else steps.points_step * round(value / steps.points_step)

    def weeks(days: int | None) -> int | None:
        return None if days is None else days // WEEK

    return {
        "baseline": near(one.baseline),
        "end": one.end.value,
        "week": weeks(one.day),
        "after_week": weeks(one.after),
        "standing": one.standing.value,
        "change_percent": near(one.change_percent),
        "percent_positive": near(course.percent_positive),
        "adherence_percent": None if course.adherence is None else near(100 * course.adherence),
        "foods_restricted": _band(course.foods_restricted, steps.foods_from),
        "foods_given_back": _band(course.foods_given_back, steps.foods_from),
        "weeks_restricted": weeks(course.days_restricted),
        "harmed": bool(course.adverse_events),
    }
