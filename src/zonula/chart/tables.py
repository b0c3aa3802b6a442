"""The same facts as flat Arrow tables, and back again without loss.

Five tables joined by `patient` and `fact`; the schema, with the meaning of every column, is `SCHEMAS` and is printed into
`docs/generated/chart-tables.md`. Dates keep their text and the span of days it can mean; nothing is inferred.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from zonula.chart.codes import Code, System
from zonula.chart.facts import Fact, Interpretation, Kind, Source, Status
from zonula.chart.moments import Moment, Precision, When
from zonula.chart.patient import Patient, Sex
from zonula.chart.quantities import Quantity, ReferenceRange
from zonula.chart.record import Chart, chart_of

_TEXT, _DAY, _NUMBER = pa.string(), pa.date32(), pa.float64()


def _moment_columns(name: str, meaning: str) -> list[tuple[str, pa.DataType, str]]:
    return [
        (f"{name}_text", _TEXT, f"{meaning}, as written"),
        (f"{name}_precision", _TEXT, "year, month, day or instant"),
        (f"{name}_earliest", _DAY, "first calendar day the text can mean"),
        (f"{name}_latest", _DAY, "last calendar day the text can mean"),
        (f"{name}_seconds", _NUMBER, "UTC seconds since 1970 when a time of day was written"),
    ]


_COLUMNS: dict[str, list[tuple[str, pa.DataType, str]]] = {
    "patients": [
        ("patient", _TEXT, "patient id, unique in the table"),
        ("name", _TEXT, "name as written"),
        *_moment_columns("birth", "date of birth"),
        ("sex", _TEXT, "female, male, other or unknown"),
        ("deceased", pa.bool_(), "recorded as deceased"),
        ("identifiers", pa.list_(_TEXT), "every identifier, as system|value"),
    ],
    "facts": [
        ("patient", _TEXT, "patient id"),
        ("fact", _TEXT, "fact id, unique within the patient"),
        ("kind", _TEXT, "condition, symptom, observation, medication, …"),
        ("text", _TEXT, "the wording a reader sees"),
        *_moment_columns("start", "onset, collection time or start of the period"),
        *_moment_columns("end", "abatement or end of the period"),
        ("when_text", _TEXT, "free wording of the time, never parsed"),
        *_moment_columns("recorded", "when it was recorded"),
        ("status", _TEXT, "confirmed, suspected, patient_reported, resolved, refuted, …"),
        ("negated", pa.bool_(), "the record says it was not so"),
        ("value", _NUMBER, "numeric result"),
        ("unit", _TEXT, "unit of the numeric result; empty is unknown"),
        ("comparator", _TEXT, '"<", "<=", ">=" or ">" when the value is only a bound'),
        ("value_text", _TEXT, "textual result"),
        ("interpretation", _TEXT, "the sender's own reading: normal, low, high, positive, …"),
        ("reference_low", _NUMBER, "lower reference limit; null is unknown"),
        ("reference_high", _NUMBER, "upper reference limit; null is unknown"),
        ("reference_unit", _TEXT, "unit of the limits"),
        ("reference_text", _TEXT, "the limits as text"),
        ("has_reference", pa.bool_(), "whether a reference range was sent at all"),
        ("performer", _TEXT, "who did or recorded it"),
        ("specialty", _TEXT, "the performer's specialty as written"),
        ("encounter", _TEXT, "fact id of the encounter"),
        ("part_of", _TEXT, "fact id of the panel it belongs to"),
        ("note", _TEXT, "free text"),
    ],
    "codes": [
        ("patient", _TEXT, "patient id"),
        ("fact", _TEXT, "fact id"),
        ("role", _TEXT, "code (what it is) or value (the coded result)"),
        ("position", pa.int32(), "order as written, from 0"),
        ("system", _TEXT, "icd10cm, snomed, loinc, rxnorm, …, local"),
        ("code", _TEXT, "the code"),
        ("display", _TEXT, "the sender's wording"),
        ("system_text", _TEXT, "the URI or OID of a local system"),
    ],
    "sources": [
        ("patient", _TEXT, "patient id"),
        ("fact", _TEXT, "fact id"),
        ("position", pa.int32(), "order, from 0"),
        ("document", _TEXT, "document name"),
        ("place", _TEXT, "place inside the document"),
        ("provider", _TEXT, "who sent it"),
    ],
    "details": [
        ("patient", _TEXT, "patient id"),
        ("fact", _TEXT, "fact id"),
        ("position", pa.int32(), "order, from 0"),
        ("name", _TEXT, "name of the extra value"),
        ("value", _TEXT, "the extra value"),
    ],
}

SCHEMAS: dict[str, pa.Schema] = {
    table: pa.schema([pa.field(name, kind, metadata={"meaning": meaning}) for name, kind, meaning in columns])
    for table, columns in _COLUMNS.items()
}


def to_tables(charts: Iterable[Chart]) -> dict[str, pa.Table]:
    """The charts as the five tables of `SCHEMAS`, in chart order."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for chart in charts:
        patient = chart.patient
        rows["patients"].append(
            {
                "patient": patient.id,
                "name": patient.name,
                **_flat("birth", patient.birth),
                "sex": patient.sex.value,
                "deceased": patient.deceased,
                "identifiers": list(patient.identifiers),
            }
        )
        for fact in chart.facts:
            key = {"patient": patient.id, "fact": fact.id}
            rows["facts"].append({**key, **_fact_row(fact)})
            for role, codes in (("code", fact.codes), ("value", fact.value_codes)):
                for position, code in enumerate(codes):
                    rows["codes"].append(
                        {
                            **key,
                            "role": role,
                            "position": position,
                            "system": code.system.value,
                            "code": code.code,
                            "display": code.display,
                            "system_text": code.system_text,
                        }
                    )
            for position, source in enumerate(fact.sources):
                rows["sources"].append(
                    {
                        **key,
                        "position": position,
                        "document": source.document,
                        "place": source.place,
                        "provider": source.provider,
                    }
                )
            for position, (name, value) in enumerate(fact.details):
                rows["details"].append({**key, "position": position, "name": name, "value": value})
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in SCHEMAS.items()}


