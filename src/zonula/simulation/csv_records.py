"""The records of a provider outside medicine, typed into Zonula's CSV template."""

import csv
import io

from zonula.simulation.hidden import Person
from zonula.simulation.records import Problem, Provider, Record, Result, Visit

_COLUMNS = (
    "patient", "name", "birth_date", "sex", "kind", "date", "end_date", "code_system", "code", "text", "value", "unit",
    "interpretation", "status", "provider", "performer", "specialty", "note", "type", "reaction",
)  # fmt: skip
_JUDGED = {"IND": "indeterminate", "N": "normal", "": ""}


def table(person: Person, provider: Provider, records: tuple[Record, ...]) -> bytes:
    """The CSV as UTF-8. Holds visits, problems and results."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    who = {
        "patient": f"{provider.prefix}-{person.id}",
        "name": f"{person.given} {person.family}",
        "birth_date": person.born.isoformat(),
        "sex": "female" if person.female else "male",
        "provider": provider.name,
    }
    for one in records:
        row = {**who, "date": one.day.isoformat()}
        if isinstance(one, Visit):
            row |= {"kind": "encounter", "text": one.reason, "status": "confirmed", "specialty": "Naturopathy"}
        elif isinstance(one, Problem):
            row |= {"kind": "condition", "text": one.text, "status": one.status, "note": one.note}
            if one.code:
                row |= {"code_system": "icd10cm", "code": one.code}
        elif isinstance(one, Result):
            row |= {"kind": "observation", "text": one.name, "value": one.words, "interpretation": _JUDGED[one.judged], "status": "confirmed"}  # fmt: skip
        else:
            raise TypeError(f"{type(one).__name__} does not go into the CSV template")
        writer.writerow(row)
    return text.getvalue().encode()
