"""What became of each patient as a table, with a dictionary that says what every column means."""

from collections.abc import Sequence

import pyarrow as pa

from zonula.outcomes.course import Course, Outcome

COLUMNS: tuple[tuple[str, pa.DataType, str], ...] = (
    ("patient", pa.string(), "patient id of the registry"),
    ("clinic", pa.string(), "clinic"),
    ("baseline", pa.float64(), "mean run-in 12-domain total, 0 to 120; empty without a run-in"),
    ("end", pa.string(), "recovered, dropped_out or censored"),
    ("day", pa.int64(), "day of the course on which it ended so"),
    ("after", pa.int64(), "for a recovery: the last day it had not happened yet"),
    ("standing", pa.string(), "recovered, partial_response, unchanged, worse, relapsed or unknown"),
    ("change_percent", pa.float64(), "last four weeks against baseline; negative is better"),
    ("relapsed_on", pa.int64(), "day of relapse after a recovery"),
    ("percent_positive", pa.float64(), "percent of skin-tested foods that were positive"),
    ("domains", pa.int64(), "symptom domains, 0 to 12"),
    ("age", pa.float64(), "years"),
    ("adherence", pa.float64(), "share of days kept, 0 to 1"),
    ("foods_restricted", pa.int64(), "foods restricted"),
    ("foods_given_back", pa.int64(), "foods given back"),
    ("days_restricted", pa.int64(), "days under restriction"),
    ("adverse_events", pa.int64(), "adverse events"),
)


def outcome_table(courses: Sequence[Course], outcomes: Sequence[Outcome]) -> pa.Table:
    """One row a patient. Unknown is null."""
    rows = []
    for course, one in zip(courses, outcomes, strict=True):
        values = {
            "end": one.end.value,
            "standing": one.standing.value,
            "percent_positive": course.percent_positive,
            "adverse_events": len(course.adverse_events),
        }
        for name, _, _ in COLUMNS:
            if name not in values:
                values[name] = getattr(one, name) if hasattr(one, name) else getattr(course, name)
        rows.append(values)
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, kind) for name, kind, _ in COLUMNS]))


def data_dictionary() -> str:
    """The columns as Markdown."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {kind} | {meaning} |" for name, kind, meaning in COLUMNS)]) + "\n"
