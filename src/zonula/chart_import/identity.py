"""Which records are about the same person.

Two records are one person when they share an identifier (system and value), or name, date of birth and sex all agree. A name
alone never merges anyone, and two records that contradict each other are kept apart whatever they share.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from zonula.chart import Patient, Precision, Sex

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "m", "sr", "sra"})
_WORD = re.compile(r"[^\W_]+")


class Record(NamedTuple):
    """One patient as one document names them. described: False when the document only pointed at them."""

    document: str
    folder: str
    patient: Patient
    described: bool
    shared: (
        bool  # the bare id means the same person in the other files of this folder (NDJSON, single resources, pages)
    )


class Person(NamedTuple):
    """One person: the records that are theirs, and what to tell about that by document."""

    patient: Patient
    records: tuple[Record, ...]
    notes: tuple[tuple[str, str], ...] = ()


def people_of(records: Sequence[Record]) -> list[Person]:
    """Group the records by person, in an order that does not depend on the order given."""
    ordered = sorted(records, key=lambda each: (each.document, each.patient.id))
    groups = _Groups(ordered)
    seen: dict[tuple[str, ...], list[int]] = {}
    for index, record in enumerate(ordered):
        for key, why in joining_keys(record):
            for other in seen.get(key, ()):
                groups.join(index, other, why)
            seen.setdefault(key, []).append(index)
    _join_pointed_at(ordered, groups)
    people = []
    taken: set[str] = set()
    for members in groups.members():
        theirs = tuple(ordered[index] for index in members)
        said = tuple((ordered[index].document, text) for index, text in groups.notes if index in members)
        people.append(Person(_joined(theirs, taken), theirs, said))
    return people


class _Groups:
    """Records already known to be one person, and what to tell about each join or refusal to join."""

    def __init__(self, ordered: Sequence[Record]) -> None:
        self._ordered = ordered
        self._members = {index: [index] for index in range(len(ordered))}
        self.group_of = list(range(len(ordered)))
        self.notes: list[tuple[int, str]] = []

    def members(self) -> list[list[int]]:
        return sorted(sorted(each) for each in self._members.values())

    def join(self, index: int, other: int, why: str) -> None:
        mine, theirs = self.group_of[index], self.group_of[other]
        if mine == theirs:
            return
        where = self._ordered[other].document
        against = _contradiction(self._patients(mine), self._patients(theirs))
        if against:
            self.notes.append((index, f"{why} as in {where}, but {against}: kept apart"))
            return
        for each in self._members[mine]:
            self.group_of[each] = theirs
        self._members[theirs].extend(self._members.pop(mine))
        if where != self._ordered[index].document:
            self.notes.append((index, f"the same person as in {where}: {why}"))

    def _patients(self, group: int) -> list[Patient]:
        return [self._ordered[index].patient for index in self._members[group]]


def _join_pointed_at(ordered: Sequence[Record], groups: _Groups) -> None:
    """Patients only pointed at (`Patient/12` in Observation.ndjson) are whoever has that id in the same folder, if one person has."""
    described: dict[tuple[str, str], list[int]] = {}
    pointed: dict[tuple[str, str], list[int]] = {}
    for index, record in enumerate(ordered):
        if record.shared:
            (described if record.described else pointed).setdefault((record.folder, record.patient.id), []).append(
                index
            )
    for key, indices in pointed.items():
        owners = {groups.group_of[index]: index for index in described.get(key, ())}
        if len(owners) > 1:
            groups.notes.extend(
                (index, "several patients of this folder have the id it points at: kept apart") for index in indices
            )
            continue
        target = next(iter(owners.values())) if owners else indices[0]
        for index in indices:
            groups.join(index, target, "it points at that patient's id in the same folder")


def joining_keys(record: Record) -> list[tuple[tuple[str, ...], str]]:
    """What another record must share with this one to be a candidate for the same person, each with the reason in words."""
    patient = record.patient
    keys: list[tuple[tuple[str, ...], str]] = [
        (("identifier", each), "same identifier") for each in patient.identifiers if not each.startswith("|")
    ]
    words = tuple(sorted(_words(patient.name)))
    birth = patient.birth
    if len(words) > 1 and birth and birth.precision is Precision.DAY and patient.sex in (Sex.FEMALE, Sex.MALE):
        keys.append((("person", *words, birth.text, patient.sex), "same name, date of birth and sex"))
    return keys


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return {word for word in _WORD.findall(plain) if word not in _TITLES}


def _contradiction(one: list[Patient], other: list[Patient]) -> str:
    for first in one:
        for second in other:
            if (
                first.birth
                and second.birth
                and (first.birth.latest < second.birth.earliest or second.birth.latest < first.birth.earliest)
            ):
                return "the dates of birth differ"
            if {first.sex, second.sex} == {Sex.FEMALE, Sex.MALE}:
                return "the sexes differ"
    return ""


def _joined(records: tuple[Record, ...], taken: set[str]) -> Patient:
    """One patient from several records: the first that says something counts, identifiers add up."""
    patients = [record.patient for record in records]
    described = [record.patient for record in records if record.described] or patients
    patient_id = base = described[0].id
    number = 1
    while patient_id in taken:
        number += 1
        patient_id = f"{base}~{number}"
    taken.add(patient_id)
    births = sorted((p.birth for p in described if p.birth), key=lambda each: (each.latest - each.earliest).days)
    return msgspec.structs.replace(
        described[0],
        id=patient_id,
        name=next((p.name for p in described if p.name), ""),
        birth=births[0] if births else None,
        sex=next((p.sex for p in described if p.sex is not Sex.UNKNOWN), Sex.UNKNOWN),
        deceased=any(p.deceased for p in described),
        identifiers=tuple(sorted({each for p in patients for each in p.identifiers})),
    )
