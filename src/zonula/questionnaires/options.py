"""The permitted answers of a question and what each is worth.

Points stand in the R4 extension `ordinalValue`, in its R5 successor `itemWeight`, or in the property a terminology server
writes into an expanded value set. They may hang on the option, on its coding, or on the concept of a contained value set.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from zonula.questionnaires.definition import Coding, Option, Written

WEIGHTS = frozenset(
    {
        "http://hl7.org/fhir/StructureDefinition/ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/itemWeight",
        "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/valueset-ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/codesystem-ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/iso21090-CO-value",
    }
)
_EXPANDED = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.contains.property"

Json = Mapping[str, Any]


def weight(*carriers: Json) -> float | None:
    """The points written on the first carrier that has any, or None."""
    for carrier in carriers:
        for extension in carrier.get("extension", ()) if isinstance(carrier, Mapping) else ():
            url = extension.get("url")
            if url in WEIGHTS:
                number = extension.get("valueDecimal", extension.get("valueInteger"))
                if isinstance(number, int | float):
                    return float(number)
            if url == _EXPANDED:
                parts = {part.get("url"): part for part in extension.get("extension", ())}
                number = parts.get("value[x]", {}).get("valueDecimal")
                if parts.get("code", {}).get("valueCode") == "itemWeight" and isinstance(number, int | float):
                    return float(number)
    return None


def written(carrier: Json, prefix: str) -> Written | None:
    """The value under `<prefix>Coding`, `<prefix>String`, … as one of our values, or None when there is none."""
    for key, value in carrier.items():
        if key.startswith(prefix) and key != prefix:
            if isinstance(value, Mapping):
                if key.endswith("Coding"):
                    return coding(value)
                if key.endswith("Quantity") and isinstance(value.get("value"), int | float):
                    return float(value["value"])
                return str(value.get("reference", ""))
            if isinstance(value, bool | int | float | str):
                return value
    return None


def coding(value: Json) -> Coding:
    """A FHIR Coding; a coding without a code keeps its display as the code so that it can still be matched."""
    return Coding(
        str(value.get("code", value.get("display", ""))), str(value.get("system", "")), str(value.get("display", ""))
    )


def listed(answer_options: Iterable[Json]) -> tuple[Option, ...]:
    """The options written on the item itself."""
    found = []
    for option in answer_options:
        value = written(option, "value")
        if value is not None:
            found.append(
                Option(value, weight(option, option.get("valueCoding", {})), bool(option.get("initialSelected")))
            )
    return tuple(found)


def contained_options(reference: str, contained: Mapping[str, Json]) -> tuple[Option, ...] | None:
    """The options of a contained value set (`#id`), or None when the list stands elsewhere and cannot be checked here."""
    value_set = contained.get(reference.removeprefix("#")) if reference.startswith("#") else None
    if value_set is None:
        value_set = next((held for held in contained.values() if reference and held.get("url") == reference), None)
    if value_set is None or value_set.get("resourceType") != "ValueSet":
        return None
    weights: dict[str, float] = {}
    for concept in value_set.get("expansion", {}).get("contains", ()):
        points = weight(concept)
        if points is not None:
            # A published example spells one code with two letter cases; the expansion only supplies points here.
            weights[str(concept.get("code", "")).lower()] = points
    options: dict[tuple[str, str], Option] = {}
    for system, concept in _concepts(value_set, contained):
        value = Coding(str(concept.get("code", "")), system, str(concept.get("display", "")))
        points = weight(concept)
        options[value.system, value.code] = Option(value, weights.get(value.code.lower()) if points is None else points)
    return tuple(options.values()) or None


def _concepts(value_set: Json, contained: Mapping[str, Json]) -> Iterable[tuple[str, Json]]:
    for include in value_set.get("compose", {}).get("include", ()):
        system = str(include.get("system", ""))
        concepts = include.get("concept")
        if concepts is None:
            code_system = next(
                (
                    held
                    for held in contained.values()
                    if held.get("resourceType") == "CodeSystem" and held.get("url") == system
                ),
                {},
            )
            concepts = code_system.get("concept", ())
        for concept in concepts:
            yield system, concept
    if not value_set.get("compose"):
        for concept in value_set.get("expansion", {}).get("contains", ()):
            yield str(concept.get("system", "")), concept
