"""The answers of a screening, patient by patient: as CSV, and as a worklist for whoever acts on it."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

import msgspec
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


class Reason(msgspec.Struct, frozen=True):
    """A rule that holds for the patient. facts: ids of the facts it rests on, in chart order; value: the number it was decided on."""

    rule: str
    says: str
    card: str
    value: float | None
    facts: tuple[str, ...]


class Entry(msgspec.Struct, frozen=True):
    """One patient to look at. patient, identifiers: as the records name them, `system|value`. reason: why; also: what else holds."""

    patient: str
    name: str
    birth: str
    sex: str
    identifiers: tuple[str, ...]
    reason: Reason
    also: tuple[Reason, ...]


class Worklist(msgspec.Struct, frozen=True, kw_only=True):
    """The patients a rule holds for, most reasons first. It names people: for inside the clinic only. staged: fingerprint of the input."""

    schema: str = "zonula.worklist/1"
    rule: str
    says: str
    today: date
    staged: str
    entries: tuple[Entry, ...]


def worklist(folder: Path, rule: str | None = None) -> Worklist:
    """The worklist of a screening. Raises UserError when the rule was not screened."""
    found = screened(folder)
    wanted = rule or WORKLIST_RULE
    number = next((place for place, counted in enumerate(found.rules) if counted.rule == wanted), None)
    if number is None:
        raise UserError(f"The screening did not ask {wanted}.", "Name a rule it asked with --for.")
    listed = {
        row["patient"]: _reason(row, found.rules) for row in rows(folder) if row["rule"] == number and row["holds"]
    }
    also: dict[str, list[Reason]] = {patient: [] for patient in listed}
    for row in rows(folder):
        if row["holds"] and row["rule"] != number and row["patient"] in also:
            also[row["patient"]].append(_reason(row, found.rules))
    order = sorted(listed, key=lambda patient: (-(listed[patient].value or 0), -len(also[patient]), patient))
    people = {row["patient"]: row for row in _people(folder) if row["patient"] in listed}
    if any("identifiers" not in row for row in people.values()):
        raise UserError(f"{folder} was screened by an older version of Zonula.", "Screen again.")
    return Worklist(
        rule=wanted,
        says=found.rules[number].says,
        today=found.today,
        staged=found.staged,
        entries=tuple(
            Entry(
                patient,
                people[patient]["name"],
                people[patient]["birth"] or "",
                people[patient]["sex"],
                tuple(people[patient]["identifiers"]),
                listed[patient],
                tuple(also[patient]),
            )
            for patient in order
        ),
    )


def _reason(row: dict[str, Any], rules: Sequence[Counted]) -> Reason:
    counted = rules[row["rule"]]
    return Reason(counted.rule, counted.says, counted.card, row["value"], tuple(row["because"]))


def _people(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted((folder / "patients").glob("*.parquet")):
        for batch in parquet.ParquetFile(file).iter_batches():
            yield from batch.to_pylist()


def write_worklist(found: Worklist, to: Path) -> None:
    """As JSON (`docs/schemas/worklist.schema.json`) into a file that ends in `.json`, else as CSV."""
    if to.suffix.lower() == ".json":
        with _writing(to) as out:
            out.write(msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n")
        return
    with _writing(to) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["patient", "identifiers", "rule", "says", "value", "because", "also"])
        for entry in found.entries:
            reason = entry.reason
            value = "" if reason.value is None else f"{reason.value:g}"
            others = "; ".join(each.rule for each in entry.also)
            cells = (entry.patient, " ".join(entry.identifiers), " ".join(reason.facts))
            patient, identifiers, because = map(_cell, cells)
            writer.writerow([patient, identifiers, reason.rule, reason.says, value, because, others])


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
