"""The physician's one-page summary as a PDF, set by typst from the same words as the page."""

from datetime import date
from itertools import groupby
from typing import Any

from zonula.reports.review_view import Page, WorkupRow
from zonula.reports.timeline import Timeline
from zonula.reports.typeset import Summary, typeset

_NO_FLAGS = (
    "None of the red flags Zonula knows was found in these records. What was never written down cannot be found."
)
_SHORT = {"figure not verified at its source": "unverified figure"}
_LONGEST_SAID = 260  # one flag must not fill the page; the whole sentence stands in the review


def review_pdf(page: Page) -> Summary:
    """The summary on one A4 page, as PDF/UA-1 where the fonts allow it."""
    return typeset("review.typ", _data(page), date.fromisoformat(page.as_of))


def _data(page: Page) -> dict[str, Any]:
    return {
        "title": f"Chart review, {page.name}, {page.as_of}",
        "name": page.name,
        "who": page.who,
        "as_of": page.as_of,
        "period": f"{page.period}, as of {page.as_of}.",
        "footer": f"Zonula {page.version}. {page.disclaimer}",
        "no_flags": _NO_FLAGS,
        "flags": [
            {
                "level": flag.level,
                "level_says": flag.level_says,
                "says": _short(flag.says),
                "evidence": flag.reason.evidence,
                "doubts": [_SHORT.get(doubt, doubt) for doubt in flag.doubts],
            }
            for flag in page.flags
        ],
        "figures": [figure._asdict() for figure in page.figures],
        "tests": ", ".join(f"{count} {outcome}" for outcome, count in page.tests),
        "specialties": ", ".join(page.specialties),
        "timeline": _timeline(page.timeline),
        "suspicions": [
            {"label": each.label, "status": each.status, "refuted": each.refuted, "tally": each.tally}
            for each in page.suspicions
        ],
        "workup": [
            (words, [_test(row) for row in rows]) for words, rows in groupby(page.workup, key=lambda row: row.words)
        ],
        "imported": f"{page.imported.says}. Every statement opens to its records and sources in the full review.",
    }


def _test(row: WorkupRow) -> str:
    """The test with what a physician must know about it; what is reassuring or missing is only named."""
    if row.status in ("reassuring", "missing"):
        return row.title
    said = ", ".join(part for part in (_short(row.result, 60), row.on, row.note) if part)
    return f"{row.title} ({said})" if said else row.title


def _timeline(drawn: Timeline | None) -> dict[str, Any] | None:
    if drawn is None:
        return None
    lanes = [lane for group in drawn.groups for lane in group.lanes if lane.tone == "domain"]
    return {
        "alt": "; ".join(lane.says for lane in lanes),
        "ticks": [{"x": tick.x, "label": tick.label} for tick in drawn.ticks if tick.major and tick.x < 97],
        "lanes": [
            {
                "label": lane.label,
                "note": lane.note,
                "spans": [{"x": span.x, "width": span.width} for span in lane.spans],
                "marks": [{"x": mark.x} for mark in lane.marks],
            }
            for lane in lanes
        ],
    }


def _short(text: str, longest: int = _LONGEST_SAID) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
