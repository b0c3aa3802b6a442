"""Answers: the FHIR R4 `QuestionnaireResponse`, one or many, of one patient."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from zonula.chart import Moment
from zonula.errors import UserError

FINISHED = frozenset({"completed", "amended"})


class Reference(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose answers these are, as the sender wrote it."""

    reference: str = ""
    identifier: dict[str, Any] = {}

    @property
    def key(self) -> str:
        """What two responses must share to be about the same person; empty when nothing was written."""
        if self.reference or not self.identifier:
            return self.reference
        return f"{self.identifier.get('system', '')}|{self.identifier.get('value', '')}"


class ResponseItem(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One answered item. answer: FHIR answers as parsed (`{"valueCoding": {…}, "item": […]}`)."""

    link_id: str
    text: str = ""
    answer: list[dict[str, Any]] = []
    item: list["ResponseItem"] = []


class Response(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One QuestionnaireResponse. questionnaire: canonical URL, perhaps with `|version`."""

    resource_type: str = ""
    id: str = ""
    questionnaire: str = ""
    status: str = ""
    subject: Reference = Reference()
    authored: str = ""
    item: list[ResponseItem] = []

    @property
    def url(self) -> str:
        """The canonical URL without its version."""
        return self.questionnaire.partition("|")[0]

    @property
    def day(self) -> date | None:
        """The day it was filled in, or None when not written or not a date."""
        try:
            return Moment.parse(self.authored).latest
        except ValueError:
            return None

    def place(self, link_id: str) -> str:
        """The id under which findings name one answer of this response."""
        return f"QuestionnaireResponse/{self.id or 'unnamed'}#{link_id}"


_one = msgspec.json.Decoder(Response)


def read_response(document: bytes | str, name: str = "answers") -> Response:
    """Read exactly one response. Raises UserError when there is none, more than one, or it is not a QuestionnaireResponse."""
    responses = read_responses(document, name)
    if len(responses) != 1:
        raise UserError(
            f"{name}: {len(responses)} responses where one was expected.", "Give one QuestionnaireResponse."
        )
    return responses[0]


def read_responses(document: bytes | str, name: str = "answers") -> tuple[Response, ...]:
    """Read a response, a Bundle, a JSON list or NDJSON of responses of one patient.

    Raises UserError (nothing is returned) when any is unreadable or when they are of more than one patient.
    """
    raw = document.encode() if isinstance(document, str) else document
    responses = tuple(_decode(part, f"{name}{where}") for where, part in _parts(raw, name))
    if not responses:
        raise UserError(f"{name}: no QuestionnaireResponse in it.", "Give a FHIR R4 QuestionnaireResponse as JSON.")
    people = {response.subject.key for response in responses if response.subject.key}
    if len(people) > 1:
        raise UserError(f"{name}: the answers of {len(people)} patients in one file.", "Give one file per patient.")
    return responses


def decode_response(line: bytes) -> Response:
    """One response from JSON, without the checks of `read_responses`. Raises msgspec.DecodeError."""
    return _one.decode(line)


def _decode(part: bytes, name: str) -> Response:
    try:
        response = _one.decode(part)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise UserError(
            f"{name}: not a QuestionnaireResponse: {wrong}.", "See docs/questionnaires.md for its form."
        ) from None
    if response.resource_type != "QuestionnaireResponse":
        raise UserError(
            f"{name}: expected a QuestionnaireResponse, found {response.resource_type or 'no resourceType'}.",
            "Give a FHIR R4 QuestionnaireResponse as JSON.",
        )
    return response


def _parts(raw: bytes, name: str) -> list[tuple[str, bytes]]:
    """The raw JSON of each response, with where it stands."""
    try:
        whole = msgspec.json.decode(raw)
    except RecursionError:
        raise UserError(f"{name}: nested too deeply.", "Give a FHIR R4 QuestionnaireResponse as JSON.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        lines = [(number, line) for number, line in enumerate(raw.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].rstrip().endswith(b"}"):
            raise UserError(f"{name}: not JSON ({wrong}).", "Give a FHIR R4 QuestionnaireResponse as JSON.") from None
        for number, line in lines:
            _refuse_doubles(line, f"{name}, line {number}")
        return [(f", line {number}", line) for number, line in lines]
    _refuse_doubles(raw, name)
    if isinstance(whole, list):
        return [(f", entry {number}", msgspec.json.encode(entry)) for number, entry in enumerate(whole, 1)]
    if isinstance(whole, Mapping) and whole.get("resourceType") == "Bundle":
        resources = [entry.get("resource", {}) for entry in whole.get("entry", ()) if isinstance(entry, Mapping)]
        return [
            (f", entry {number}", msgspec.json.encode(resource))
            for number, resource in enumerate(resources, 1)
            if resource.get("resourceType") == "QuestionnaireResponse"
        ]
    return [("", raw)]


def _refuse_doubles(raw: bytes, name: str) -> None:
    """JSON readers silently keep the last of two equal keys; of two answers nobody knows which one was meant."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            doubled = next(key for key in fields if sum(key == other for other, _ in pairs) > 1)
            raise UserError(f"{name}: `{doubled}` is written twice in one place.", "Keep one of the two.")
        return fields

    try:
        json.loads(raw, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return  # said with its place by the reader
