"""What one clinic may send: counts and estimates, no rows, small cells suppressed, signed.

What may be counted is decided in `disclosure`. The file carries the fingerprint of the definitions, and an Ed25519 signature over its canonical JSON.
"""

from collections.abc import Sequence
from math import log

import msgspec
import numpy as np
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zonula.errors import UserError
from zonula.outcomes.course import Course, End, Outcome, Standing
from zonula.outcomes.definitions import Definitions
from zonula.outcomes.disclosure import check_step, clinic_name, linked, rounded_down, total
from zonula.outcomes.recovery_time import cumulative_incidence
from zonula.outcomes.report_card import Verdict, report_card

FORMAT = "zonula.clinic-aggregate/1"
MOST = 10**9  # more people than any clinic has


class TimePoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share recovered by a day with its standard error on the complementary log-log scale, to four decimals.

    at_risk: rounded down to a multiple of the smallest cell.
    """

    day: int
    recovered: float
    cloglog: float
    error: float
    at_risk: int


class Effect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Adjusted log hazard ratio of recovery per standard deviation of percent positive, and its standard error."""

    log_hazard_ratio: float
    error: float
    adjusted_for: tuple[str, ...]


class Aggregate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One clinic's contribution. counts: by End, and by Standing; None is suppressed."""

    format: str = FORMAT
    clinic: str
    definitions: str
    patients: int | None
    ends: dict[str, int | None]
    standings: dict[str, int | None]
    adverse_events: int | None
    serious_adverse_events: int | None
    foods_restricted: int | None
    foods_given_back: int | None
    points: tuple[TimePoint, ...] = ()
    effect: Effect | None = None


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An aggregate with the clinic's public key and signature, both hexadecimal."""

    aggregate: Aggregate
    public_key: str
    signature: str


def aggregate(
    clinic: str, courses: Sequence[Course], outcomes: Sequence[Outcome], rules: Definitions, rng: np.random.Generator
) -> Aggregate:
    """The clinic's aggregate. Raises UserError when there are too few patients to send anything."""
    least = 2 * rules.least_cell  # with fewer, two hidden cells can be worked out from the total
    if len(courses) < least:
        raise UserError(f"{len(courses)} patients are too few to send anything.", f"At least {least} are needed.")
    ends, standings = linked(
        {end.value: sum(one.end is end for one in outcomes) for end in End},
        {kind.value: sum(one.standing is kind for one in outcomes) for kind in Standing},
        rules.least_cell,
    )
    harmed = [one for course in courses for one in course.adverse_events]
    harmed_people = sum(bool(course.adverse_events) for course in courses)
    card = report_card(courses, outcomes, rules, rng)
    effect = None
    if card.verdict is not Verdict.NOT_ENOUGH and card.hazard_ratio is not None and card.interval is not None:
        error = (log(card.interval[1]) - log(card.interval[0])) / (2 * 1.959963984540054)
        effect = Effect(round(log(card.hazard_ratio), 6), round(error, 6), card.predictors[:-1])
    serious_people = sum(any(one.serious for one in course.adverse_events) for course in courses)
    return Aggregate(
        clinic=clinic_name(clinic),
        definitions=rules.fingerprint,
        patients=len(courses),
        ends=ends,
        standings=standings,
        # An event count is a person count when few people have events, so it is released by the number of people behind it.
        adverse_events=len(harmed) if harmed_people >= rules.least_cell or not harmed else None,
        serious_adverse_events=sum(one.serious for one in harmed)
        if serious_people >= rules.least_cell or not serious_people
        else None,
        foods_restricted=total([course.foods_restricted for course in courses], rules.least_cell),
        foods_given_back=total([course.foods_given_back for course in courses], rules.least_cell),
        points=_points(outcomes, rules) if ends[End.RECOVERED.value] is not None else (),
        effect=effect,
    )


def _points(outcomes: Sequence[Outcome], rules: Definitions) -> tuple[TimePoint, ...]:
    """Only days with enough people at risk, enough recovered, and enough recovered since the point before."""
    curve = cumulative_incidence(outcomes, rules.agreed_times)
    if curve is None:
        return ()
    days = np.array([one.day for one in outcomes if one.end is End.RECOVERED])
    points: list[TimePoint] = []
    before = 0
    for point in curve.points:
        by_then = int(np.sum(days <= point.day))
        enough = point.at_risk >= rules.least_cell and by_then - before >= rules.least_cell
        if enough and 0 < point.low < point.probability < point.high < 1:
            scale = log(-log(1 - point.probability))
            error = (log(-log(1 - point.high)) - log(-log(1 - point.low))) / (2 * 1.959963984540054)
            at_risk = rounded_down(point.at_risk, rules.least_cell)
            # Four decimals: enough to pool, too few to read single people off the estimator's denominators.
            points.append(TimePoint(point.day, round(point.probability, 4), round(scale, 4), round(error, 4), at_risk))
            before = by_then
    return tuple(points)


def check_previous(before: Aggregate, now: Aggregate, least: int) -> None:
    """Refuse an export so close to the earlier one that their difference is a few patients. Raises UserError."""
    check_step(_counts(before), _counts(now), least)


def _counts(content: Aggregate) -> dict[str, int | None]:
    return {
        "patients": content.patients,
        **{f"end {name}": count for name, count in content.ends.items()},
        **{f"standing {name}": count for name, count in content.standings.items()},
        "adverse_events": content.adverse_events,
        "serious_adverse_events": content.serious_adverse_events,
    }


def sign(content: Aggregate, key: Ed25519PrivateKey) -> Signed:
    """Sign with the clinic's key."""
    return Signed(content, key.public_key().public_bytes_raw().hex(), key.sign(_canonical(content)).hex())


def verify(signed: Signed, name: str) -> Aggregate:
    """The aggregate inside, if the signature fits. Raises UserError when anything was changed after signing."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed.public_key))
        key.verify(bytes.fromhex(signed.signature), _canonical(signed.aggregate))
    except (InvalidSignature, ValueError):
        raise UserError(
            f"{name}: the signature does not fit; the file was changed.", "Ask the clinic to export it again."
        ) from None
    return signed.aggregate


def read_signed(data: bytes, name: str) -> Signed:
    """Read a signed aggregate. Raises UserError when it is not one."""
    try:
        signed = msgspec.json.decode(data, type=Signed)
    except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
        raise UserError(f"{name}: not a clinic's aggregate: {wrong}.") from None
    if signed.aggregate.format != FORMAT:
        raise UserError(f"{name}: has the format {signed.aggregate.format!r}, not {FORMAT}.")
    if _impossible(signed.aggregate):
        raise UserError(f"{name}: holds figures no clinic's export has.", "Ask the clinic to export it again.")
    clinic_name(signed.aggregate.clinic)
    return signed


def _impossible(content: Aggregate) -> bool:
    """A count below 0, a share outside 0 to 1, an error that is not above 0: signed or not, it cannot be pooled."""
    counts = [*_counts(content).values(), content.foods_restricted, content.foods_given_back]
    days = [point.day for point in content.points]
    return (
        any(count is not None and not 0 <= count < MOST for count in counts)
        or len(set(days)) != len(days)
        or any(not 0 < one.recovered < 1 or not 0 < one.error < 100 or abs(one.cloglog) > 100 for one in content.points)
        or (
            content.effect is not None
            and (not 0 < content.effect.error < 100 or abs(content.effect.log_hazard_ratio) > 100)
        )
    )


def _canonical(content: Aggregate) -> bytes:
    return msgspec.json.encode(content, order="sorted")
