"""The page that tells how an immune problem in the gut could show up as twelve symptoms, and what in that is known, plausible, hypothesis or unknown.

Every statement comes from the card `simulation/explanation` with its mark and sources; the pictures come from invented bodies.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from zonula.knowledge import Shelf
from zonula.reports import mechanism_figures as draw
from zonula.simulation import SYMPTOMS, ranges
from zonula.simulation.scenes import Scenes, scenes

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


class Standing(StrEnum):
    """How well a statement is known."""

    KNOWN = "known"
    PLAUSIBLE = "plausible"
    HYPOTHESIS = "hypothesis"
    UNKNOWN = "unknown"


MEANS = {
    Standing.KNOWN: "shown in people, more than once or in a guideline",
    Standing.PLAUSIBLE: "shown in part, or only in the laboratory",
    Standing.HYPOTHESIS: "an idea that nobody has shown yet",
    Standing.UNKNOWN: "nobody knows",
}


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence or two with how well it is known. sources: places in the card's list, from 1."""

    mark: Standing
    sources: tuple[int, ...]
    says: str


class SymptomStory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the idea would explain one symptom, and what a doctor looks for first."""

    symptom: str
    name: str
    mark: Standing
    sources: tuple[int, ...]
    says: str
    first: str


class Explanation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The statements of the page, by section."""

    wall: tuple[Statement, ...]
    passing: tuple[Statement, ...]
    reaction: tuple[Statement, ...]
    alarms: tuple[Statement, ...]
    calming: tuple[Statement, ...]
    other_causes: tuple[Statement, ...]
    limits: tuple[Statement, ...]
    symptoms: tuple[SymptomStory, ...]


def explanation(shelf: Shelf) -> Explanation:
    """The statements of the card. Raises msgspec.ValidationError when the card does not fit."""
    return msgspec.convert(shelf.card("simulation/explanation").data, Explanation)


def mechanism_html(shelf: Shelf) -> str:
    """One self-contained page: no script, no request to anywhere. Same shelf, same bytes."""
    from markupsafe import Markup

    told = explanation(shelf)
    shown = scenes(ranges(shelf))
    return _template().render(
        told=told,
        shown=shown,
        means=MEANS,
        figures={name: Markup(svg) for name, svg in _figures(shown, told).items()},  # noqa: S704 - our own drawings, words escaped
        sources=shelf.card("simulation/explanation").sources,
        model=shelf.card("simulation/mechanism"),
    )


def _figures(shown: Scenes, told: Explanation) -> dict[str, str]:
    names = {story.symptom: story.name for story in told.symptoms}
    return {
        "wall": draw.wall_figure(shown.wall),
        "passing": draw.passing_figure(shown.passing),
        "reaction": draw.reaction_figure(shown.reaction),
        "twelve": draw.twelve_figure(shown.twelve, [names[symptom] for symptom in SYMPTOMS]),
        "tolerance": draw.tolerance_figure(shown.tolerance),
        "knowing": draw.ratings_figure(shown.ratings, knowing=True),
        "blind": draw.ratings_figure(shown.ratings, knowing=False),
    }


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("mechanism.html.j2")
    template.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template
