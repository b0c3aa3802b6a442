"""The CSV a clinic types by hand: one line per fact. The format is described in docs/csv-template.md.

`read` is pure: bytes in, facts and a report out. A line that cannot be used is reported with its reason; the others are kept.
"""

from importlib.resources import files

from zonula.chart import Fact, Patient, Sex
from zonula.chart_import.csv_template.cells import Wrong
from zonula.chart_import.csv_template.columns import COLUMNS, NAMING, REQUIRED, nearest, spelled
from zonula.chart_import.csv_template.lines import fact, person
from zonula.chart_import.csv_template.table import NotATableError, Row, rows, separator_of, text_of
from zonula.chart_import.report import DocumentReport, ReadDocument, Skipped

__all__ = ["COLUMNS", "read", "template"]


def template() -> str:
    """The empty template with two example lines, as text."""
    return files(__name__).joinpath("template.csv").read_text(encoding="utf-8")


def read(data: bytes, name: str) -> ReadDocument:
    """Read one file. A file that is not the template comes back as kind "refused" with the cure; it never raises for bad input."""
    try:
        text, encoding_warning = text_of(data)
        lines = iter(rows(text, separator := separator_of(_first_line(text))))
        header = next(lines, None)
        columns = _columns(header)
    except NotATableError as why:
        refused = DocumentReport(name=name, kind="refused", skipped=(Skipped(name, "document", str(why)),))
        return ReadDocument(report=refused)
    sheet = _Sheet(name, columns, decimal_comma=separator != ",")
    if encoding_warning:
        sheet.warnings.append(encoding_warning)
    if header is not None:
        sheet.report_unknown(header.cells)
    for row in lines:
        sheet.read_row(row)
    return sheet.finished()


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _columns(header: Row | None) -> tuple[str, ...]:
    """The columns in file order, unknown ones as an empty name. Raises NotATableError when it is not the template."""
    if header is None:
        raise NotATableError("is empty; start from the template (docs/csv-template.md)")
    names = tuple(spelled(cell) for cell in header.cells)
    missing = [name for name in REQUIRED if name not in names]
    if not set(NAMING) & set(names):
        missing.append("text or code")
    if missing:
        # A file without a header begins with a patient: only what resembles a column's name is repeated.
        others = [cell for cell in header.cells if cell and spelled(cell) not in COLUMNS]
        near = [f"{cell!r}{guess}" for cell in others if (guess := nearest(cell, COLUMNS))]
        found = f"; {len(others)} of its cells name no column of it" if others else ""
        found += f": {', '.join(near[:12])}" if near else ""
        raise NotATableError(
            f"is not the Zonula template: the first line lacks {', '.join(missing)}{found}. "
            "Start from the template (docs/csv-template.md)"
        )
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if twice:
        raise NotATableError(f"names {', '.join(twice)} more than once in its first line; keep one column of each name")
    return tuple(name if name in COLUMNS else "" for name in names)


class _Sheet:
    """What is collected while the lines are read."""

    def __init__(self, document: str, columns: tuple[str, ...], *, decimal_comma: bool) -> None:
        self.document = document
        self.columns = columns
        self.decimal_comma = decimal_comma
        self.people: dict[str, Patient] = {}
        self.facts: dict[str, list[Fact]] = {}
        self.read: dict[str, int] = {}
        self.skipped: list[Skipped] = []
        self.warnings: list[str] = []

    def report_unknown(self, header: tuple[str, ...]) -> None:
        """Name the columns that are not read, with the nearest known ones."""
        for cell, column in zip(header, self.columns, strict=True):
            if not column and cell:
                self.warnings.append(
                    f"column {cell!r} is not part of the template and is not read{nearest(cell, COLUMNS)}"
                )

    def read_row(self, row: Row) -> None:
        """Read one line, or say why not."""
        place = f"line {row.line}"
        try:
            if row.wrong:
                raise Wrong(row.wrong)
            extra = [cell for cell in row.cells[len(self.columns) :] if cell]
            if extra:
                raise Wrong(
                    f"it has {len(row.cells)} cells but the first line has {len(self.columns)}; "
                    "a text that contains the separator must stand in quotation marks"
                )
            cells = {column: cell for column, cell in zip(self.columns, row.cells, strict=False) if column}
            written = person(cells)
            known = self._same_person(written)
            made = fact(cells, self.document, row.line, self.decimal_comma)
        except Wrong as why:
            self.skipped.append(Skipped(self.document, place, str(why)))
            return
        self.people[written.id] = known
        facts = self.facts.setdefault(written.id, [])
        self.warnings.extend(f"{place}: {warning}" for warning in made.warnings)
        if made.fact is not None:
            facts.append(made.fact)
            self.read[made.fact.kind.value] = self.read.get(made.fact.kind.value, 0) + 1

    def _same_person(self, written: Patient) -> Patient:
        """The person so far with what this line adds. Raises Wrong when it contradicts an earlier line."""
        known = self.people.get(written.id)
        if known is None:
            return written
        if known.birth and written.birth and known.birth.text != written.birth.text:
            raise Wrong("birth_date is another one than on an earlier line of this patient; one of them is wrong")
        if Sex.UNKNOWN not in (known.sex, written.sex) and known.sex != written.sex:
            raise Wrong("sex is another one than on an earlier line of this patient; one of them is wrong")
        if known.name and written.name and known.name.casefold() != written.name.casefold():
            raise Wrong(
                "name is another one than on an earlier line of this patient; use another id for another person"
            )
        return Patient(
            id=known.id,
            name=known.name or written.name,
            birth=known.birth or written.birth,
            sex=known.sex if known.sex is not Sex.UNKNOWN else written.sex,
            identifiers=known.identifiers,
        )

    def finished(self) -> ReadDocument:
        """The whole file."""
        return ReadDocument(
            report=DocumentReport(
                name=self.document,
                kind="csv",
                read=self.read,
                kept=sum(len(facts) for facts in self.facts.values()),
                skipped=tuple(self.skipped),
                warnings=tuple(self.warnings),
            ),
            patients=tuple(self.people.values()),
            facts={patient: tuple(facts) for patient, facts in self.facts.items()},
        )
