"""Are these documents this patient's? Documents of someone else must not slip into a record."""

from typing import Any, NamedTuple

from zonula.chart import Chart, Moment
from zonula.chart_import import Imported
from zonula.errors import UserError
from zonula_web.jobs.question import QuestionError
from zonula_web.records.actions.charts import named
from zonula_web.records.models import Patient

WHICH, SAME = "which person", "same person"


class Theirs(NamedTuple):
    """imported: what is this patient's. whose: of documents that hold several people, the ids of this one. left_out: documents of others only."""

    imported: Imported
    whose: dict[str, list[str]]
    left_out: frozenset[str]


def whose_documents(patient: Patient, imported: Imported, same_person: str, person: str) -> Theirs:
    """What of the new documents is this patient's. same_person: the reason someone gave why all are; person: the one who was chosen.

    Raises QuestionError when a person must decide.
    """
    if same_person.strip() and not person:
        return Theirs(imported, {}, frozenset())
    if len(imported.charts) > 1 and not person:
        raise QuestionError(
            f"These documents are about {len(imported.charts)} people.",
            "Choose who this patient is, or say why they are one person.",
            {"question": WHICH, "people": [_told(key, chart) for key, chart in imported.charts.items()]},
        )
    if person:
        if person not in imported.charts:
            raise UserError("The person chosen is not in these documents.", "Choose again.")
        theirs = _chosen(imported, person)
    else:
        theirs = Theirs(imported, {}, frozenset())
    if not same_person.strip():
        _alike_or_ask(patient, next(iter(theirs.imported.charts.values())))
    return theirs


def _chosen(imported: Imported, person: str) -> Theirs:
    people: dict[str, set[str]] = {}
    for key, chart in imported.charts.items():
        for fact in chart.facts:
            for source in fact.sources:
                people.setdefault(source.document, set()).add(key)
    ids = sorted(named(imported.charts[person].patient))
    return Theirs(
        Imported({person: imported.charts[person]}, imported.documents),
        {document: ids for document, keys in people.items() if person in keys and len(keys) > 1},
        frozenset(document for document, keys in people.items() if person not in keys),
    )


def _told(key: str, chart: Chart) -> dict[str, Any]:
    who = chart.patient
    documents = sorted({source.document for fact in chart.facts for source in fact.sources})
    born = who.birth.text[:10] if who.birth else ""
    return {
        "key": key, "name": who.name, "born": born, "sex": who.sex.value, "facts": len(chart.facts),
        "documents": documents[:10],
    }  # fmt: skip


def _alike_or_ask(patient: Patient, chart: Chart) -> None:
    who = chart.patient
    asks = {"question": SAME, "people": [_told(who.id, chart)]}
    cure = "Choose the right patient, or say why these documents are this patient's (a changed name, for example)."
    born = Moment.parse(patient.born) if patient.born else None
    if who.birth and born and (who.birth.latest < born.earliest or born.latest < who.birth.earliest):
        raise QuestionError(
            f"The documents are of someone born {who.birth.text[:10]}; this patient was born {patient.born}.",
            cure,
            asks,
        )
    if who.name and not _alike(who.name, patient.name):
        raise QuestionError(f"The documents name {who.name}; this patient is {patient.name}.", cure, asks)


def _alike(one: str, other: str) -> bool:
    """Whether two names share a part of at least three letters; a missing name contradicts nothing."""
    first, second = (
        {part for part in name.casefold().replace(",", " ").split() if len(part) > 2} for name in (one, other)
    )
    return not first or not second or bool(first & second)
