"""Drawn tables: a chart as a small table of facts, the question, the answer. Both evaluators must give it.

The same files are printed as docs/generated/rules.md by tools/print_rules.py, which passes a recording `spec` instead.
"""

from datetime import date

import pytest

from zonula.chart import (
    Code,
    Fact,
    Interpretation,
    Kind,
    Moment,
    Patient,
    Quantity,
    ReferenceRange,
    Sex,
    Source,
    Status,
    System,
    When,
    chart_of,
)
from zonula.chart_review.compiled import Compiled
from zonula.chart_review.evaluate import PlainEvaluator
from zonula.chart_review.library import rules
from zonula.chart_review.vocabulary import vocabulary

TODAY = date(2026, 11, 24)
WORDS = {True: "yes", False: "no", None: "unknown"}


def number(text):
    comparator = next((sign for sign in ("<=", ">=", "<", ">") if text.startswith(sign)), "")
    amount, _, unit = text.removeprefix(comparator).partition(" ")
    return Quantity(float(amount), unit, comparator)


def limits(text):
    """`13-17` or `-4.5` (no lower limit) or `30-` (no upper limit)."""
    low, _, high = text.partition("-")
    return ReferenceRange(float(low) if low else None, float(high) if high else None)


def codes(text):
    """`icd10cm R53.83` or several, separated by commas."""
    pairs = (pair.split() for pair in text.split(",") if pair.strip())
    return tuple(Code(System(system), code) for system, code in pairs)


def moment(text):
    return Moment.parse(text) if text else None


def fact(row):
    """One fact from a row of named cells; every cell but the kind may be missing."""
    return Fact(
        id=row["id"],
        kind=Kind(row["kind"]),
        sources=(Source("drawn table", f"row {row['id']}", row.get("provider", "")),),
        codes=codes(row.get("code", "")),
        text=row.get("text", ""),
        when=When(moment(row.get("when", "")), moment(row.get("end", ""))),
        recorded=moment(row.get("recorded", "")),
        status=Status(row.get("status") or "confirmed"),
        negated=row.get("negated", "") == "yes",
        value=number(row["value"]) if row.get("value") else None,
        value_text=row.get("answer", ""),
        value_codes=codes(row.get("answer code", "")),
        interpretation=Interpretation(row["interpretation"]) if row.get("interpretation") else None,
        reference=limits(row["limits"]) if row.get("limits") else None,
        specialty=row.get("specialty", ""),
        performer=row.get("by", ""),
        details=(("reason", row["reason"]),) if row.get("reason") else (),
    )


def chart(table, patient="female born 1980-05-01"):
    """A chart from a drawn table: a header line, then one fact per line, cells separated by `|`."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines() if line.strip()]
    rows = [dict(zip(lines[0], cells, strict=True)) for cells in lines[1:]] if lines else []
    sex, _, born = patient.partition(" born ")
    return chart_of(Patient(id="p", sex=Sex(sex), birth=moment(born)), [fact(row) for row in rows])


def question(rule):
    """A node, or the id of a rule of the library."""
    return next(known.when for known in rules() if known.id == rule) if isinstance(rule, str) else rule


def ask(table, rule, patient="female born 1980-05-01"):
    """What both evaluators answer, after checking that they agree."""
    drawn, node = chart(table, patient), question(rule)
    plain = PlainEvaluator(drawn, TODAY, vocabulary()).truth(node)
    compiled = Compiled([node], vocabulary())
    assert compiled.truth(node, compiled.open(drawn, TODAY)) == plain
    return plain


@pytest.fixture(scope="session")
def spec():
    """Asserts the answer and, when given, the ids of the facts it rests on."""

    def check(table, rule, answer, because=None, patient="female born 1980-05-01"):
        found = ask(table, rule, patient)
        assert WORDS[found.holds] == answer
        if because is not None:
            assert " ".join(found.because) == because

    return check
