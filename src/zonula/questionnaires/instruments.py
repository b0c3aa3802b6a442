"""The instruments on the shelf: what each measures, how it is scored, what its licence allows.

One card per instrument in `knowledge/questionnaires/instruments`. An instrument is offered with its items (a FHIR file beside
this module), as a scoring adapter only (whoever holds the licence loads the items), or not at all, with the reason.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from zonula.errors import KnowledgeError, UserError
from zonula.knowledge import Card, shelf
from zonula.questionnaires.definition import Item, ItemType, Questionnaire
from zonula.questionnaires.form import Form, Given
from zonula.questionnaires.reading import load

_SHELF = "questionnaires/instruments"
_RUN = re.compile(r"(.*?)(\d+)\.\.(\d+)")


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A range of scores with a name. at_least: inclusive lower edge; above: exclusive lower edge (exactly one is given)."""

    label: str
    at_least: float | None = None
    above: float | None = None
    ask: str = ""

    def reached(self, value: float) -> bool:
        """Whether the value lies at or beyond the lower edge."""
        return value >= self.at_least if self.at_least is not None else value > self.above  # type: ignore[operator]


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How one score is made.

    sum, mean: of the items' points. value: of the only item. count: items worth at least `counts_from`. pairs: consecutive
    pairs of which both are worth at least `counts_from`. low, high: the range of one answer. cap: ceiling of the score.
    recode: points to use instead of the answered ones. may_not_apply: items whose absence may mean "not asked of this person".
    """

    id: str
    title: str
    method: Literal["sum", "mean", "value", "count", "pairs"]
    items: tuple[str, ...]
    low: float = 0
    high: float
    item_high: dict[str, float] = {}
    allowed: tuple[float, ...] = ()
    counts_from: float = 1
    cap: float | None = None
    recode: dict[str, float] = {}
    may_not_apply: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    unit: str = "points"
    better: Literal["lower", "higher", "neither"] = "lower"

    def reached(self, value: float) -> Band | None:
        """The band a value falls in, or None when it lies below all of them or there are none."""
        for band in reversed(self.bands):
            if band.reached(value):
                return band
        return None

    def band(self, value: float) -> str:
        """The name of that band, or an empty string."""
        reached = self.reached(value)
        return reached.label if reached else ""

    def ask(self, value: float) -> str:
        """What that band asks the clinician to do, or an empty string."""
        reached = self.reached(value)
        return reached.ask if reached else ""


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One questionnaire and its rules, from a card. See the module docstring for `offered`."""

    id: str = ""
    offered: Literal["items", "adapter", "no"]
    licence: str
    why: str = ""
    url: str = ""
    panel: str = ""
    recall: str = ""
    language: str = "en"
    measures: str = ""
    scales: tuple[Scale, ...] = ()
    item_codes: dict[str, str] = {}
    answer_points: dict[str, float] = {}  # by answer code or lower-case wording
    wording: str = ""

    @property
    def card_id(self) -> str:
        """The card it was read from."""
        return f"{_SHELF}/{self.id}"

    def points(self, given: Given) -> float | None:
        """What an answer is worth: the instrument's own points for its code or wording, else those written in the form."""
        if self.answer_points and given.code:
            own = self.answer_points.get(given.code)
            return self.answer_points.get(str(given.value).lower(), given.points) if own is None else own
        return given.points


@cache
def instruments() -> dict[str, Instrument]:
    """Every instrument by id, in order of id. Raises KnowledgeError when a card does not describe one."""
    return {instrument.id: instrument for instrument in _read()}


def instrument_named(name: str) -> Instrument:
    """The instrument of that id. Raises UserError with the ids there are."""
    if name not in instruments():
        raise UserError(f"there is no questionnaire called {name}.", f"Choose one of: {', '.join(instruments())}.")
    return instruments()[name]


def card_of(instrument: Instrument) -> Card:
    """The card behind an instrument."""
    return shelf().card(instrument.card_id)


@cache
def shipped(name: str) -> Questionnaire:
    """The questionnaire of an instrument: its items where we may ship them, otherwise numbered places without wording.

    Raises UserError for an unknown or withheld instrument.
    """
    instrument = instrument_named(name)
    if instrument.offered == "no":
        raise UserError(f"{name} is not offered: {instrument.why}")
    if instrument.offered == "items":
        document = files("zonula.questionnaires").joinpath("instruments", f"{name}.json").read_bytes()
        return load(document, f"{name}.json")
    return Questionnaire(
        url=instrument.url,
        title=f"{card_of(instrument).title} (places for answers; the wording is held by the licensee)",
        status="active",
        items=tuple(_places(instrument)),
    )


def instrument_of(form: Form) -> Instrument | None:
    """The instrument a form is an edition of: by its address, or by its LOINC panel code; None when we know no scoring for it."""
    questionnaire = form.questionnaire
    codes = {code.code for code in questionnaire.codes}
    for instrument in instruments().values():
        if instrument.url and instrument.url == questionnaire.url:
            return instrument
    for instrument in instruments().values():
        if instrument.panel and instrument.panel in codes:
            return instrument
    return None


def places(form: Form, instrument: Instrument) -> dict[str, str]:
    """Where each item of the instrument stands in this form: by linkId, else by LOINC code. Absent items are left out."""
    by_code = {code.code: link for link, node in form.nodes.items() for code in node.item.codes}
    found = {}
    for scale in instrument.scales:
        for item in scale.items:
            link = item if item in form.nodes else by_code.get(instrument.item_codes.get(item, ""))
            if link is not None:
                found[item] = link
    return found


def _read() -> Iterator[Instrument]:
    for card in shelf().cards(_SHELF):
        name = card.id.rpartition("/")[2]
        data: dict[str, Any] = dict(card.data or {})
        data["scales"] = [_spelled_out(scale) for scale in data.get("scales", ())]
        try:
            instrument = msgspec.convert(data, Instrument)
        except msgspec.ValidationError as wrong:
            raise KnowledgeError(f"card {card.id}: data: {wrong}") from None
        for scale in instrument.scales:
            for band in scale.bands:
                if (band.at_least is None) == (band.above is None):
                    raise KnowledgeError(f"card {card.id}: band {band.label!r} needs at_least or above, and not both")
        yield msgspec.structs.replace(instrument, id=name)


def _spelled_out(scale: dict[str, Any]) -> dict[str, Any]:
    """`chemical-1..10` stands for chemical-1 to chemical-10."""
    items: list[str] = []
    for written in scale.get("items", ()):
        run = _RUN.fullmatch(written)
        items += [f"{run[1]}{number}" for number in range(int(run[2]), int(run[3]) + 1)] if run else [written]
    return {**scale, "items": items}


def _places(instrument: Instrument) -> Iterator[Item]:
    seen = set()
    for scale in instrument.scales:
        for item in scale.items:
            if item not in seen:
                seen.add(item)
                high = scale.item_high.get(item, scale.high)
                yield Item(link_id=item, type=ItemType.DECIMAL, minimum=scale.low, maximum=high, codes=())
