"""A chart → a FHIR R4 collection Bundle that our own importer reads back."""

from collections.abc import Iterable

from zonula.chart import Chart, Fact, Kind, Patient, Sex
from zonula.chart_export.fhir_parts import Exporting, Resource, Written, clean, date_of, finished
from zonula.chart_export.fhir_problems import allergy, condition, family_history
from zonula.chart_export.fhir_results import document, observation
from zonula.chart_export.fhir_treatments import encounter, immunisation, medication, procedure
from zonula.knowledge import Shelf


def bundle(chart: Chart, shelf: Shelf, more: Iterable[Resource] = ()) -> Resource:
    """Everything of the chart. more: further resources about this patient (answers, the plan), each with an id of its own.

    The same chart gives the same Bundle.
    """
    exporting = Exporting(chart.patient, shelf)
    resources = [_patient(chart.patient, exporting), *_of_facts(chart, exporting), *more]
    roles = sorted(exporting.roles.values(), key=lambda role: str(role["id"]))
    entries = [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in (*resources, *roles)]
    return {"resourceType": "Bundle", "id": exporting.id_of("bundle"), "type": "collection", "entry": entries}


def reference_of(patient: Patient, shelf: Shelf, name: str = "patient") -> tuple[str, str]:
    """(id, reference) of something of this patient within the Bundle, for further resources."""
    exporting = Exporting(patient, shelf)
    return exporting.id_of(name), exporting.urn(name)


def facts_resources(chart: Chart, shelf: Shelf) -> tuple[Resource, ...]:
    """The facts alone, one resource each, in chart order."""
    return tuple(_of_facts(chart, Exporting(chart.patient, shelf)))


def _of_facts(chart: Chart, exporting: Exporting) -> Iterable[Resource]:
    encounters = frozenset(fact.id for fact in chart.facts if fact.kind is Kind.ENCOUNTER)
    members = _members(chart)
    for fact in chart.facts:
        yield finished(_written(fact, exporting, encounters, members.get(fact.id, ())), fact)


def _written(fact: Fact, exporting: Exporting, encounters: frozenset[str], members: tuple[str, ...]) -> Written:
    if _as_observation(fact):
        return observation(fact, exporting, encounters, members)
    if fact.kind is Kind.ENCOUNTER:
        return encounter(fact, exporting)
    write = {
        Kind.CONDITION: condition,
        Kind.SYMPTOM: condition,
        Kind.ALLERGY: allergy,
        Kind.FAMILY_HISTORY: family_history,
        Kind.MEDICATION: medication,
        Kind.PROCEDURE: procedure,
        Kind.IMMUNISATION: immunisation,
        Kind.DOCUMENT: document,
    }[fact.kind]
    return write(fact, exporting, encounters)


def _as_observation(fact: Fact) -> bool:
    """A symptom with a result (a score, a severity as a number) is an Observation, one without is a Condition."""
    result = fact.value is not None or bool(fact.value_text) or bool(fact.value_codes)
    return fact.kind is Kind.OBSERVATION or (fact.kind is Kind.SYMPTOM and result)


def _members(chart: Chart) -> dict[str, tuple[str, ...]]:
    """Panel → its members, where both are Observations and no panel is inside itself."""
    observed = {fact.id: fact for fact in chart.facts if _as_observation(fact)}
    found: dict[str, tuple[str, ...]] = {}
    for fact in observed.values():
        above, seen = fact.part_of, {fact.id}
        while above in observed and above not in seen:
            seen.add(above)
            above = observed[above].part_of
        if fact.part_of in observed and above not in seen:
            found[fact.part_of] = (*found.get(fact.part_of, ()), fact.id)
    return found


def _patient(patient: Patient, exporting: Exporting) -> Resource:
    identifiers = [identifier.partition("|") for identifier in patient.identifiers]
    return clean(
        {
            "resourceType": "Patient",
            "id": exporting.id_of("patient"),
            "identifier": [clean({"system": system, "value": value}) for system, _, value in identifiers],
            "name": [{"text": patient.name}] if patient.name.strip() else None,
            "gender": patient.sex.value if patient.sex is not Sex.UNKNOWN else "unknown",
            "birthDate": date_of(patient.birth)[:10],
            "deceasedBoolean": True if patient.deceased else None,
        }
    )
