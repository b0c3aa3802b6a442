"""The staged tables: what each column means, and how facts become rows. Columns the rules read are integers beside the full text.

`patient` is an integer key. `place` numbers a patient's facts in chart order; a fact without a date has 2^30 added, so that the order
still holds and "undated" can be seen. Nothing here depends on a knowledge card: cards may change without staging again.
"""

import hashlib
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from zonula.chart import (
    Chart,
    Code,
    Fact,
    Interpretation,
    Kind,
    Moment,
    Patient,
    Precision,
    Quantity,
    ReferenceRange,
    Sex,
    Source,
    Status,
    System,
    When,
    chart_of,
)
from zonula.chart_review import derived, reading
from zonula.chart_review.vocabulary import vocabulary

FORMAT = "zonula.staged/1"
UNDATED = 1 << 30
_TEXT, _DAY, _NUMBER, _INT, _KEY = pa.string(), pa.date32(), pa.float64(), pa.int32(), pa.int64()
_CODES = pa.list_(pa.struct([("system", _TEXT), ("code", _TEXT), ("display", _TEXT), ("system_text", _TEXT)]))


def _moment(name: str, meaning: str) -> list[tuple[str, pa.DataType, str]]:
    return [
        (f"{name}_text", _TEXT, f"{meaning}, as written"),
        (f"{name}_precision", _TEXT, "year, month, day or instant"),
        (f"{name}_earliest", _DAY, "first calendar day the text can mean"),
        (f"{name}_latest", _DAY, "last calendar day the text can mean"),
        (f"{name}_seconds", _NUMBER, "UTC seconds since 1970 when a time of day was written"),
    ]


_COLUMNS: dict[str, list[tuple[str, pa.DataType, str]]] = {
    "patients": [
        ("patient", _KEY, "integer key of the patient"),
        ("id", _TEXT, "patient id as the records name it"),
        ("name", _TEXT, "name as written"),
        *_moment("birth", "date of birth"),
        ("sex", _TEXT, "female, male, other or unknown"),
        ("deceased", pa.bool_(), "recorded as deceased"),
        ("identifiers", pa.list_(_TEXT), "every identifier, as system|value"),
    ],
    "facts": [
        ("patient", _KEY, "integer key of the patient"),
        ("place", _INT, "chart order within the patient; 2^30 added when nothing dates the fact"),
        ("kind", _TEXT, "condition, symptom, observation, medication, …"),
        ("status", _TEXT, "confirmed, suspected, patient_reported, resolved, refuted, …"),
        ("negated", pa.bool_(), "the record says it was not so"),
        ("interpretation", _TEXT, "the sender's own reading: normal, low, high, positive, …"),
        ("concept", _KEY, "key into `concepts`: the codes as written; null when there is none"),
        ("answer", _KEY, "key into `answers`: the worded and coded result; null when there is none"),
        ("wording", _KEY, "key into `wordings`: what the rules read as text; null when codes explain the fact"),
        ("value", _NUMBER, "numeric result"),
        ("unit", _TEXT, "unit of the numeric result; empty is unknown"),
        ("comparator", _TEXT, '"<", "<=", ">=" or ">" when the value is only a bound'),
        ("reference_low", _NUMBER, "lower reference limit; null is unknown"),
        ("reference_high", _NUMBER, "upper reference limit; null is unknown"),
        ("reference_unit", _TEXT, "unit of the limits"),
        ("day_low", _INT, "first day (ordinal, 1 is 0001-01-01) on which it can have begun"),
        ("day_high", _INT, "last day on which it can have begun"),
        ("end_day", _INT, "last day the written end can mean"),
        ("stretch_low", _INT, "first day on which the record claims it, when known to the month"),
        ("stretch_high", _INT, "last day on which the record claims it, when known to the month"),
        ("specialty", _TEXT, "the performer's specialty as written"),
        ("naming", _TEXT, "what tells the fact apart by wording"),
        ("fact", _TEXT, "fact id, unique within the patient"),
        ("text", _TEXT, "the wording a reader sees"),
        *_moment("start", "onset, collection time or start of the period"),
        *_moment("end", "abatement or end of the period"),
        ("when_text", _TEXT, "free wording of the time, never parsed"),
        *_moment("recorded", "when it was recorded"),
        ("reference_text", _TEXT, "the limits as text"),
        ("has_reference", pa.bool_(), "whether a reference range was sent at all"),
        ("performer", _TEXT, "who did or recorded it"),
        ("encounter", _TEXT, "fact id of the encounter"),
        ("part_of", _TEXT, "fact id of the panel it belongs to"),
        ("note", _TEXT, "free text"),
        ("sources", pa.list_(pa.struct([("document", _TEXT), ("place", _TEXT), ("provider", _TEXT)])), "where from"),
        ("details", pa.list_(pa.struct([("name", _TEXT), ("value", _TEXT)])), "extra values of the kind"),
    ],
    "concepts": [("key", _KEY, "key"), ("codes", _CODES, "every coding as written")],
    "answers": [("key", _KEY, "key"), ("text", _TEXT, "worded result"), ("codes", _CODES, "coded results")],
    "wordings": [("key", _KEY, "key"), ("text", _TEXT, "the wording")],
}
SCHEMAS: dict[str, pa.Schema] = {
    table: pa.schema([pa.field(name, kind, metadata={"meaning": meaning}) for name, kind, meaning in columns])
    for table, columns in _COLUMNS.items()
}
DICTIONARIES = ("concepts", "answers", "wordings")


