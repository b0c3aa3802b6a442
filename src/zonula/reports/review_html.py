"""The review as one self-contained page: no script, no request to anywhere, everything from the chart escaped."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from zonula.reports.review_view import Page

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
# A reason lists this many records in full; the rest are numbers that lead to the list of records, so that a long chart stays a light page.
_SHOWN_IN_FULL = 25
_TONES = {"abnormal": "urgent", "inconclusive": "prompt", "normal": "normal", "not judged": "unjudged"}


def review_html(page: Page) -> str:
    """The page as HTML text."""
    return _template().render(page=page, shown=_SHOWN_IN_FULL, tones=_TONES)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("review.html.j2")
    template.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template
