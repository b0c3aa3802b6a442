"""What a clinic writes down during a skin prick test, and what is refused before anything is read from it.

A session file is YAML or JSON in the form of `Session` (see `docs/skin-prick-tests.md`; `zonula skin-test read --template` writes one).
"""

import math
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from zonula.chart import State
from zonula.errors import UserError
from zonula.knowledge import fitted, read_yaml
from zonula.skin_prick_tests.panel import Panel

FORMAT = "zonula.skin-test-session/1"
HISTAMINE, NEGATIVE = "histamine", "negative"
# No wheal of a prick is larger than a forearm is wide; a figure above this is a slip of the hand or of the unit.
LARGEST_MM = 80.0
LOWEST_FEV1, HIGHEST_FEV1 = 5.0, 200.0  # outside this a slip of the hand, not a breath
LONGEST_READING = 24 * 60.0  # minutes; a prick test is read the same day
_QUESTIONS = frozenset({"pregnant", "physician_on_site", "adrenaline_ready", "dermographism", "skin_disease_at_site"})


def millimetres(size: float) -> float:
    """A length to a hundredth of a millimetre: finer than any ruler, coarser than the noise of binary fractions (3.3 - 0.3)."""
    return round(size, 2)


class Asthma(StrEnum):
    """The asthma state on the day of the test; UNKNOWN means nobody wrote it down."""

    NONE = "none"
    CONTROLLED = "controlled"
    UNCONTROLLED = "uncontrolled"
    UNKNOWN = "unknown"


