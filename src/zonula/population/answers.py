"""The answers of a screening, patient by patient: as CSV, and as a worklist for whoever acts on it."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pyarrow import parquet

from zonula.errors import UserError
from zonula.population.screen import STATES, Counted, screened

WORKLIST_RULE = "burden.six_domains_at_once"  # what the structured work-up is indicated by


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of `answers/`, by rule and patient within each file."""
    for file in sorted((folder / "answers").glob("*.parquet")):
        for batch in parquet.ParquetFile(file).iter_batches():
            yield from batch.to_pylist()


def write_csv(folder: Path, to: Path | IO[str]) -> None:
    """Every answer that differs from an empty chart's: patient, rule, answer, value, because (facts parted by spaces)."""
    rules = screened(folder).rules
    with _writing(to) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["patient", "rule", "answer", "value", "because"])
        for row in rows(folder):
            value = "" if row["value"] is None else f"{row['value']:g}"
            writer.writerow(
                [_cell(row["patient"]), rules[row["rule"]].rule, STATES[row["holds"]], value, _cell(" ".join(row["because"]))]
            )  # fmt: skip


def write_worklist(folder: Path, rule: str | None, to: Path) -> None:
    """The patients a rule holds for, most reasons first, with everything else that holds for them. For inside the clinic: it names people.

    Raises UserError when the rule was not screened.
    """
    rules = screened(folder).rules
    wanted = rule or WORKLIST_RULE
    number = next((place for place, counted in enumerate(rules) if counted.rule == wanted), None)
    if number is None:
        raise UserError(f"The screening did not ask {wanted}.", "Name a rule it asked with --for.")
    listed: dict[str, dict[str, Any]] = {
        row["patient"]: row for row in rows(folder) if row["rule"] == number and row["holds"]
    }
    also: dict[str, list[Counted]] = {patient: [] for patient in listed}
    for row in rows(folder):
        if row["holds"] and row["rule"] != number and row["patient"] in also:
            also[row["patient"]].append(rules[row["rule"]])
    order = sorted(listed, key=lambda patient: (-(listed[patient]["value"] or 0), -len(also[patient]), patient))
    with _writing(to) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["patient", "rule", "says", "value", "because", "also"])
        for patient in order:
            row = listed[patient]
            value = "" if row["value"] is None else f"{row['value']:g}"
            others = "; ".join(each.rule for each in also[patient])
            says = rules[number].says
            writer.writerow([_cell(patient), wanted, says, value, _cell(" ".join(row["because"])), others])


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


@contextmanager
def _writing(to: Path | IO[str]) -> Iterator[IO[str]]:
    if not isinstance(to, Path):
        yield to
        return
    try:
        with to.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as wrong:
        raise UserError(f"{to}: could not be written ({wrong.strerror or wrong}).") from None
