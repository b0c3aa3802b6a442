"""Whose is this line? And which patients must be read together, because they may be one person.

`chart_import` decides who is one person; this module only makes sure that all candidates meet: patients are connected whenever they
share an id, an identifier, or name, birth date and sex. Everything about connected patients is dealt to one place, their home.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from zonula.chart_import.fhir.datatypes import ABSENT, Element, Identifier, Reference
from zonula.chart_import.fhir.envelope import opened, type_of
from zonula.chart_import.fhir.mending import UnreadableError, mend
from zonula.chart_import.fhir.people import FhirPatient, patient
from zonula.chart_import.identity import Record, joining_keys

NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_URN = "urn:uuid:"


class Head(Element):
    """What tells whose a resource is. AllergyIntolerance and a few others write `patient` for `subject`."""

    resource_type: str = ""
    id: str = ""
    subject: Reference | None = None
    patient: Reference | None = None


class _Containing(Element):
    contained: list[msgspec.Raw] | None = None


class Named(msgspec.Struct, frozen=True, gc=False):
    """A patient met in a file: the id, and what connects it to others (hashed). inside: stands within a resource that is about it."""

    id: str
    keys: tuple[int, ...] = ()
    inside: bool = False


_head = msgspec.json.Decoder(Head).decode
_patient = msgspec.json.Decoder(FhirPatient).decode


def head_of(line: bytes) -> Head:
    """The head of a resource. Raises UnreadableError when the line is not a JSON object."""
    try:
        return _head(line)
    except NOT_JSON:
        return mend(line, Head, [])


def stand_in(line: bytes) -> str:
    """The id `chart_import` gives to a resource that has none."""
    return "~" + hashlib.sha256(line).hexdigest()[:12]


def named(line: bytes, document: str) -> Named | None:
    """The patient a Patient resource describes; None when it cannot be read (said when the file is dealt)."""
    try:
        written = _patient(line)
    except NOT_JSON:
        try:
            written = mend(line, FhirPatient, [])
        except UnreadableError:
            return None
    made = patient(written, written.id or stand_in(line), [])
    record = Record(document, "", made, described=True, shared=True)
    keys = {("id", made.id), *(key for key, _ in joining_keys(record))}
    return Named(made.id, tuple(sorted(hashed(key) for key in keys)))


def contained(line: bytes, document: str) -> Named | None:
    """The patient inside a resource that is about it (`"subject": {"reference": "#p"}`), under the id its line goes to; None for others."""
    try:
        head = head_of(line)
        inside = msgspec.json.decode(line, type=_Containing).contained or []
    except (UnreadableError, *NOT_JSON):
        return None
    pointer = head.subject or head.patient
    if pointer is None or not pointer.reference.startswith("#"):
        return None
    home = stand_in(line)
    for raw in inside:
        described = named(bytes(raw), document) if type_of(raw) == "Patient" else None
        if described and described.id == pointer.reference[1:]:
            own = hashed(("id", described.id))
            return Named(home, tuple(key for key in described.keys if key != own), inside=True)
    return None


def hashed(key: Iterable[str]) -> int:
    """64 bits of a key."""
    return int.from_bytes(hashlib.blake2b("\x1f".join(key).encode(), digest_size=8).digest(), "big")


def pointed_id(reference: str) -> str:
    """The patient id in `Patient/12`, `https://…/Patient/12/_history/1` or `urn:uuid:12`; empty for anything else."""
    front, _, patient_id = reference.split("/_history/", 1)[0].rpartition("/")
    kind = front.rsplit("/", 1)[-1]
    return "" if (kind and kind != "Patient") or patient_id.startswith("#") else patient_id


def identifier_of(reference: Reference) -> str:
    """`system|value` of a logical or conditional reference; empty when it has none."""
    if reference.reference.startswith("Patient?identifier="):
        return reference.reference.split("=", 1)[1]
    if reference.identifier is ABSENT:
        return ""
    try:
        written = msgspec.json.decode(reference.identifier, type=Identifier)
    except NOT_JSON:
        return ""
    return f"{written.system}|{written.value}"


def patients_of_document(data: bytes, document: str) -> tuple[Named, ...]:
    """Every patient a Bundle or single resource describes or points at, connected with each other."""
    found: dict[str, set[int]] = {}
    own = hashed(("document", document))
    raws: list[Any] = [entry.resource for entry in opened(data, ndjson=False).entries]
    while raws:
        raw = bytes(raws.pop())
        kind = type_of(raw)
        if kind == "Bundle":
            raws += [entry.resource for entry in opened(raw, ndjson=False).entries]
            continue
        described = named(raw, document) if kind == "Patient" else None
        if described:
            found.setdefault(described.id, {own}).update(described.keys)
            continue
        try:
            head = head_of(raw)
        except UnreadableError:
            continue
        pointer = head.subject or head.patient
        patient_id = pointed_id(pointer.reference).removeprefix(_URN) if pointer else ""
        if patient_id and "?" not in patient_id:
            found.setdefault(patient_id, {own}).add(hashed(("id", patient_id)))
    return tuple(Named(patient_id, tuple(sorted(keys))) for patient_id, keys in sorted(found.items()))


def homes(met: Iterable[Named]) -> dict[str, str]:
    """id → the id of the first of those connected with it, only where that is another one."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ids: dict[str, int] = {}
    places: list[int] = []
    keys: list[int] = []
    for each in met:
        place = ids.setdefault(each.id, len(ids))
        keys.extend(each.keys)
        places.extend([place] * len(each.keys))
    if not keys:
        return {}
    _, key_places = np.unique(np.array(keys, dtype=np.uint64), return_inverse=True)
    size = len(ids) + int(key_places.max()) + 1
    links = coo_array((np.ones(len(keys), np.int8), (np.array(places), key_places + len(ids))), shape=(size, size))
    _, component = connected_components(links, directed=False)
    first: dict[int, str] = {}
    for patient_id in sorted(ids):
        first.setdefault(int(component[ids[patient_id]]), patient_id)
    return {
        patient_id: home for patient_id, place in ids.items() if (home := first[int(component[place])]) != patient_id
    }


def home_of(head: Head, line: bytes, of_document: Mapping[str, str], only: str) -> str:
    """The id of the patient a line of NDJSON is about; empty when it names none.

    of_document: the identifiers, and with `urn:uuid:` the ids, of the patients the document describes. only: the id when it describes
    exactly one.
    """
    if head.resource_type == "Patient":
        return head.id or stand_in(line)
    pointer = head.subject or head.patient
    if pointer is None:
        return only
    if not pointer.reference or "?" in pointer.reference:
        return of_document.get(identifier_of(pointer), "") or only
    if pointer.reference.startswith("#"):
        return stand_in(line)
    patient_id = pointed_id(pointer.reference)
    return of_document.get(patient_id, patient_id)
