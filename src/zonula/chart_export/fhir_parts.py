"""The parts every exported resource is made of: dates, concepts, references, who did it, and what FHIR has no place for."""

import re
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec

from zonula.chart import SYSTEM_BY_URI, UNKNOWN_TIME, Code, Fact, Moment, Patient, Precision, Status, System, When
from zonula.knowledge import Shelf

Resource = dict[str, Any]
# Our extensions. KEPT: fields of the fact that this resource type cannot say, as JSON. SOURCE: where the fact was read.
KEPT = "https://zonula.example/fhir/kept"
SOURCE = "https://zonula.example/fhir/source"
_NAMES = UUID("6f0c1d8e-1f0a-5c1b-9a53-2c8f4f1d7b90")
_URI = {system: uri for uri, system in SYSTEM_BY_URI.items()}
_OID = re.compile(r"[0-2](\.\d+)+")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_DIGITS = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})T?(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_LENGTHS = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}
NOT_SAID = "not said"


class Written(NamedTuple):
    """One resource and what our reader takes from it: field of `Fact` → value; fields not named are read as empty.

    LOST: the resource says something of the field, but not all of it.
    """

    resource: Resource
    reads: dict[str, Any]


LOST = object()


class Exporting:
    """What the resources of one chart share: ids, the people they name, and which concepts mean that there is none."""

    def __init__(self, patient: Patient, shelf: Shelf) -> None:
        self.patient = patient
        self.subject = {"reference": self.urn("patient")}
        self.roles: dict[tuple[str, str, str], Resource] = {}
        rows = shelf.code_list("chart_import/says_none")
        self._none = {(row.system, row.code) for row in rows if row.more["says"] == "none"}

    def id_of(self, name: str) -> str:
        """A stable id for something of this patient."""
        return str(uuid5(_NAMES, f"{self.patient.id}|{name}"))

    def urn(self, name: str) -> str:
        """The address of that thing within the Bundle."""
        return f"urn:uuid:{self.id_of(name)}"

    def says_none(self, fact: Fact) -> bool:
        """Whether the concept itself says that there is none: then it is not negated once more."""
        words = " ".join(fact.text.split()).strip(".").casefold()
        return any(code.key in self._none for code in fact.codes) or (System.LOCAL, words) in self._none

    def means_none(self, code: Code) -> bool:
        """Whether this code means that there is none."""
        return code.key in self._none

    def who(self, fact: Fact) -> Resource | None:
        """A reference to the role that stands for performer, specialty and provider; None when none of them is said."""
        key = (fact.performer, fact.specialty, provider_of(fact))
        if not any(key):
            return None
        name = f"role|{'|'.join(key)}"
        if key not in self.roles:
            performer, specialty, provider = key
            self.roles[key] = clean(
                {
                    "resourceType": "PractitionerRole",
                    "id": self.id_of(name),
                    "practitioner": {"display": performer} if performer else None,
                    "organization": {"display": provider} if provider else None,
                    "specialty": [{"text": specialty}] if specialty else None,
                }
            )
        return {"reference": self.urn(name)}

    def encounter(self, fact: Fact, known: frozenset[str]) -> Resource | None:
        """A reference to the encounter of this chart the fact belongs to."""
        return {"reference": self.urn(fact.encounter)} if fact.encounter in known else None


def provider_of(fact: Fact) -> str:
    """Who sent the fact first."""
    return fact.sources[0].provider if fact.sources else ""


