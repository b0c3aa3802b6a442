"""The rating occasions: when symptoms were rated, which hours each rating speaks of, and the table of ratings."""

from dataclasses import dataclass

import numpy as np

from zonula.diary.entries import Diary, Floats, Ints

SAME_OCCASION_HOURS = 1.0
SHORTEST_SPAN_HOURS = 2.0


@dataclass(frozen=True)
class Occasions:
    """begin, end (T): hours that each occasion's ratings speak of. ratings (T, S): 0-10, NaN when not given.

    symptoms (S): indices into the diary's symptoms, those rated at least once, in an order that depends on content only.
    """

    begin: Floats
    end: Floats
    ratings: Floats
    symptoms: Ints

    @property
    def usable(self) -> bool:
        """Whether any symptom ever changed."""
        return len(self.end) > 0 and len(self.symptoms) > 0


def occasions(diary: Diary) -> Occasions:
    """Ratings given within an hour of each other are one occasion; several of one symptom are averaged.

    A symptom that never changed says nothing about cause and is left out.
    """
    count = len(diary.symptoms)
    lowest, highest = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(lowest, diary.rating_symptom, diary.rating_value)
    np.maximum.at(highest, diary.rating_symptom, diary.rating_value)
    says = (highest > lowest)[diary.rating_symptom]
    hour, symptom, value = diary.rating_hour[says], diary.rating_symptom[says], diary.rating_value[says]
    if len(hour) == 0:
        return Occasions(np.zeros(0), np.zeros(0), np.zeros((0, 0)), np.zeros(0, np.int64))
    times = np.unique(hour)
    starts = [times[0]]
    for time in times[1:]:
        if time - starts[-1] > SAME_OCCASION_HOURS:
            starts.append(time)
    end = np.array(starts)
    place = np.searchsorted(end, hour, side="right") - 1
    flat = place * count + symptom
    given = np.bincount(flat, minlength=len(end) * count)
    total = np.bincount(flat, weights=value, minlength=len(end) * count)
    with np.errstate(invalid="ignore", divide="ignore"):
        table = (total / given).reshape(len(end), count)
    changing = np.flatnonzero(highest > lowest)
    order = sorted(changing, key=lambda s: (-np.nansum(table[:, s]), table[:, s].tobytes()))
    kept = np.array(order, dtype=np.int64)
    span = _span(diary, end)
    begin = end - span
    begin[1:] = np.maximum(begin[1:], np.minimum(end[:-1], end[1:] - SHORTEST_SPAN_HOURS))
    return Occasions(begin, end, table[:, kept], kept)


def _span(diary: Diary, end: Floats) -> float:
    """Hours a rating speaks of at most: the planned distance, with a fifth of grace; a missed rating is not recalled."""
    if diary.ratings_per_day > 0:
        planned = 24.0 / diary.ratings_per_day
    elif len(end) > 1:
        planned = float(np.median(np.diff(end)))
    else:
        planned = 24.0
    return 1.2 * float(np.clip(planned, SHORTEST_SPAN_HOURS, 24.0))
