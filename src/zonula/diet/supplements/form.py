"""What a patient takes or wants to take, and what is known of the patient. Left out means that nobody asked."""

import math
from datetime import date

import msgspec
import yaml

from zonula.diet.composition import in_unit, nutrients
from zonula.diet.requirements import Person, plausible
from zonula.errors import UserError
from zonula.knowledge import Shelf

FORMAT = "zonula.supplements/1"


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A nutrient in one dose of a product."""

    nutrient: str
    amount: float
    unit: str


class Supplement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One product. amount and unit: of the active agent in one dose; None when the label does not say."""

    name: str
    amount: float | None = None
    unit: str = ""
    doses_per_day: float = 1
    contains: tuple[Content, ...] = ()


class SupplementForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file. drugs, conditions: None when nobody asked, an empty list when there are none. surgery: the day, if one is planned."""

    format: str
    patient: str
    person: Person = Person()
    drugs: tuple[str, ...] | None = None
    conditions: tuple[str, ...] | None = None
    surgery: date | None = None
    supplements: tuple[Supplement, ...] = ()


def parse_supplements(text: str, name: str, shelf: Shelf) -> SupplementForm:
    """Read the file from YAML or JSON. Raises UserError naming what is wrong; nothing is half-read."""
    try:
        written = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise UserError(f"{name}: not readable as YAML: {' '.join(str(wrong).split())[:160]}.") from None
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise UserError(f"{name}: not a supplements file.", f"It needs `format: {FORMAT}`; write one with --template.")
    try:
        form = msgspec.convert(written, SupplementForm)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{name}: {wrong}.") from None
    plausible(form.person)
    known = nutrients(shelf)
    for one in form.supplements:
        for amount in (one.amount, one.doses_per_day, *(content.amount for content in one.contains)):
            if amount is not None and (not math.isfinite(amount) or amount < 0):
                raise UserError(f"{name}: {one.name}: an amount cannot be {amount}.")
        for content in one.contains:
            if content.nutrient not in known:
                raise UserError(
                    f"{name}: {one.name}: {content.nutrient!r} is not a nutrient we know.",
                    f"One of: {', '.join(known)}.",
                )
    return form


def daily_nutrients(form: SupplementForm, shelf: Shelf) -> tuple[dict[str, float], tuple[str, ...]]:
    """(nutrient id -> amount per day in its unit, contents that could not be counted because of their unit)."""
    iu = shelf.card("diet/supplement_rules").data["iu"]
    known = nutrients(shelf)
    totals: dict[str, float] = {}
    uncounted = []
    for one in form.supplements:
        for content in one.contains:
            unit = known[content.nutrient].unit
            if content.unit.upper() == "IU" and content.nutrient in iu:
                amount: float | None = content.amount * iu[content.nutrient]
            else:
                amount = in_unit(content.amount, content.unit, unit)
            if amount is None:
                uncounted.append(f"{one.name}: {content.nutrient} in {content.unit}")
            else:
                totals[content.nutrient] = totals.get(content.nutrient, 0.0) + amount * one.doses_per_day
    return totals, tuple(uncounted)