def reading_version() -> str:
    """Changes when the meaning of a staged column does: the review's own functions make them, so their text is the version."""
    made_by = (
        reading.wording,
        reading.spoken,
        reading.moment,
        reading.days,
        reading.stretch,
        derived.keys,
        reading.EXPLAINED_BY,
    )
    written = "".join(inspect.getsource(each) if callable(each) else repr(sorted(each)) for each in made_by)
    return hashlib.sha256((FORMAT + written).encode()).hexdigest()[:16]


class Rows:
    """Facts of whole charts as rows, until they are taken as tables."""

    def __init__(self) -> None:
        self._facts: list[tuple[Any, ...]] = []
        self._patients: list[tuple[Any, ...]] = []
        self._sources: list[tuple[str, str, str]] = []
        self._source_ends = [0]
        self._details: list[tuple[str, str]] = []
        self._detail_ends = [0]
        self._keys: dict[str, dict[Any, int]] = {name: {} for name in DICTIONARIES}
        self._words = vocabulary()

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, key: int, chart: Chart) -> None:
        """Add a chart under an integer key; keys must come in ascending order."""
        self.add_patient(key, chart.patient)
        for place, fact in enumerate(chart.facts):
            self._facts.append(self._row(key, place, fact))
            for source in fact.sources:
                self._sources.append((source.document, source.place, source.provider))
            self._source_ends.append(len(self._sources))
            if fact.details:
                self._details.extend(fact.details)
            self._detail_ends.append(len(self._details))

    def add_patient(self, key: int, patient: Patient) -> None:
        """Add a patient whose facts are not added here."""
        identifiers = list(patient.identifiers)
        birth = _flat(patient.birth)
        self._patients.append((key, patient.id, patient.name, *birth, patient.sex.value, patient.deceased, identifiers))

    def row(self, fact: Fact) -> tuple[Any, ...]:
        """A fact as the columns before `sources`, of no patient and place."""
        return self._row(0, 0, fact)

    def _row(self, key: int, place: int, fact: Fact) -> tuple[Any, ...]:
        value, reference, when = fact.value, fact.reference, fact.when
        day_low, day_high = reading.days(fact) or (None, None)
        stretch_low, stretch_high = reading.stretch(fact) or (None, None)
        said = reading.wording(fact)
        worded = fact.value_text or fact.value_codes
        return (
            key,
            place if when.known else place + UNDATED,
            fact.kind.value,
            fact.status.value,
            fact.negated,
            fact.interpretation.value if fact.interpretation else None,
            self._key("concepts", fact.codes) if fact.codes else None,
            self._key("answers", (fact.value_text, fact.value_codes)) if worded else None,
            self._key("wordings", said) if said else None,
            value.value if value else None,
            value.unit if value else None,
            value.comparator if value else None,
            reference.low if reference else None,
            reference.high if reference else None,
            reference.unit if reference else None,
            day_low,
            day_high,
            when.end.latest.toordinal() if when.end else None,
            stretch_low,
            stretch_high,
            fact.specialty,
            derived.keys(fact, "wording", "", self._words)[0],
            fact.id,
            fact.text,
            *_flat(when.start),
            *_flat(when.end),
            when.text,
            *_flat(fact.recorded),
            reference.text if reference else None,
            reference is not None,
            fact.performer,
            fact.encounter,
            fact.part_of,
            fact.note,
        )

    def _key(self, table: str, content: Any) -> int:
        known = self._keys[table]
        key = known.get(content)
        if key is None:
            spelled = hashlib.blake2b(msgspec.msgpack.encode(content), digest_size=8).digest()
            key = known[content] = int.from_bytes(spelled, "big", signed=True)
        return key

    def take(self) -> dict[str, pa.Table]:
        """The patients and facts added since the last time, as tables; the dictionaries wait for `dictionaries`."""
        schema = SCHEMAS["facts"]
        columns = list(zip(*self._facts, strict=True)) if self._facts else [()] * (len(schema) - 2)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=False)]
        arrays.append(_nested(self._source_ends, self._sources, schema.field("sources").type))
        arrays.append(_nested(self._detail_ends, self._details, schema.field("details").type))
        people = SCHEMAS["patients"]
        columns = list(zip(*self._patients, strict=True)) if self._patients else [()] * len(people)
        tables = {
            "patients": pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, people, strict=True)], schema=people),
            "facts": pa.Table.from_arrays(arrays, schema=schema),
        }  # fmt: skip
        self._facts, self._patients, self._sources, self._details = [], [], [], []
        self._source_ends, self._detail_ends = [0], [0]
        return tables

    def dictionaries(self) -> dict[str, pa.Table]:
        """The dictionaries of everything ever added, each by key."""
        found = {}
        for name, known in self._keys.items():
            rows: list[dict[str, Any]] = []
            for content, key in sorted(known.items(), key=lambda pair: pair[1]):
                if name == "wordings":
                    rows.append({"key": key, "text": content})
                elif name == "answers":
                    rows.append({"key": key, "text": content[0], "codes": _codes(content[1])})
                else:
                    rows.append({"key": key, "codes": _codes(content)})
            found[name] = pa.Table.from_pylist(rows, schema=SCHEMAS[name])
        return found


