"""The report of a blinded trial on paper and on screen, both from the same words (`food_triggers.blinded.report`)."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from zonula.food_triggers.blinded.report import Report
from zonula.reports.trial_figures import means_figure, ratings_figure

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
NOTE = (
    "Zonula does not diagnose. The verdict is about one food, one amount and one person, and the clinician weighs it."
)
ARMS = {"active": "food", "sham": "sham"}


def trial_html(report: Report) -> str:
    """One self-contained page: no script, no request to anywhere, everything escaped."""
    from markupsafe import Markup

    drawings = [
        (caption, Markup(drawing))  # noqa: S704 - drawn by us; the words in it are escaped where it is drawn
        for caption, drawing in _drawings(report)
    ]
    return _template().render(report=report, drawings=drawings, arms=ARMS, note=NOTE)


def trial_pdf(report: Report) -> bytes:
    """The same report set by typst."""
    import typst

    page = {
        "title": report.title,
        "note": NOTE,
        "plain": report.plain,
        "decision": report.verdict.decision.value.replace("_", " "),
        "items": [{"number": item.number, "topic": item.topic, "says": item.says} for item in report.items],
        "periods": [
            [
                str(row.number),
                ARMS[row.arm.value],
                row.began.isoformat() if row.began else "not begun",
                "not measured" if row.mean is None else f"{row.mean:.1f}",
                str(row.rated_days),
                row.guess,
            ]
            for row in report.periods
        ],
        "drawings": [{"caption": caption, "svg": drawing} for caption, drawing in _drawings(report)],
        "record_hash": report.record_hash,
    }
    compiled = typst.Compiler(
        (TEMPLATES / "trial.typ").read_bytes(), sys_inputs={"page": msgspec.json.encode(page).decode()}
    ).compile(format="pdf")
    return b"".join(compiled) if isinstance(compiled, list) else bytes(compiled or b"")


def _drawings(report: Report) -> list[tuple[str, str]]:
    outcome = report.trial.design.primary
    return [
        (
            f"Every rating of {outcome}. Shaded: the hours that count, filled dots with the food, rings with the sham; small dots do not count.",
            ratings_figure(report),
        ),
        (f"Mean {outcome} of each period, and of each arm as a bar.", means_figure(report)),
    ]


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("trial.html.j2")
    template.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template
