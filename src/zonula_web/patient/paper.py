"""The diary on paper: a PDF by days, in the words of the phone."""

from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import typst

from zonula import __version__
from zonula_web.patient.said import kind_of, says
from zonula_web.records.diary import Kept, entries
from zonula_web.records.read import Patient

_TEMPLATE = Path(__file__).parent / "diary.typ"


def diary_pdf(patient: Patient, now: datetime) -> bytes:
    """Every entry that stands, by day; accessible (PDF/UA-1) where the fonts of this machine have all its letters."""
    kept = sorted(entries(patient), key=lambda one: one.entry.at)
    period = f"{kept[0].entry.at[:10]} to {kept[-1].entry.at[:10]}" if kept else "no entries"
    data = {
        "title": "Diary",
        "name": patient.name,
        "who": f"{patient.name}{f', born {patient.born}' if patient.born else ''}. {period}. Printed {now:%Y-%m-%d %H:%M}.",
        "period": period,
        "version": f"Zonula {__version__}",
        "days": [
            {"title": f"{date.fromisoformat(day):%A, %d %B %Y}", "lines": [_line(one) for one in lines]}
            for day, lines in groupby(kept, key=lambda one: one.entry.at[:10])
        ],
    }
    inputs = {"diary": msgspec.json.encode(data).decode()}
    for ignore_system_fonts in (True, False):
        compiler = typst.Compiler(_TEMPLATE.read_bytes(), ignore_system_fonts=ignore_system_fonts, sys_inputs=inputs)
        try:
            return _bytes(
                compiler.compile(
                    format="pdf", pdf_standards=["ua-1"], timestamp=now.astimezone(UTC).replace(microsecond=0)
                )
            )
        except typst.TypstError as wrong:
            if "could not be displayed" not in str(wrong):
                raise
    return _bytes(typst.Compiler(_TEMPLATE.read_bytes(), sys_inputs=inputs).compile(format="pdf"))


def _line(kept: Kept) -> dict[str, str]:
    disputed = "Another version of an entry, not chosen yet: " if kept.disputes else ""
    return {"time": kept.entry.at[11:], "kind": kind_of(kept.entry), "says": disputed + says(kept.entry)}


def _bytes(compiled: Any) -> bytes:
    return b"".join(compiled) if isinstance(compiled, list) else bytes(compiled)
