"""The permitted answers of a question and what each is worth.

Points stand in the R4 extension `ordinalValue`, in its R5 successor `itemWeight`, or in the property a terminology server
writes into an expanded value set. They may hang on the option, on its coding, or on the concept of a contained value set.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

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


class _Concept(msgspec.Struct, frozen=True):
    code: str = ""
    system: str = ""
    display: str = ""
    extension: list[dict[str, Any]] = []


class _Include(msgspec.Struct, frozen=True):
    system: str = ""
    concept: list[_Concept] = []


class _Compose(msgspec.Struct, frozen=True):
    include: list[_Include] = []


class _Expansion(msgspec.Struct, frozen=True):
    contains: list[_Concept] = []


class _ValueSet(msgspec.Struct, frozen=True):
    """The parts of a contained ValueSet that are read."""

    compose: _Compose = _Compose()
    expansion: _Expansion = _Expansion()


class _CodeSystem(msgspec.Struct, frozen=True):
    concept: list[_Concept] = []


def weight(*carriers: object) -> float | None:
    """The points in the first list of extensions that has any, or None. What is not an extension is passed over."""
    for extensions in carriers:
        for extension in extensions if isinstance(extensions, list) else ():
            url = extension.get("url") if isinstance(extension, Mapping) else None
            if not isinstance(url, str):
                continue
            number = extension.get("valueDecimal", extension.get("valueInteger")) if url in WEIGHTS else None
            if url == _EXPANDED and isinstance(extension.get("extension"), list):
                parts = {str(part.get("url")): part for part in extension["extension"] if isinstance(part, Mapping)}
                if parts.get("code", {}).get("valueCode") == "itemWeight":
                    number = parts.get("value[x]", {}).get("valueDecimal")
            if isinstance(number, int | float) and not isinstance(number, bool):
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
                Option(
                    value,
                    weight(option.get("extension"), option.get("valueCoding", {}).get("extension")),
                    bool(option.get("initialSelected")),
                )
            )
    return tuple(found)


def contained_options(reference: str, contained: Mapping[str, Json]) -> tuple[Option, ...] | None:
    """The options of a contained value set (`#id`), or None when the list stands elsewhere and cannot be checked here."""
    value_set = contained.get(reference.removeprefix("#")) if reference.startswith("#") else None
    if value_set is None:
        value_set = next((held for held in contained.values() if reference and held.get("url") == reference), None)
    if value_set is None or value_set.get("resourceType") != "ValueSet":
        return None
    try:
        read = msgspec.convert(value_set, _ValueSet)
        # A published example spells one code with two letter cases; the expansion only supplies points here.
        weights = {concept.code.lower(): weight(concept.extension) for concept in read.expansion.contains}
        options: dict[tuple[str, str], Option] = {}
        for system, concept in _concepts(read, contained):
            points = weight(concept.extension)
            value = Coding(concept.code, system, concept.display)
            options[system, concept.code] = Option(
                value, weights.get(concept.code.lower()) if points is None else points
            )
    except msgspec.ValidationError:
        return None
    return tuple(options.values()) or None


def _concepts(value_set: _ValueSet, contained: Mapping[str, Json]) -> Iterator[tuple[str, _Concept]]:
    for include in value_set.compose.include:
        concepts = include.concept or next(
            (
                msgspec.convert(held, _CodeSystem).concept
                for held in contained.values()
                if held.get("resourceType") == "CodeSystem" and held.get("url") == include.system
            ),
            [],
        )
        for concept in concepts:
            yield include.system, concept
    if not value_set.compose.include:
        for concept in value_set.expansion.contains:
            yield concept.system, concept
