"""Facts as a table for spreadsheets: one row each, with where it was read. No cell can run as a formula."""

import csv
import io

from zonula.chart import Chart, Fact, Moment

COLUMNS = (
    "kind", "start", "end", "when_in_words", "codes", "text", "value", "unit", "result_in_words", "low", "high", "interpretation",
    "status", "negated", "performer", "specialty", "provider", "recorded", "note", "details", "sources",
)  # fmt: skip
# A cell that begins with one of these is read as a formula by spreadsheets (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def facts_csv(chart: Chart) -> str:
    """The facts in chart order, UTF-8 with a header. An apostrophe stands before a text a spreadsheet would run; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for fact in chart.facts:
        writer.writerow(_row(fact))
    return out.getvalue()


def _row(fact: Fact) -> list[str]:
    value, limits = fact.value, fact.reference
    words = [
        fact.kind.value,
        _date(fact.when.start),
        _date(fact.when.end),
        fact.when.text,
        "; ".join(f"{code.system.value}:{code.code}" for code in fact.codes),
        fact.text,
        _Number(f"{value.comparator}{value.value:.12g}") if value else "",
        value.unit if value else "",
        "; ".join(
            part for part in (fact.value_text, *(f"{one.system.value}:{one.code}" for one in fact.value_codes)) if part
        ),
        _Number(f"{limits.low:.12g}") if limits and limits.low is not None else "",
        _Number(f"{limits.high:.12g}") if limits and limits.high is not None else "",
        fact.interpretation.value if fact.interpretation else "",
        fact.status.value,
        "yes" if fact.negated else "no",
        fact.performer,
        fact.specialty,
        fact.sources[0].provider if fact.sources else "",
        _date(fact.recorded),
        fact.note,
        "; ".join(f"{name}={detail}" for name, detail in fact.details),
        "; ".join(f"{one.document}, {one.place}" for one in fact.sources),
    ]
    return [word if isinstance(word, _Number) else safe_cell(word) for word in words]


class _Number(str):
    """A number in words of ours, which may begin with a minus."""


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet would run it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _date(moment: Moment | None) -> str:
    return moment.text if moment else ""