def from_tables(tables: Mapping[str, pa.Table]) -> list[Chart]:
    """The charts the tables hold; the inverse of `to_tables`. Raises KeyError when a table or column is missing."""
    codes, sources, details = (_by_fact(tables[name]) for name in ("codes", "sources", "details"))
    facts: dict[str, list[Fact]] = defaultdict(list)
    for row in tables["facts"].to_pylist():
        key = (row["patient"], row["fact"])
        facts[row["patient"]].append(_fact(row, codes.get(key, []), sources.get(key, []), details.get(key, [])))
    return [
        chart_of(
            Patient(
                id=row["patient"],
                name=row["name"],
                birth=_moment("birth", row),
                sex=Sex(row["sex"]),
                deceased=row["deceased"],
                identifiers=tuple(row["identifiers"]),
            ),
            facts[row["patient"]],
        )
        for row in tables["patients"].to_pylist()
    ]


def _flat(name: str, moment: Moment | None) -> dict[str, Any]:
    if moment is None:
        return {}
    return {
        f"{name}_text": moment.text,
        f"{name}_precision": moment.precision.value,
        f"{name}_earliest": moment.earliest,
        f"{name}_latest": moment.latest,
        f"{name}_seconds": moment.seconds,
    }


def _moment(name: str, row: Mapping[str, Any]) -> Moment | None:
    if row[f"{name}_text"] is None:
        return None
    return Moment(
        row[f"{name}_text"],
        Precision(row[f"{name}_precision"]),
        row[f"{name}_earliest"],
        row[f"{name}_latest"],
        row[f"{name}_seconds"],
    )


def _fact_row(fact: Fact) -> dict[str, Any]:
    value, reference = fact.value, fact.reference
    return {
        "kind": fact.kind.value,
        "text": fact.text,
        **_flat("start", fact.when.start),
        **_flat("end", fact.when.end),
        "when_text": fact.when.text,
        **_flat("recorded", fact.recorded),
        "status": fact.status.value,
        "negated": fact.negated,
        "value": value.value if value else None,
        "unit": value.unit if value else None,
        "comparator": value.comparator if value else None,
        "value_text": fact.value_text,
        "interpretation": fact.interpretation.value if fact.interpretation else None,
        "reference_low": reference.low if reference else None,
        "reference_high": reference.high if reference else None,
        "reference_unit": reference.unit if reference else None,
        "reference_text": reference.text if reference else None,
        "has_reference": reference is not None,
        "performer": fact.performer,
        "specialty": fact.specialty,
        "encounter": fact.encounter,
        "part_of": fact.part_of,
        "note": fact.note,
    }


_Rows = list[dict[str, Any]]


def _by_fact(table: pa.Table) -> dict[tuple[str, str], _Rows]:
    grouped: dict[tuple[str, str], _Rows] = defaultdict(list)
    for row in table.to_pylist():
        grouped[row["patient"], row["fact"]].append(row)
    return {key: sorted(rows, key=lambda row: row["position"]) for key, rows in grouped.items()}


def _fact(row: Mapping[str, Any], codes: _Rows, sources: _Rows, details: _Rows) -> Fact:
    def coded(role: str) -> tuple[Code, ...]:
        return tuple(
            Code(System(code["system"]), code["code"], code["display"], code["system_text"])
            for code in codes
            if code["role"] == role
        )

    return Fact(
        id=row["fact"],
        kind=Kind(row["kind"]),
        sources=tuple(Source(source["document"], source["place"], source["provider"]) for source in sources),
        codes=coded("code"),
        text=row["text"],
        when=When(_moment("start", row), _moment("end", row), row["when_text"]),
        recorded=_moment("recorded", row),
        status=Status(row["status"]),
        negated=row["negated"],
        value=None if row["value"] is None else Quantity(row["value"], row["unit"], row["comparator"]),
        value_text=row["value_text"],
        value_codes=coded("value"),
        interpretation=Interpretation(row["interpretation"]) if row["interpretation"] else None,
        reference=ReferenceRange(
            row["reference_low"], row["reference_high"], row["reference_unit"], row["reference_text"]
        )
        if row["has_reference"]
        else None,
        performer=row["performer"],
        specialty=row["specialty"],
        encounter=row["encounter"],
        part_of=row["part_of"],
        note=row["note"],
        details=tuple((detail["name"], detail["value"]) for detail in details),
    )
