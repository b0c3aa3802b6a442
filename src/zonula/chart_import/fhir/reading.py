"""The state of reading one FHIR document: where each resource stands, who did what, and what must be reported."""

import re
from collections.abc import Mapping

import msgspec
from msgspec import Raw

from zonula.chart import Source
from zonula.chart_import.fhir.concepts import concept, concepts
from zonula.chart_import.fhir.datatypes import Reference, Resource
from zonula.chart_import.fhir.envelope import type_of
from zonula.chart_import.fhir.people import (
    Location,
    Organization,
    Practitioner,
    PractitionerRole,
    RelatedPerson,
    Specimen,
    best_name,
)
from zonula.chart_import.report import Skipped

_RELATIVE = re.compile(r"[A-Z][A-Za-z]{1,40}/[^/]{1,200}(/_history/.{1,64})?")


class Who(msgspec.Struct, frozen=True, gc=False):
    """Who did something: all three as text, empty when not said. type: the kind of resource pointed at."""

    name: str = ""
    specialty: str = ""
    organisation: str = ""
    type: str = ""


NOBODY = Who()
_DEEPEST = 4  # role → person or place → its organisation; anything deeper points at itself


class Reading:
    """One document being read. Filled in two passes: first every resource is indexed, then facts are made."""

    def __init__(self, name: str, shapes: Mapping[str, type[Resource]], elsewhere: Mapping[str, Resource]) -> None:
        self.name = name
        self.prefix = name + "#"
        self.shapes = shapes
        self.elsewhere = elsewhere  # practitioners, organisations and drugs of the other files of the same export
        self.resources: dict[str, Resource] = {}  # place → who, where and what drug
        self.places: dict[str, str] = {}  # any way of pointing → place
        self.bases: dict[str, str] = {}  # place → the web address its entry states, up to the resource type
        self.base = ""
        self.panels: dict[str, tuple[str, Reference | None]] = {}  # place → the panel that lists it, and its subject
        self.skipped: list[Skipped] = []
        self.warnings: list[str] = []
        self.provider = ""  # who sent the document, when it says so
        self._depth = 0
        self._fact_ids: dict[str, str] = {}
        self._who: dict[tuple[str, str, str], Who] = {}

    def skip(self, place: str, reason: str) -> None:
        """Say that something did not become a fact."""
        self.skipped.append(Skipped(self.name, place, reason))

    def warn(self, place: str, problems: list[str]) -> None:
        """Say what was odd about something that was kept all the same."""
        self.warnings.extend(f"{place}: {problem}" for problem in problems)

    def place_of(self, pointed: str) -> str:
        """The place a reference means in this document; empty when it is not here.

        An absolute address must match an entry's `fullUrl`; its tail `Type/id` is tried only for entries without an address.
        """
        if self.base:
            place = self.places.get(self.base + pointed)
            if place is not None:
                return place
        place = self.places.get(pointed)
        if place is not None:
            return place
        plain = pointed.split("/_history/", 1)[0]
        place = self.places.get(plain, "")
        if not place and "://" in plain:
            tail = "/".join(plain.split("/")[-2:])
            place = tail if tail in self.places and tail not in self.bases else ""
        return place

    def stand_at(self, place: str) -> None:
        """Read relative references as the entry at `place` means them: against its own web address, when it states one."""
        if self.bases:
            self.base = self.bases.get(place, "")

    def fact_id(self, reference: Reference | None) -> str:
        """The id the fact of that resource has, or would have in another file of the same export; may be empty."""
        if reference is None or not reference.reference:
            return ""
        pointed = reference.reference
        key = self.base + pointed if self.base else pointed
        known = self._fact_ids.get(key)
        if known is None:
            known = self._fact_ids[key] = self._fact_id(pointed)
        return known

    def _fact_id(self, pointed: str) -> str:
        place = self.place_of(pointed)
        if not place and _RELATIVE.fullmatch(pointed):
            place = pointed.split("/_history/", 1)[0]
        return self.prefix + place if place else ""

    def parent_id(self, place: str) -> str:
        """The id of the panel that lists this place, if any."""
        panel = self.panels.get(place)
        return self.prefix + panel[0] if panel else ""

    def find(self, pointed: str, contained: list[Raw] | None = None) -> Resource | None:
        """The resource a reference means, when it is in this document or in the set it belongs to."""
        if pointed.startswith("#"):
            return self._contained(pointed[1:], contained)
        place = self.place_of(pointed)
        return self.resources.get(place) if place else self.elsewhere.get(pointed.split("/_history/", 1)[0])

    def who(self, reference: Reference | None, contained: list[Raw] | None = None) -> Who:
        """The person or organisation a reference means; its display when there is nothing to look up."""
        if reference is None:
            return NOBODY
        key = reference.reference
        if not key:
            return Who(reference.display, "", "", reference.type) if reference.display else NOBODY
        if key[0] == "#":
            return self._look_up(reference, contained) if self._depth < _DEEPEST else NOBODY
        # With its display, which is the answer where nobody is found: the same pointer may stand elsewhere without one.
        asked = (self.base, key, reference.display)
        known = self._who.get(asked)
        if known is None:
            self._who[asked] = NOBODY  # the answer for a role that points at itself
            known = self._who[asked] = self._look_up(reference, contained)
        return known

    def _look_up(self, reference: Reference, contained: list[Raw] | None) -> Who:
        self._depth += 1
        try:
            return self._described(reference, contained)
        finally:
            self._depth -= 1

    def _described(self, reference: Reference, contained: list[Raw] | None) -> Who:
        key = reference.reference
        if "?" in key:  # a conditional reference of a transaction: only its wording is here
            kind = key.split("?", 1)[0]
            return Who(reference.display, "", reference.display if kind == "Organization" else "", kind)
        found = self.find(key, contained)
        kind = self._pointed_type(key, reference, found)
        if isinstance(found, (Practitioner, RelatedPerson)):
            specialty = ""
            if isinstance(found, Practitioner):
                specialty = next((text for each in found.qualification or () if (text := concept(each.code).text)), "")
            return Who(best_name(found.name) or reference.display, specialty, "", kind)
        if isinstance(found, PractitionerRole):
            person = self.who(found.practitioner, found.contained or contained)
            place = self.who(found.organization, found.contained or contained)
            specialty = concepts(found.specialty).text
            organisation = place.organisation or place.name
            return Who(person.name or reference.display, specialty or person.specialty, organisation, kind)
        if isinstance(found, Organization):
            return Who(found.name or reference.display, "", found.name or reference.display, kind)
        if isinstance(found, Location):
            managing = self.who(found.managing_organization, found.contained or contained)
            return Who(found.name or reference.display, "", managing.organisation or managing.name, kind)
        name = reference.display
        return Who(name, "", name if kind == "Organization" else "", kind)

    def _pointed_type(self, key: str, reference: Reference, found: Resource | None) -> str:
        if found is not None:
            name = type(found).__name__
            return "Patient" if name == "FhirPatient" else name
        place = self.place_of(key)
        if place:
            return place.split("/", 1)[0]
        parts = key.split("?", 1)[0].split("/")
        return reference.type or (parts[-2] if len(parts) >= 2 else parts[0] if "?" in key else "")

    def _contained(self, wanted: str, contained: list[Raw] | None) -> Resource | None:
        for raw in contained or ():
            shape = self.shapes.get(type_of(raw))
            if shape is None:
                continue
            try:
                resource = msgspec.json.decode(raw, type=shape)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            if resource.id == wanted:
                return resource
        return None

    def source(self, place: str, provider: str) -> Source:
        """Where a fact was read and who sent it."""
        return Source(self.name, place, provider or self.provider)

    def specimen_text(self, reference: Reference, contained: list[Raw] | None) -> str:
        """What was sampled, in words."""
        found = self.find(reference.reference, contained) if reference.reference else None
        return concept(found.type).text if isinstance(found, Specimen) else reference.display
