"""The clinic's hypothesis: number and percent of positives tell severity, treatment and time to recover.

Carried as what it is, a versioned belief under test. Nothing in Zonula reads `HypothesisBand` to open or close a gate.
"""

import msgspec

from zonula.chart import Finding, Grade, State
from zonula.errors import KnowledgeError
from zonula.knowledge import Shelf
from zonula.skin_prick_tests.meaning import finding
from zonula.skin_prick_tests.problem import ROOM
from zonula.skin_prick_tests.reading import Count
from zonula.skin_prick_tests.session import Session


class Band(msgspec.Struct, frozen=True):
    """One band of the hypothesis. weeks: the expected duration the clinic believes in, shortest and longest."""

    id: str
    label: str
    percent_from: float
    percent_below: float
    intensity: str
    weeks: tuple[int, int]


class Calibration(msgspec.Struct, frozen=True):
    """What the clinic's own outcomes say of the hypothesis; filled by the outcome engine."""

    patients: int
    concordance: float
    interval: tuple[float, float]
    measured: str


class SeverityHypothesis(msgspec.Struct, frozen=True):
    """The card's content."""

    version: str
    evidence: str
    decided_by: str
    bands: tuple[Band, ...]
    calibration: Calibration | None = None


def severity(session: Session, counts: Count, shelf: Shelf) -> Finding:
    """The band this session falls into, labelled as the clinic's hypothesis; unknown when nothing was read."""
    card = shelf.card(f"{ROOM}/severity_hypothesis")
    if card.grade is not Grade.CLINIC_HYPOTHESIS:
        raise KnowledgeError(f"card {card.id}: a hypothesis stays graded as one until its calibration is published")
    rule = msgspec.convert(card.data, SeverityHypothesis)
    common = {"hypothesis": True}
    label = f"Clinic's hypothesis {rule.version}, {rule.evidence}"
    if counts.percent is None:
        return finding(
            f"{ROOM}.severity_hypothesis",
            f"{label}: no food was read, so it says nothing.",
            session.day,
            card,
            state=State.UNKNOWN,
            **common,
        )
    low, high = counts.interval or (counts.percent, counts.percent)
    band = _band(counts.percent, rule, card.id)
    others = [one.label for one in rule.bands if one != band and one.percent_from <= high and one.percent_below > low]
    unsure = f" The interval also reaches {' and '.join(others)}." if others else ""
    measured = (
        f"On the clinic's own {rule.calibration.patients} patients its concordance is {rule.calibration.concordance:.2f} "
        f"(95 % interval {rule.calibration.interval[0]:.2f} to {rule.calibration.interval[1]:.2f}; 0.50 is a coin)."
        if rule.calibration
        else "It has not been measured on outcomes yet."
    )
    says = (
        f"{label}: {counts.percent:.0f} % positive would be the band '{band.label}' ({band.intensity}; the clinic expects {band.weeks[0]} to {band.weeks[1]} weeks).{unsure} "
        f"{measured} It opens and closes no safety gate."
    )
    return finding(
        f"{ROOM}.severity_hypothesis", says, session.day, card, value=band.id, interval=counts.interval, **common
    )


def _band(percent: float, rule: SeverityHypothesis, card_id: str) -> Band:
    for band in rule.bands:
        if band.percent_from <= percent < band.percent_below:
            return band
    raise KnowledgeError(f"card {card_id}: no band covers {percent:.1f} %")
