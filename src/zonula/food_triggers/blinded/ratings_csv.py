"""Ratings from a CSV file: Zonula's diary (`time,kind,item,value`) or a plain list (`time,score` and, if several, `outcome`)."""

import csv
import io
import math
from datetime import datetime

import msgspec

from zonula.errors import UserError


class Rating(msgspec.Struct, frozen=True):
    """One rating. outcome: empty when the file does not name it."""

    at: datetime
    outcome: str
    score: float


class Unread(msgspec.Struct, frozen=True):
    """A row that was skipped. line: in the file, the header being 1."""

    line: int
    why: str


def read_ratings(text: str, patient: str = "") -> tuple[tuple[Rating, ...], tuple[Unread, ...]]:
    """The ratings and the rows skipped with the reason. Raises UserError when the header is neither form.

    Rows of other kinds, of other patients, and empty scores are no ratings and are passed over; a bad time or score is skipped.
    """
    reader = csv.DictReader(io.StringIO(text))
    columns = set(reader.fieldnames or ())
    if {"time", "kind", "item", "value"} <= columns:
        outcome, score = "item", "value"
    elif {"time", "score"} <= columns:
        outcome, score = "outcome", "score"
    else:
        raise UserError("the ratings need the columns time and score (or those of a diary: time, kind, item, value)")
    ratings, unread = [], []
    patients = set()
    for row in reader:
        whose = row.get("patient") or ""
        if (
            row.get("kind", "symptom") != "symptom"
            or (patient and whose != patient)
            or not (row.get(score) or "").strip()
        ):
            continue
        patients.add(whose)
        try:
            at, value = datetime.fromisoformat(row["time"]).replace(tzinfo=None), float(row[score])
        except (TypeError, ValueError):
            unread.append(Unread(reader.line_num, "the time or the score cannot be read"))
            continue
        if not (math.isfinite(value) and 0 <= value <= 10):
            unread.append(Unread(reader.line_num, f"a score of {value:g} is outside 0 to 10"))
            continue
        ratings.append(Rating(at, (row.get(outcome) or "").strip(), value))
    if len(patients) > 1:
        raise UserError(f"the file holds the ratings of {len(patients)} patients.", "Name one with --patient.")
    return tuple(ratings), tuple(unread)
