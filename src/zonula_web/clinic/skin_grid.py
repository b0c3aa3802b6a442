"""The grid of a session as the template shows it: one cell for each site, fields with their errors."""

from collections.abc import Mapping
from typing import NamedTuple

from zonula.skin_prick_tests import Panel
from zonula_web.clinic.skin_entry import ASTHMA, CONTROLS, DRUG_STATES, MOST_DRUGS, QUESTIONS

SPARE_DRUGS = 2


class Cell(NamedTuple):
    """One site: its two diameters as typed."""

    site: str
    label: str
    first: str
    second: str
    error: str
    first_wrong: bool
    second_wrong: bool


class Option(NamedTuple):
    """One option of a select."""

    value: str
    label: str
    chosen: bool


class Asked(NamedTuple):
    """A field with few answers."""

    name: str
    label: str
    options: tuple[Option, ...]
    error: str = ""


class Line(NamedTuple):
    """A field of text."""

    name: str
    label: str
    help: str
    value: str
    error: str
    mode: str = "text"


class DrugLine(NamedTuple):
    """One drug."""

    number: int
    name: str
    last: str
    name_error: str
    last_error: str
    site: tuple[Option, ...]


class Grid(NamedTuple):
    """The whole form. corrects: the day of the session it corrects, or empty."""

    controls: tuple[Cell, ...]
    foods: tuple[Cell, ...]
    session: tuple[Line, ...]
    minutes: tuple[Line, ...]
    asthma: Asked
    more: tuple[Line, ...]
    questions: tuple[Asked, ...]
    drugs: Asked
    drug_lines: tuple[DrugLine, ...]
    corrects: str


def grid_of(typed: Mapping[str, str], panel: Panel, problems: Mapping[str, str]) -> Grid:
    """The form as typed, with the problems beside their fields."""

    def cell(site: str, label: str) -> Cell:
        first, second = f"w1.{site}", f"w2.{site}"
        error = problems.get(first) or problems.get(second) or ""
        return Cell(
            site, label, typed.get(first, ""), typed.get(second, ""), error, first in problems, second in problems
        )

    def line(name: str, label: str, text: str = "", mode: str = "text") -> Line:
        return Line(name, label, text, typed.get(name, ""), problems.get(name, ""), mode)

    def asked(name: str, label: str, options: tuple[tuple[str, str], ...]) -> Asked:
        chosen = typed.get(name, "")
        return Asked(
            name,
            label,
            tuple(Option(value, words, value == chosen) for value, words in options),
            problems.get(name, ""),
        )

    truth = (("", "not written down"), ("yes", "yes"), ("no", "no"))
    named = [number for number in range(MOST_DRUGS) if typed.get(f"drug{number}.name")]
    shown = min(MOST_DRUGS, (named[-1] + 1 if named else 0) + SPARE_DRUGS)
    return Grid(
        controls=tuple(cell(site, label) for site, label in CONTROLS),
        foods=tuple(cell(food.id, food.label) for food in panel.foods),
        session=(
            line("day", "Day of the test", "YYYY-MM-DD", "numeric"),
            line("operator", "Who tests"),
            line("device", "Device"),
            line("body_site", "Body site", "forearm, back"),
        ),
        minutes=(
            line("control_min", "Controls read after", "minutes", "decimal"),
            line("food_min", "Foods read after", "minutes", "decimal"),
        ),
        asthma=asked("asthma", "Asthma today", ASTHMA),
        more=(
            line("fev1_percent", "FEV1", "percent of predicted, if measured", "decimal"),
            line("last_anaphylaxis", "Last anaphylaxis", "YYYY-MM-DD; empty when never or not known", "numeric"),
        ),
        questions=tuple(asked(name, label, truth) for name, label in QUESTIONS),
        drugs=asked("drugs", "Drugs in the weeks before", DRUG_STATES),
        drug_lines=tuple(
            DrugLine(
                number,
                typed.get(f"drug{number}.name", ""),
                typed.get(f"drug{number}.last", ""),
                problems.get(f"drug{number}.name", ""),
                problems.get(f"drug{number}.last", ""),
                asked(f"drug{number}.site", "", (("", "not known"), ("yes", "yes"), ("no", "no"))).options,
            )
            for number in range(shown)
        ),
        corrects=typed.get("corrects", ""),
    )