def _codes(codes: Sequence[Code]) -> list[dict[str, str]]:
    return [
        {"system": code.system.value, "code": code.code, "display": code.display, "system_text": code.system_text}
        for code in codes
    ]


def _nested(ends: list[int], rows: list[Any], kind: pa.ListType) -> pa.Array:
    struct = kind.value_type
    columns = list(zip(*rows, strict=True)) if rows else [()] * struct.num_fields
    arrays = [pa.array(column, _TEXT) for column in columns]
    names = [struct.field(place).name for place in range(struct.num_fields)]
    return pa.ListArray.from_arrays(pa.array(ends, _INT), pa.StructArray.from_arrays(arrays, names))


_NOTHING = (None, None, None, None, None)


def _flat(moment: Moment | None) -> tuple[Any, ...]:
    if moment is None:
        return _NOTHING
    return (moment.text, moment.precision.value, moment.earliest, moment.latest, moment.seconds)


def codes_of(written: Iterable[Mapping[str, str]]) -> tuple[Code, ...]:
    """Codes as a dictionary keeps them → codes."""
    return tuple(Code(System(c["system"]), c["code"], c["display"], c["system_text"]) for c in written)


def charts_of(tables: Mapping[str, pa.Table]) -> Iterator[Chart]:
    """The charts that whole tables hold, by integer key; the inverse of `Rows`."""
    concepts = {row["key"]: codes_of(row["codes"]) for row in tables["concepts"].to_pylist()}
    answers = {row["key"]: (row["text"], codes_of(row["codes"])) for row in tables["answers"].to_pylist()}
    facts: dict[int, list[Fact]] = {}
    for row in tables["facts"].to_pylist():
        facts.setdefault(row["patient"], []).append(_fact(row, concepts, answers))
    for row in sorted(tables["patients"].to_pylist(), key=lambda each: each["patient"]):
        patient = Patient(
            id=row["id"],
            name=row["name"],
            birth=_written("birth", row),
            sex=Sex(row["sex"]),
            deceased=row["deceased"],
            identifiers=tuple(row["identifiers"]),
        )
        yield chart_of(patient, facts.get(row["patient"], []))


def _written(name: str, row: Mapping[str, Any]) -> Moment | None:
    if row[f"{name}_text"] is None:
        return None
    precision = Precision(row[f"{name}_precision"])
    return Moment(
        row[f"{name}_text"], precision, row[f"{name}_earliest"], row[f"{name}_latest"], row[f"{name}_seconds"]
    )


def _fact(
    row: Mapping[str, Any],
    concepts: Mapping[int, tuple[Code, ...]],
    answers: Mapping[int, tuple[str, tuple[Code, ...]]],
) -> Fact:
    value_text, value_codes = answers.get(row["answer"], ("", ()))
    limits = (row["reference_low"], row["reference_high"], row["reference_unit"], row["reference_text"])
    return Fact(
        id=row["fact"],
        kind=Kind(row["kind"]),
        sources=tuple(Source(each["document"], each["place"], each["provider"]) for each in row["sources"]),
        codes=concepts.get(row["concept"], ()),
        text=row["text"],
        when=When(_written("start", row), _written("end", row), row["when_text"]),
        recorded=_written("recorded", row),
        status=Status(row["status"]),
        negated=row["negated"],
        value=None if row["value"] is None else Quantity(row["value"], row["unit"], row["comparator"]),
        value_text=value_text,
        value_codes=value_codes,
        interpretation=Interpretation(row["interpretation"]) if row["interpretation"] else None,
        reference=ReferenceRange(*limits) if row["has_reference"] else None,
        performer=row["performer"],
        specialty=row["specialty"],
        encounter=row["encounter"],
        part_of=row["part_of"],
        note=row["note"],
        details=tuple((each["name"], each["value"]) for each in row["details"]),
    )
