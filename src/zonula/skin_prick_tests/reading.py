"""From wheals to *positive / negative / equivocal*, and the count with its uncertainty.

Two published rules are applied side by side: the mean wheal itself (Europe) and the wheal above the negative control (US).
Both say yes: positive. Both say no: negative. They disagree: equivocal, which counts as neither.
"""

from enum import StrEnum
from statistics import NormalDist

import msgspec

from zonula.errors import UserError
from zonula.knowledge import Shelf
from zonula.skin_prick_tests.problem import ROOM
from zonula.skin_prick_tests.session import NEGATIVE, Session, millimetres


class Verdict(StrEnum):
    """What one food's wheal says. NOT_READ is unknown, never negative."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    EQUIVOCAL = "equivocal"
    NOT_READ = "not_read"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One food. mean_mm and above_negative_mm are in mm; None when not read. why: set when a measured wheal was not used."""

    food: str
    verdict: Verdict
    mean_mm: float | None = None
    above_negative_mm: float | None = None
    why: str = ""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many foods are positive among those that were read; percent and interval are None when none was read."""

    tested: int
    positive: int
    equivocal: int
    negative: int
    not_read: int
    percent: float | None
    interval: tuple[float, float] | None


def read_foods(session: Session, shelf: Shelf) -> tuple[Reading, ...]:
    """Every food of a session that `judge` found valid, in the order written. Raises UserError without a negative control."""
    control = session.control(NEGATIVE)
    negative = control.mean_mm if control else None
    if negative is None:
        raise UserError("No negative control was read.", "A session is read only when it is valid.")
    least = shelf.card(f"{ROOM}/positive_wheal").value
    above = shelf.card(f"{ROOM}/above_negative_control").value
    window = shelf.card(f"{ROOM}/reading_time").data["allergen"]
    readings = []
    for prick in session.foods:
        mean = prick.mean_mm
        if mean is None:
            readings.append(Reading(food=prick.food, verdict=Verdict.NOT_READ, why="no wheal was written down"))
        elif prick.read_after_min is not None and not window["earliest"] <= prick.read_after_min <= window["latest"]:
            why = f"read after {prick.read_after_min:g} minutes, outside {window['earliest']} to {window['latest']}"
            readings.append(Reading(food=prick.food, verdict=Verdict.NOT_READ, mean_mm=mean, why=why))
        else:
            readings.append(
                Reading(
                    food=prick.food,
                    verdict=_verdict(mean >= least, (difference := millimetres(mean - negative)) >= above),
                    mean_mm=mean,
                    above_negative_mm=difference,
                )
            )
    return tuple(readings)


def _verdict(large_enough: bool, above_control: bool) -> Verdict:
    if large_enough and above_control:
        return Verdict.POSITIVE
    return Verdict.EQUIVOCAL if large_enough or above_control else Verdict.NEGATIVE


def count(readings: tuple[Reading, ...]) -> Count:
    """Number and percent positive of the foods read, with the 95 % Wilson interval (in percent)."""
    by_verdict = {verdict: sum(reading.verdict is verdict for reading in readings) for verdict in Verdict}
    tested = len(readings) - by_verdict[Verdict.NOT_READ]
    positive = by_verdict[Verdict.POSITIVE]
    low_high = wilson(positive, tested) if tested else None
    return Count(
        tested=tested,
        positive=positive,
        equivocal=by_verdict[Verdict.EQUIVOCAL],
        negative=by_verdict[Verdict.NEGATIVE],
        not_read=by_verdict[Verdict.NOT_READ],
        percent=100 * positive / tested if tested else None,
        interval=(100 * low_high[0], 100 * low_high[1]) if low_high else None,
    )


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a proportion (Wilson EB, J Am Stat Assoc 1927;22:209). trials must be at least 1."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    spread = z * (share * (1 - share) / trials + z**2 / (4 * trials**2)) ** 0.5
    middle = share + z**2 / (2 * trials)
    scale = 1 + z**2 / trials
    low, high = (middle - spread) / scale, (middle + spread) / scale
    # At none or all of the trials the interval reaches exactly 0 or 1; rounding must not push it past.
    return (0.0 if successes == 0 else low, 1.0 if successes == trials else high)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One food in two sessions. wheal_change_mm is new minus old, None unless both were read."""

    food: str
    before: Verdict
    now: Verdict
    wheal_change_mm: float | None


def changes(before: tuple[Reading, ...], now: tuple[Reading, ...]) -> tuple[Change, ...]:
    """What differs for every food that stands in both sessions: verdict or wheal, in the order of the new one."""
    earlier = {reading.food: reading for reading in before}
    found = []
    for reading in now:
        old = earlier.get(reading.food)
        if old is None:
            continue
        both_read = Verdict.NOT_READ not in (old.verdict, reading.verdict)
        moved = (
            millimetres(reading.mean_mm - old.mean_mm)
            if both_read and reading.mean_mm is not None and old.mean_mm is not None
            else None
        )
        if old.verdict is not reading.verdict or moved:
            found.append(Change(food=reading.food, before=old.verdict, now=reading.verdict, wheal_change_mm=moved))
    return tuple(found)
