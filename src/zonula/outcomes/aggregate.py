"""What one clinic may send: counts and estimates, no rows, small cells suppressed, signed.

Every count below the declared minimum is None; where suppressing one cell of a total would let it be computed from the others, a second
one is suppressed too. The file carries the fingerprint of the definitions, and an Ed25519 signature over its canonical JSON.
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
from zonula.outcomes.recovery_time import cumulative_incidence
from zonula.outcomes.report_card import Verdict, report_card

FORMAT = "zonula.clinic-aggregate/1"


class TimePoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share recovered by a day with its standard error on the complementary log-log scale; sent only when enough are at risk."""

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
    if len(courses) < rules.least_cell:
        raise UserError(
            f"{len(courses)} patients are too few to send anything.", f"At least {rules.least_cell} are needed."
        )
    ends = suppressed({end.value: sum(one.end is end for one in outcomes) for end in End}, rules.least_cell)
    standings = suppressed(
        {kind.value: sum(one.standing is kind for one in outcomes) for kind in Standing}, rules.least_cell
    )
    harmed = [one for course in courses for one in course.adverse_events]
    harmed_people = sum(bool(course.adverse_events) for course in courses)
    card = report_card(courses, outcomes, rules, rng)
    effect = None
    if card.verdict is not Verdict.NOT_ENOUGH and card.hazard_ratio is not None and card.interval is not None:
        error = (log(card.interval[1]) - log(card.interval[0])) / (2 * 1.959963984540054)
        effect = Effect(log(card.hazard_ratio), error, card.predictors[:-1])
    serious_people = sum(any(one.serious for one in course.adverse_events) for course in courses)
    return Aggregate(
        clinic=clinic,
        definitions=rules.fingerprint,
        patients=len(courses),
        ends=ends,
        standings=standings,
        # An event count is a person count when few people have events, so it is released by the number of people behind it.
        adverse_events=len(harmed) if harmed_people >= rules.least_cell or not harmed else None,
        serious_adverse_events=sum(one.serious for one in harmed)
        if serious_people >= rules.least_cell or not serious_people
        else None,
        foods_restricted=_total([course.foods_restricted for course in courses], rules.least_cell),
        foods_given_back=_total([course.foods_given_back for course in courses], rules.least_cell),
        points=_points(outcomes, rules) if ends[End.RECOVERED.value] is not None else (),
        effect=effect,
    )


def suppressed(counts: dict[str, int], least: int) -> dict[str, int | None]:
    """Hide counts from 1 to least-1; if exactly one is hidden, hide the next smallest too, so that it cannot be subtracted out.

    A zero is released: it says that nobody is in the cell. It never serves as the second cell, as hiding a known zero hides nothing.
    """
    hidden = {name for name, count in counts.items() if 0 < count < least}
    if len(hidden) == 1:
        rest = [name for name, count in counts.items() if name not in hidden and count > 0]
        hidden.update(sorted(rest, key=lambda name: (counts[name], name))[:1])
    return {name: None if name in hidden else count for name, count in counts.items()}


def _total(values: Sequence[int | None], least: int) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) >= least else None


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
            points.append(TimePoint(point.day, point.probability, scale, error, point.at_risk))
            before = by_then
    return tuple(points)


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
    return signed


def _canonical(content: Aggregate) -> bytes:
    return msgspec.json.encode(content, order="sorted")
