"""The drugs in use: which silence the skin, which need a word beside the result, which make a rescue harder, which nobody knows."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from zonula.chart import Ask, Level
from zonula.knowledge import Shelf
from zonula.skin_prick_tests.problem import ROOM, Outcome, Problem
from zonula.skin_prick_tests.session import Drug, Session


class _Washout(msgspec.Struct, frozen=True):
    """One class of drugs of the card `drug_washouts`."""

    name: str
    hold: tuple[int, int]
    drugs: tuple[str, ...]
    prescriber_decides: bool = False
    only_at_site: bool = False


class _Note(msgspec.Struct, frozen=True):
    """Drugs that are read as they are, with something to say beside the result."""

    drugs: tuple[str, ...]
    says: str


def drugs_before(session: Session, shelf: Shelf) -> Iterator[Problem]:
    """What the drugs of a session mean for it; a drug on none of the lists is named for a person to check."""
    if session.drugs is None:
        yield Problem(
            Outcome.REPEAT,
            "drugs_not_asked",
            "Nobody wrote down which drugs were taken before the test.",
            "drug_washouts",
            ask=Ask("clinician", "Ask for drugs and the last dose of each, enter them, and read again."),
        )
        return
    classes = msgspec.convert(shelf.card(f"{ROOM}/drug_washouts").data, list[_Washout])
    notes = msgspec.convert(shelf.card(f"{ROOM}/drugs_to_note").data, list[_Note])
    strangers = []
    for drug in session.drugs:
        if is_one_of(drug.name, shelf.card(f"{ROOM}/drugs_that_do_not_matter").data):
            continue
        said = [
            problem
            for washout in classes
            if is_one_of(drug.name, washout.drugs)
            for problem in _washout(drug, washout, session)
        ]
        said += [
            Problem(None, "drug_to_note", f"{drug.name}: {note.says}.", "drugs_to_note")
            for note in notes
            if is_one_of(drug.name, note.drugs)
        ]
        if is_one_of(drug.name, shelf.card(f"{ROOM}/risk_modifying_drugs").data):
            said.append(
                Problem(
                    None,
                    "risk_drug",
                    f"{drug.name} makes an allergic reaction harder to treat.",
                    "risk_modifying_drugs",
                    Level.CLINICIAN,
                    Ask("clinician", "Weigh the test with the prescriber before pricking."),
                )
            )
        known = said or any(is_one_of(drug.name, washout.drugs) for washout in classes)
        if not known:
            strangers.append(drug.name)
        yield from said
    if strangers:
        yield Problem(
            None,
            "drug_not_known",
            f"On none of our lists of drugs: {', '.join(strangers)}. Whether they silence the skin is not known here.",
            "drug_washouts",
            Level.CLINICIAN,
            Ask(
                "clinician", f"Check by hand whether {', '.join(strangers)} hold an antihistamine or silence the skin."
            ),
        )


def _washout(drug: Drug, washout: _Washout, session: Session) -> Iterator[Problem]:
    shortest, longest = washout.hold
    who = (
        "The prescriber decides whether it can pause; it is never stopped just for a skin test."
        if washout.prescriber_decides
        else "Repeat after the wash-out."
    )
    ask = Ask("clinician", who)
    if washout.only_at_site and drug.at_test_site is not True:
        if drug.at_test_site is None:
            yield Problem(
                None,
                "site_unknown",
                f"It is not written whether {drug.name} was used where the test was placed.",
                "drug_washouts",
            )
        return
    if drug.last_dose is None:
        yield Problem(
            Outcome.REPEAT,
            "last_dose_unknown",
            f"{drug.name} ({washout.name}) is in use and its last dose is unknown.",
            "drug_washouts",
            ask=ask,
        )
        return
    days = (session.day - drug.last_dose).days
    if days < shortest:
        yield Problem(
            Outcome.INVALID,
            "washout_too_short",
            f"{drug.name} ({washout.name}) was taken {days} days before the test; it needs at least {shortest} days.",
            "drug_washouts",
            ask=ask,
        )
    elif days < longest:
        yield Problem(
            None,
            "washout_short",
            f"{drug.name} was taken {days} days before the test; some sources ask for up to {longest} days, so negatives are less sure.",
            "drug_washouts",
        )


def is_one_of(name: str, drugs: Iterable[str]) -> bool:
    """Whether a written drug is one of these: every word of the entry starts a word of the name (`loratadin 10 mg` is loratadine)."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return any(
        all(any(word.startswith(part.rstrip("e")) for word in words) for part in drug.casefold().split())
        for drug in drugs
    )
