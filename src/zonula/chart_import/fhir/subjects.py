"""Which patient a resource is about."""

import msgspec

from zonula.chart import Patient
from zonula.chart_import.fhir.datatypes import ABSENT, Identifier, Reference, Resource
from zonula.chart_import.fhir.people import FhirPatient, patient
from zonula.chart_import.fhir.reading import Reading


class Subjects:
    """The patients of one document and the answer to "whose is this?"."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[str, str] = {}
        self._by_identifier: dict[str, str] = {}
        self._patients: dict[str, Patient] = {}
        for place, resource in sorted(reading.resources.items()):
            if isinstance(resource, FhirPatient):
                self._add(resource, place.split("/", 1)[1], place)
        self._only = next(iter(self._patients)) if len(self._patients) == 1 else None

    @property
    def patients(self) -> tuple[Patient, ...]:
        """Every patient the document describes, by id."""
        return tuple(self._patients[key] for key in sorted(self._patients))

    def patient_of(self, resource: Resource, place: str) -> str | None:
        """The patient's id, or None after saying why the resource belongs to nobody."""
        reference: Reference | None = getattr(resource, "subject", None)
        if reference is None:
            panel = self._reading.panels.get(place)
            reference = panel[1] if panel else None
            if reference is None:
                return self._assumed(place, "names no patient")
        pointed = reference.reference
        known = self._known.get(self._reading.base + pointed)
        if known is not None:
            return known
        if pointed.startswith("#"):
            return self._contained(reference, resource, place)
        identified = self._identified(reference)
        if identified or not pointed:
            return identified or self._assumed(place, "names its patient without pointing at one")
        return self._pointed(pointed, place)

    def _pointed(self, pointed: str, place: str) -> str | None:
        found = self._reading.place_of(pointed) or pointed.split("/_history/", 1)[0]
        front, _, patient_id = found.rpartition("/")
        kind = front.rsplit("/", 1)[-1]
        if kind and kind != "Patient":
            self._reading.skip(place, f"is about a {kind}, not a patient")
            return None
        if patient_id.startswith("urn:uuid:") and patient_id[9:] in self._patients:
            patient_id = patient_id[9:]  # a Bundle taken apart into lines kept its references
        self._known[self._reading.base + pointed] = patient_id
        return patient_id

    def _add(self, resource: FhirPatient, patient_id: str, place: str) -> None:
        problems: list[str] = []
        if resource.managing_organization is not None and not self._reading.provider:
            who = self._reading.who(resource.managing_organization, resource.contained)
            self._reading.provider = who.organisation or who.name
        made = self._patients[patient_id] = patient(resource, patient_id, problems)
        for identifier in made.identifiers:
            self._by_identifier.setdefault(identifier, patient_id)
        self._reading.warn(place, problems)

    def _identified(self, reference: Reference) -> str:
        """By a conditional reference (`Patient?identifier=system|value`) or a logical one."""
        key = ""
        if reference.reference.startswith("Patient?identifier="):
            key = reference.reference.split("=", 1)[1]
        elif reference.identifier is not ABSENT:
            try:
                written = msgspec.json.decode(reference.identifier, type=Identifier)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return ""
            key = f"{written.system}|{written.value}"
        return self._by_identifier.get(key, "")

    def _contained(self, reference: Reference, resource: Resource, place: str) -> str | None:
        found = self._reading.find(reference.reference, resource.contained)
        if not isinstance(found, FhirPatient):
            self._reading.skip(place, "points at a patient it does not contain")
            return None
        patient_id = f"{place.replace('/', '-')}{reference.reference}"
        self._add(found, patient_id, place)
        return patient_id

    def _assumed(self, place: str, what: str) -> str | None:
        if self._only is None:
            self._reading.skip(place, f"{what}, and the document has no single patient it could mean")
            return None
        self._reading.warn(place, [f"{what}; the document's only patient was taken"])
        return self._only
