"""Skin test sessions: typed, finished, corrected, withdrawn. A finished one is never changed: a correction is a new revision."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec
from django.utils import timezone

from zonula.errors import UserError
from zonula.skin_prick_tests import Eating, Session, parse_session
from zonula_web.access.models import Person
from zonula_web.records import read
from zonula_web.records.actions.changing import changing
from zonula_web.records.models import Patient, SkinSession
from zonula_web.records.skin import draft, newest_finished

LONGEST_TYPED = 200
LONGEST_REASON = 300


class TypedElsewhereError(UserError):
    """Two windows type the same session; neither may overwrite the other unseen."""


class FinishedMeanwhileError(UserError):
    """The session that is being typed was finished already: by a second press of the button, or in another window."""


class Window(NamedTuple):
    """The window in which a session is typed. tab: its name; opened: how often the draft had been saved when it was opened;
    newest: the newest finished revision then, so that a late save cannot make a draft of a session that is finished."""

    tab: str
    opened: int
    newest: int


def save_draft(*, patient: Patient, by: Person, typed: Mapping[str, str], window: Window, today: date) -> None:
    """Keep what was typed so far. It is no part of the record yet: nothing is derived anew.

    Raises TypedElsewhereError when another window saved it since this one was opened, FinishedMeanwhileError when it is finished.
    """
    kept = {name: text[:LONGEST_TYPED] for name, text in typed.items() if text}
    with changing(patient, counted=False) as locked:
        row = SkinSession.objects.filter(patient=locked, finished=False).order_by("-id").first()
        if row is None and newest_finished(locked) > window.newest:
            raise FinishedMeanwhileError("This session is finished already.", "Open it to correct it.")
        body: dict[str, Any] = row.body if row else {"saved": 0, "tab": window.tab}
        if body["tab"] != window.tab and body["saved"] > window.opened:
            who = f" by {body['by']}" if body.get("by") else ""
            raise TypedElsewhereError(
                f"This session was changed in another window{who}.", "Load the page again, then go on."
            )
        body = {
            "typed": kept,
            "saved": body["saved"] + 1,
            "tab": window.tab,
            "by": by.name,
            "at": timezone.now().isoformat(),
        }
        if row is None:
            SkinSession.objects.create(patient=locked, by=by, day=today, body=body)
        else:
            row.body = body
            row.save(update_fields=["body"])


def discard_draft(*, patient: Patient) -> None:
    """Throw the unfinished session away; the log keeps that it was there."""
    with changing(patient, counted=False) as locked:
        SkinSession.objects.filter(patient=locked, finished=False).delete()


def finish_session(
    *, patient: Patient, by: Person, session: dict[str, Any], today: date, corrects: date | None = None
) -> Session:
    """Make the unfinished session a finished one. corrects: the day whose session it is a correction of.

    Raises UserError naming what is wrong, or when that day has a session already that this one does not correct.
    """
    with changing(patient) as locked:
        before = _standing(locked, corrects) if corrects else None
        checked = _checked(locked, session, today)
        if checked.day != corrects and _standing(locked, checked.day) is not None:
            raise UserError(f"There is a session of {checked.day} already.", "Open that one and correct it.")
        body = session
        if before is not None:
            pricked = {prick.food for prick in checked.foods}
            eating = {food: one for food, one in before.body.get("eating", {}).items() if food in pricked}
            body = {**session, **({"eating": eating} if eating else {})}
            _checked(locked, body, today)
        SkinSession.objects.filter(patient=locked, finished=False).delete()
        SkinSession.objects.create(patient=locked, by=by, day=checked.day, body=body, finished=True)
        if before is not None and checked.day != corrects:
            reason = f"Corrected to {checked.day}."
            SkinSession.objects.create(
                patient=locked, by=by, day=before.day, body=before.body, finished=True, withdrawn_because=reason
            )
    return checked


def state_eating(*, patient: Patient, by: Person, day: date, eating: Mapping[str, Mapping[str, str]]) -> None:
    """Write down, for foods of a finished session, whether they are eaten and tolerated: a new revision of that day."""
    with changing(patient) as locked:
        row = _newest(locked, day)
        body = {
            **row.body,
            "eating": {**row.body.get("eating", {}), **{food: dict(one) for food, one in eating.items()}},
        }
        _checked(locked, body, read.today(locked.clinic))
        SkinSession.objects.create(patient=locked, by=by, day=day, body=body, finished=True)


def withdraw_session(*, patient: Patient, by: Person, day: date, because: str) -> None:
    """Take the session of a day out of every judgement: a new revision that says why."""
    if not because.strip():
        raise UserError("Why is the session withdrawn?", "Write a short reason; it stays in the history.")
    with changing(patient) as locked:
        row = _newest(locked, day)
        SkinSession.objects.create(
            patient=locked,
            by=by,
            day=day,
            body=row.body,
            finished=True,
            withdrawn_because=because.strip()[:LONGEST_REASON],
        )


def nothing_typed(patient: Patient) -> None:
    """Raise UserError when a session is being typed: a second one would hide it."""
    if draft(patient) is not None:
        raise UserError("A session is being typed already.", "Finish it or throw it away first.")


def _standing(locked: Patient, day: date) -> SkinSession | None:
    row = SkinSession.objects.filter(patient=locked, finished=True, day=day).order_by("-id").first()
    return None if row is None or row.withdrawn_because else row


def _newest(locked: Patient, day: date) -> SkinSession:
    row = _standing(locked, day)
    if row is None:
        raise UserError("There is no session of that day that counts.")
    return row


def _checked(locked: Patient, body: dict[str, Any], today: date) -> Session:
    session = parse_session(json.dumps(body), "the session", read.panel())
    if session.day > today:
        raise UserError("The day of the test lies in the future.", "Write the day on which it was done.")
    if session.patient.id != str(locked.id):
        raise UserError("The session is of another patient.")
    if not session.pricks:
        raise UserError("No wheal was written down.", "Write the controls and at least one food.")
    msgspec.convert(body.get("eating", {}), dict[str, Eating])
    return session
