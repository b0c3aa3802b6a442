"""What entries say in statements of their own: severity, criticality, status, reactions, reasons, comments, instructions."""

from collections.abc import Callable

from zonula.chart import Status
from zonula.chart_import.ccda.concepts import concept, wording
from zonula.chart_import.ccda.people import ids
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import CODE, RELATIONSHIP, TEXT, VALUE, Statement
from zonula.chart_import.ccda.values import result_of
from zonula.chart_import.ccda.vocabulary import CRITICALITIES, PROBLEM_STATUS, SEVERITIES

_TEMPLATE = "2.16.840.1.113883.10.20.22.4."
_ROLE_BY_TEMPLATE = {
    _TEMPLATE + "64": "comment",
    _TEMPLATE + "8": "severity",
    _TEMPLATE + "145": "criticality",
    _TEMPLATE + "6": "status",
    _TEMPLATE + "28": "status",
    _TEMPLATE + "9": "reaction",
    _TEMPLATE + "19": "reason",
    _TEMPLATE + "53": "reason",
    _TEMPLATE + "147": "directions",
    _TEMPLATE + "20": "instruction",
    _TEMPLATE + "205": "instruction",
    _TEMPLATE + "31": "age",
    _TEMPLATE + "122": "pointer",  # an act reference: what it points at is read where it stands
}
_ROLE_BY_CODE = {
    "48767-8": "comment",
    "SEV": "severity",
    "82606-5": "criticality",
    "33999-4": "status",
    "76662-6": "directions",
    "445518008": "age",
    "397659008": "age",
    "48766-0": "source",  # who told it
}
_ROLE_BY_RELATION = {"MFST": "reaction", "RSON": "reason"}


class Asides:
    """The recognised asides of one statement; `rest` keeps the others with their relation for the caller to read or report."""

    __slots__ = (
        "age",
        "criticality",
        "directions",
        "encounter_keys",
        "notes",
        "reactions",
        "reasons",
        "rest",
        "severity",
        "status",
    )

    def __init__(self, reading: Reading, statement: Statement) -> None:
        self.notes: list[str] = []
        self.reactions: list[str] = []
        self.reasons: list[str] = []
        self.directions: list[str] = []
        self.encounter_keys: list[str] = []
        self.severity = self.criticality = self.age = ""
        self.status: Status | None = None
        self.rest: list[tuple[str, Statement]] = []
        if statement.first(RELATIONSHIP) is not None:
            for relation, inner in statement.related():
                self._read(reading, relation, inner)

    def take(self, wanted: Callable[[str, Statement], bool]) -> list[Statement]:
        """Take the statements that the caller reads itself out of `rest`."""
        if not self.rest:
            return []
        taken = [pair[1] for pair in self.rest if wanted(*pair)]
        self.rest = [pair for pair in self.rest if not wanted(*pair)]
        return taken

    @property
    def note(self) -> str:
        """Comments and instructions in one text."""
        return "\n".join(dict.fromkeys(filter(None, self.notes))) if self.notes else ""

    def _read(self, reading: Reading, relation: str, inner: Statement) -> None:
        role = _role(relation, inner)
        if role == "comment":
            self.notes.append(reading.references.text_of(inner.first(TEXT)))
        elif role == "severity":
            self.severity = self.severity or _by_code(reading, inner, SEVERITIES)
        elif role == "criticality":
            self.criticality = _by_code(reading, inner, CRITICALITIES)
        elif role == "status":
            value = concept(reading, inner.first(VALUE))
            self.status = next((PROBLEM_STATUS[code.code] for code in value.codes if code.code in PROBLEM_STATUS), None)
        elif role == "reaction":
            said = _said(reading, inner)
            severity = Asides(reading, inner).severity
            if said:
                self.reactions.append(f"{said} ({severity})" if severity else said)
        elif role == "reason":
            self.reasons.append(_said(reading, inner))
        elif role == "directions":
            self.directions.append(reading.references.text_of(inner.first(TEXT)))
        elif role == "instruction":
            text = reading.references.text_of(inner.first(TEXT)) or wording(reading, inner.first(CODE))
            self.notes.append(
                f"instruction: {text}" if text.lower() not in ("", "instruction", "patient education") else ""
            )
        elif role == "age":
            self.age = _said(reading, inner)
        elif inner.kind == "encounter":
            self.encounter_keys.extend(ids(inner.element))
        elif role not in ("source", "pointer"):
            self.rest.append((relation, inner))


def _role(relation: str, inner: Statement) -> str:
    for template in inner.templates:
        role = _ROLE_BY_TEMPLATE.get(template)
        if role:
            return role
    return _ROLE_BY_CODE.get(inner.code) or _ROLE_BY_RELATION.get(relation, "")


def _said(reading: Reading, inner: Statement) -> str:
    """What an observation asserts: its value, else its code, else its text."""
    if inner.negated:
        return ""
    found = result_of(reading, inner)
    quantity = found.quantity
    if quantity is not None:
        return f"{quantity.value:g} {quantity.unit}".strip()
    said = found.text or reading.references.text_of(inner.first(TEXT))
    return said or ("" if inner.code == "ASSERTION" else wording(reading, inner.first(CODE)))


def _by_code(reading: Reading, inner: Statement, table: dict[str, str]) -> str:
    value = concept(reading, inner.first(VALUE))
    return next((table[code.code] for code in value.codes if code.code in table), value.text)


def report_rest(reading: Reading, asides: Asides) -> None:
    """Say which nested statements were not read."""
    for _, inner in asides.rest:
        label = wording(reading, inner.first(CODE)) or inner.kind
        reading.warn(f"a nested {inner.kind} ({label[:60]}) is not read")