class Prick(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One site. food: a food id of the panel, `histamine` or `negative`.

    wheal_mm: largest diameter and its orthogonal, in mm; or wheal_area_mm2 from a planimeter. read_after_min: minutes from
    application to reading. Nothing written means not read, which is not "no wheal": no wheal is `[0, 0]`.
    """

    food: str
    wheal_mm: tuple[float, float] | None = None
    wheal_area_mm2: float | None = None
    flare_mm: tuple[float, float] | None = None
    read_after_min: float | None = None
    site: str = ""
    extract: str = ""
    lot: str = ""

    @property
    def is_control(self) -> bool:
        """Whether this site is a control and not a food."""
        return self.food in (HISTAMINE, NEGATIVE)

    @property
    def mean_mm(self) -> float | None:
        """Mean wheal diameter in mm; the diameter of the equal circle for an area; None when not read."""
        if self.wheal_mm is not None:
            return millimetres(sum(self.wheal_mm) / 2)
        if self.wheal_area_mm2 is not None:
            return millimetres(2 * math.sqrt(self.wheal_area_mm2 / math.pi))
        return None


class Drug(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A drug in use before the test. last_dose None means nobody knows when it was last taken."""

    name: str
    last_dose: date | None = None
    at_test_site: bool | None = None


class Eating(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known of eating one food: whether it is tolerated now, and when it was last eaten."""

    tolerated: State = State.UNKNOWN
    last_eaten: date | None = None


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who was tested."""

    id: str
    birth: date | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One skin prick test session. `drugs` None means that nobody asked; an empty list means none are taken."""

    format: str
    patient: Subject
    day: date
    pricks: tuple[Prick, ...]
    drugs: tuple[Drug, ...] | None = None
    asthma: Asthma = Asthma.UNKNOWN
    fev1_percent: float | None = None
    pregnant: State = State.UNKNOWN
    last_anaphylaxis: date | None = None
    physician_on_site: State = State.UNKNOWN
    adrenaline_ready: State = State.UNKNOWN
    dermographism: State = State.UNKNOWN
    skin_disease_at_site: State = State.UNKNOWN
    device: str = ""
    body_site: str = ""
    operator: str = ""
    eating: dict[str, Eating] = {}

    @property
    def foods(self) -> tuple[Prick, ...]:
        """The food sites, in the order written."""
        return tuple(prick for prick in self.pricks if not prick.is_control)

    def control(self, name: str) -> Prick | None:
        """The histamine or negative control, or None when it was not placed."""
        return next((prick for prick in self.pricks if prick.food == name), None)

    @property
    def age_years(self) -> int | None:
        """Whole years on the day of the test; None when the birth date is unknown."""
        born = self.patient.birth
        if born is None:
            return None
        return self.day.year - born.year - ((self.day.month, self.day.day) < (born.month, born.day))


def parse_session(text: str, name: str, panel: Panel) -> Session:
    """Read one session from YAML or JSON text. Raises UserError naming the field and the cure; nothing is half-read."""
    written: Any = read_yaml(text, name)
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise UserError(
            f"{name}: not a skin test session.", f"It needs `format: {FORMAT}`; write a template with --template."
        )
    if written.get("asthma", False) not in (False, *Asthma):
        raise UserError(f"{name}: asthma is one of {', '.join(Asthma)}.", "Write how well it is controlled.")
    session = fitted(_plain_answers(written), Session, name)
    _check(session, name, panel)
    return session


def _plain_answers(written: dict[str, Any]) -> dict[str, Any]:
    """YAML reads an unquoted yes or no as true or false; both spellings are the same answer."""
    words = {True: "yes", False: "no"}
    plain = {
        key: words[value] if key in _QUESTIONS and isinstance(value, bool) else value for key, value in written.items()
    }
    if plain.get("asthma") is False:
        plain["asthma"] = Asthma.NONE.value
    eating = plain.get("eating")
    if isinstance(eating, dict):
        plain["eating"] = {
            food: {**known, "tolerated": words[known["tolerated"]]}
            if isinstance(known, dict) and isinstance(known.get("tolerated"), bool)
            else known
            for food, known in eating.items()
        }
    return plain


def _check(session: Session, name: str, panel: Panel) -> None:
    known = panel.labels
    seen: set[str] = set()
    for number, prick in enumerate(session.pricks, 1):
        where = f"{name}: prick {number} ({prick.food})"
        if prick.food in seen:
            raise UserError(f"{where}: this food or control stands twice.", "Keep one reading per site.")
        seen.add(prick.food)
        _check_prick(prick, where)
        if not prick.is_control and prick.food not in known:
            raise UserError(
                f"{where}: not on the panel {panel.name}.",
                "Use the panel's ids, or give your clinic's own panel with --panel.",
            )
    unknown = sorted(set(session.eating) - {prick.food for prick in session.foods})
    if unknown:
        raise UserError(f"{name}: eating names {', '.join(unknown)}, which was not pricked.", "Check the spelling.")
    dated = [
        ("the patient's birth", session.patient.birth),
        ("the last anaphylaxis", session.last_anaphylaxis),
        *((f"the last dose of {drug.name}", drug.last_dose) for drug in session.drugs or ()),
        *((f"the last meal of {food}", eating.last_eaten) for food, eating in session.eating.items()),
    ]
    for what, day in dated:
        if day is not None and day > session.day:
            raise UserError(f"{name}: {what} lies after the test.", "Check both dates.")
    if session.fev1_percent is not None and not LOWEST_FEV1 <= session.fev1_percent <= HIGHEST_FEV1:
        raise UserError(f"{name}: fev1_percent is a percentage of the predicted value.")


def _check_prick(prick: Prick, where: str) -> None:
    if prick.wheal_mm is not None and prick.wheal_area_mm2 is not None:
        raise UserError(f"{where}: has both diameters and an area.", "Keep what was measured.")
    area = () if prick.wheal_area_mm2 is None else (prick.wheal_area_mm2,)
    sizes = [*(prick.wheal_mm or ()), *(prick.flare_mm or ()), *area]
    if any(not math.isfinite(size) or size < 0 for size in sizes):
        raise UserError(f"{where}: a wheal or flare cannot be negative.")
    if prick.mean_mm is not None and max(prick.mean_mm, *(prick.wheal_mm or (0,))) > LARGEST_MM:
        raise UserError(f"{where}: a wheal above {LARGEST_MM:g} mm.", "Diameters are in millimetres, areas in mm².")
    if prick.read_after_min is not None and not 0 <= prick.read_after_min <= LONGEST_READING:
        raise UserError(f"{where}: read_after_min must be minutes from application to reading.")
