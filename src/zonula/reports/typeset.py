"""Setting a PDF with typst: the fonts inside the package first, PDF/UA-1 where they have every letter, the same bytes for the same data."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

TEMPLATES = Path(__file__).parent / "templates"


class Summary(NamedTuple):
    """A finished PDF. accessible: whether it meets PDF/UA-1; False when this machine has no font for some of its letters."""

    pdf: bytes
    accessible: bool


def typeset(template: str, data: dict[str, Any], written_on: date) -> Summary:
    """The template filled with data. written_on: the day the PDF says it was made; there is no clock here.

    The fonts are those inside the typst package, so that it looks the same everywhere; only for letters they lack are the machine's own
    fonts asked. When none has them the page is still written, with boxes in their place, and `accessible` is False.
    """
    import typst

    inputs = {"page": msgspec.json.encode(data).decode()}
    source = (TEMPLATES / template).read_bytes()
    at = datetime(written_on.year, written_on.month, written_on.day, tzinfo=UTC)
    for ignore_system_fonts in (True, False):
        try:
            compiler = typst.Compiler(source, ignore_system_fonts=ignore_system_fonts, sys_inputs=inputs)
            return Summary(_bytes(compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=at)), True)
        except typst.TypstError as wrong:
            if "could not be displayed" not in str(wrong):
                raise
    compiler = typst.Compiler(source, sys_inputs=inputs)
    return Summary(_bytes(compiler.compile(format="pdf", timestamp=at)), False)


def _bytes(compiled: Any) -> bytes:
    return b"".join(compiled) if isinstance(compiled, list) else bytes(compiled)