def clean(resource: Resource) -> Resource:
    """Without empty elements, which FHIR forbids."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}


def concept(codes: tuple[Code, ...], text: str) -> Resource | None:
    """A CodeableConcept with every coding as written; None when there is nothing."""
    found = clean({"coding": [_coding(code) for code in codes], "text": text if text.strip() else ""})
    return found or None


def read_as(codes: tuple[Code, ...], text: str) -> str:
    """The wording a reader takes from such a concept: its text, else the first display, else the first code."""
    return (
        text.strip() or next((code.display for code in codes if code.display), "") or (codes[0].code if codes else "")
    )


def named(text: str) -> Resource | None:
    """A CodeableConcept of words only."""
    return {"text": text} if text.strip() else None


def coded(system: str, code: str) -> Resource:
    """A CodeableConcept of one code of a system of HL7."""
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def date_of(moment: Moment | None) -> str:
    """The moment as FHIR `dateTime`, as precise as it was written; empty for None."""
    if moment is None:
        return ""
    day = moment.earliest.isoformat()
    if moment.precision is not Precision.INSTANT:
        return day[: _LENGTHS[moment.precision]]
    if _ZONED.fullmatch(moment.text):
        return moment.text
    matched = _DIGITS.fullmatch(moment.text)
    if matched is None:
        return day
    _, _, _, hour, minute, second, fraction, zone = matched.groups()
    seconds = "59" if second == "60" else second or "00"
    zone = "Z" if zone in (None, "Z") else f"{zone[:3]}:{zone[-2:]}"
    return f"{day}T{hour}:{minute or '00'}:{seconds}{'.' + fraction if fraction else ''}{zone}"


def exact(moment: Moment | None) -> bool:
    """Whether `date_of` says all that is known: a time without zone is written as UTC, which says too much."""
    if moment is None or moment.precision is not Precision.INSTANT:
        return True
    zoned = moment.text.endswith("Z") or re.search(r"[+-]\d{2}:?\d{2}$", moment.text[10:]) is not None
    return zoned and ":60" not in moment.text and Moment.parse(date_of(moment)).seconds == moment.seconds


def period(when: When) -> Resource | None:
    """A Period; None when neither end is known. An end before the start is left out: FHIR forbids it."""
    found = clean({"start": date_of(when.start), "end": "" if backwards(when) else date_of(when.end)})
    return found or None


def backwards(when: When) -> bool:
    """Whether the end lies before the start."""
    start, end = when.start, when.end
    if start is None or end is None:
        return False
    if start.seconds is not None and end.seconds is not None and end.seconds < start.seconds:
        return True
    return end.latest < start.earliest or (end.earliest < start.earliest and end.precision is not start.precision)


def dated(when: When, *, end: bool = True, text: bool = False) -> bool:
    """Whether a resource that can say a start (and an end, or words in place of a date) says all of `when`."""
    if when.text and (not text or when.known):
        return False
    if when.end is not None and (not end or backwards(when)):
        return False
    return exact(when.start) and exact(when.end)


def finished(written: Written, fact: Fact) -> Resource:
    """The resource with its sources, and with what it cannot say kept beside it."""
    extensions = [
        {"url": SOURCE, "valueString": "; ".join(part for part in (one.document, one.place, one.provider) if part)}
        for one in fact.sources
    ]
    left = {name: getattr(fact, name) for name in _EMPTY if not _said(name, written.reads, fact)}
    if left:
        extensions.append({"url": KEPT, "valueString": msgspec.json.encode(left).decode()})
    resource = clean(written.resource)
    head = {"resourceType": resource.pop("resourceType"), "id": resource.pop("id")}
    return {**head, **({"extension": extensions} if extensions else {}), **resource}


_EMPTY: dict[str, Any] = {
    "codes": (),
    "text": "",
    "when": UNKNOWN_TIME,
    "recorded": None,
    "status": Status.UNKNOWN,
    "negated": False,
    "value": None,
    "value_text": "",
    "value_codes": (),
    "interpretation": None,
    "reference": None,
    "performer": "",
    "specialty": "",
    "note": "",
    "details": (),
}


def _said(name: str, reads: dict[str, Any], fact: Fact) -> bool:
    read, meant = reads.get(name, _EMPTY[name]), getattr(fact, name)
    if read is LOST:
        return False
    if name == "details":
        return dict(read) == dict(meant)
    return bool(read == meant)


def codes_read(codes: tuple[Code, ...]) -> tuple[Code, ...]:
    """The codes as our reader takes them: an OID is written as a URI, which says the same."""
    clean_codes = all(code.code.strip() == code.code and code.code for code in codes)
    return codes if clean_codes else ()


def _coding(code: Code) -> Resource:
    uri = _URI.get(code.system) or code.system_text
    if _OID.fullmatch(uri):
        uri = f"urn:oid:{uri}"
    return clean({"system": uri, "code": code.code, "display": code.display})
