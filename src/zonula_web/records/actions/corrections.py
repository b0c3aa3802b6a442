"""Facts entered, corrected and withdrawn by hand. Nothing is overwritten: what was there stays, with who, when and why."""

import uuid

import msgspec

from zonula.chart import Fact, Source
from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.charts import keep_chart
from zonula_web.records.facts import BY_HAND, token_of
from zonula_web.records.models import Entry, Patient
from zonula_web.records.read import chart

LONGEST_REASON = 300
CORRECTED = "corrected by hand"


def enter_fact(*, patient: Patient, by: Person, fact: Fact, reason: str = "") -> str:
    """A fact of the clinic's own, e.g. from a paper letter. Its id and source are set here. Returns the token of its page."""
    place = uuid.uuid4().hex[:12]
    named = msgspec.structs.replace(fact, id=f"{BY_HAND}#{place}", sources=(Source(BY_HAND, place, by.name),))
    with changing(patient, chart=True) as locked:
        Entry.objects.create(
            patient=locked,
            by=by,
            fact_id=named.id,
            fact=msgspec.to_builtins(named),
            reason=_reason(reason, needed=False),
        )
        keep_chart(locked)
    return token_of(named.id)


def correct_fact(*, patient: Patient, by: Person, token: str, fact: Fact, reason: str) -> None:
    """Put `fact` in the place of the one with that token. Its id, sources and what it belongs to stay."""
    _replace(patient, by, token, fact, _reason(reason, needed=True))


def withdraw_fact(*, patient: Patient, by: Person, token: str, reason: str) -> None:
    """Take a fact out of the chart; it stays visible with the reason."""
    _replace(patient, by, token, None, _reason(reason, needed=True))


def take_back(*, patient: Patient, by: Person, number: int, reason: str) -> None:
    """Undo an entry: what it had replaced holds again."""
    because = _reason(reason, needed=True)
    with changing(patient, chart=True) as locked:
        entry = Entry.objects.filter(patient=locked, pk=number, undoes=None).first()
        if entry is None or Entry.objects.filter(undoes=entry).exists():
            raise UserError("This entry was taken back already.", "Look at the history of the record.")
        Entry.objects.create(patient=locked, by=by, fact_id=entry.fact_id, undoes=entry, reason=because)
        keep_chart(locked)


def _replace(patient: Patient, by: Person, token: str, fact: Fact | None, reason: str) -> None:
    with changing(patient, chart=True) as locked:
        original = next((each for each in chart(locked).facts if token_of(each.id) == token), None)
        if original is None:
            raise UserError("This record is not in the chart any more.", "Look at the list of facts.")
        new = None if fact is None else _in_place_of(original, fact, by)
        if new is not None and _same(original, new):
            raise UserError("Nothing was changed.", "Change what is wrong, or leave the page.")
        Entry.objects.create(
            patient=locked,
            by=by,
            fact_id=original.id[:200],
            replaces=original.id,
            original=msgspec.to_builtins(original),
            fact=None if new is None else msgspec.to_builtins(new),
            reason=reason,
        )
        keep_chart(locked)


def _in_place_of(original: Fact, fact: Fact, by: Person) -> Fact:
    """The corrected fact: what a form cannot change is the original's, and it says who corrected it."""
    kept = tuple(source for source in original.sources if source.document != CORRECTED)
    return msgspec.structs.replace(
        fact,
        id=original.id,
        sources=(*kept, Source(CORRECTED, original.sources[0].place, by.name)),
        encounter=original.encounter,
        part_of=original.part_of,
    )


def _same(original: Fact, new: Fact) -> bool:
    return msgspec.structs.replace(new, sources=original.sources) == original


def _reason(reason: str, *, needed: bool) -> str:
    if needed and not reason.strip():
        raise UserError("Why?", "Write a short reason; it stays beside the record.")
    return reason.strip()[:LONGEST_REASON]
