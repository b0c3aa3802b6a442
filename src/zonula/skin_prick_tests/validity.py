"""May this session be read at all? Controls first, then drugs, asthma, time. No result comes from an invalid session.

Each check is one small function that returns the problems it sees; `judge` orders them. *invalid* means the session cannot be
read; *repeat* means it could be, had it been done or written down completely, so it is done again.
"""

from collections.abc import Callable, Iterator

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.knowledge import Shelf
from zonula.skin_prick_tests.drugs import drugs_before
from zonula.skin_prick_tests.problem import ROOM, Outcome, Problem
from zonula.skin_prick_tests.session import HISTAMINE, NEGATIVE, Asthma, Session


class Validity(msgspec.Struct, frozen=True):
    """The outcome, why, and what is unsafe. `reasons` is empty only for a valid session; `cautions` never change the outcome."""

    outcome: Outcome
    reasons: tuple[Finding, ...]
    cautions: tuple[Finding, ...]


_Check = Callable[[Session, Shelf], Iterator[Problem]]


def judge(session: Session, shelf: Shelf) -> Validity:
    """Run every check on one session."""
    problems = [problem for check in _CHECKS for problem in check(session, shelf)]
    outcomes = {problem.outcome for problem in problems}
    outcome = next((one for one in (Outcome.INVALID, Outcome.REPEAT) if one in outcomes), Outcome.VALID)
    said = [(problem, _finding(problem, session, shelf)) for problem in problems]
    return Validity(
        outcome,
        reasons=tuple(finding for problem, finding in said if problem.outcome is not None),
        cautions=tuple(finding for problem, finding in said if problem.outcome is None),
    )


def _finding(problem: Problem, session: Session, shelf: Shelf) -> Finding:
    card = shelf.card(f"{ROOM}/{problem.card}")
    return Finding(
        id=f"{ROOM}.validity.{problem.rule}",
        says=problem.says,
        as_of=session.day,
        value=problem.outcome.value if problem.outcome else "caution",
        according_to=(card.id,),
        grade=card.grade,
        verified=card.verified,
        level=problem.level,
        asks=(problem.ask,) if problem.ask else (),
    )


def _histamine(session: Session, shelf: Shelf) -> Iterator[Problem]:
    least = shelf.card(f"{ROOM}/histamine_control").value
    control = session.control(HISTAMINE)
    wheal = control.mean_mm if control else None
    repeat = Ask("clinician", "Repeat the session with both controls.")
    if wheal is None:
        yield Problem(
            Outcome.INVALID,
            "histamine_missing",
            "No histamine control was read, so no negative can be trusted.",
            "histamine_control",
            ask=repeat,
        )
    elif wheal < least:
        yield Problem(
            Outcome.INVALID,
            "histamine_too_small",
            f"The histamine control raised {wheal:g} mm, less than {least} mm: something silences the skin.",
            "histamine_control",
            ask=Ask("clinician", "Look for an antihistamine or a faulty device, then repeat the session."),
        )


def _negative(session: Session, shelf: Shelf) -> Iterator[Problem]:
    limit = shelf.card(f"{ROOM}/negative_control").value
    control = session.control(NEGATIVE)
    wheal = control.mean_mm if control else None
    if wheal is None:
        yield Problem(
            Outcome.INVALID,
            "negative_missing",
            "No negative control was read, so no positive can be trusted.",
            "negative_control",
            ask=Ask("clinician", "Repeat the session with both controls."),
        )
    elif wheal >= limit:
        yield Problem(
            Outcome.INVALID,
            "dermographism",
            f"The negative control raised {wheal:g} mm, at least {limit} mm: the skin answers to everything.",
            "negative_control",
            ask=Ask("clinician", "Use specific IgE in blood instead of the skin test."),
        )
    elif session.dermographism is State.YES:
        yield Problem(
            None,
            "dermographism_known",
            "Dermographism is known; the negative control is small enough today.",
            "negative_control",
        )


def _asthma(session: Session, shelf: Shelf) -> Iterator[Problem]:
    least = shelf.card(f"{ROOM}/asthma_hold").value
    hold = Ask("clinician", "Control the asthma first; test later.")
    if session.asthma is Asthma.UNKNOWN:
        yield Problem(
            Outcome.REPEAT,
            "asthma_not_asked",
            "Nobody wrote down whether the patient has asthma and whether it is controlled.",
            "asthma_hold",
            Level.HOLD,
            Ask("clinician", "Enter the asthma state, then read again."),
        )
    elif session.asthma is Asthma.UNCONTROLLED:
        yield Problem(
            Outcome.INVALID,
            "asthma_uncontrolled",
            "Asthma is not controlled: no skin prick battery today.",
            "asthma_hold",
            Level.HOLD,
            hold,
        )
    elif session.fev1_percent is not None and session.fev1_percent < least:
        yield Problem(
            Outcome.INVALID,
            "fev1_low",
            f"FEV1 is {session.fev1_percent:g} % of predicted, below {least} %: no skin prick battery today.",
            "asthma_hold",
            Level.HOLD,
            hold,
        )


def _pregnancy(session: Session, shelf: Shelf) -> Iterator[Problem]:
    if session.pregnant is State.YES:
        yield Problem(
            None,
            "pregnant",
            "The patient is pregnant: avoid an elective skin test.",
            "pregnancy",
            Level.HOLD,
            Ask("clinician", "Postpone unless it changes care now."),
        )


def _anaphylaxis(session: Session, shelf: Shelf) -> Iterator[Problem]:
    wait = shelf.card(f"{ROOM}/anaphylaxis_wait").value
    if session.last_anaphylaxis is None:
        return
    days = (session.day - session.last_anaphylaxis).days
    if days < wait:
        yield Problem(
            Outcome.REPEAT,
            "after_anaphylaxis",
            f"Anaphylaxis {days} days ago: negatives are not reliable before {wait} days.",
            "anaphylaxis_wait",
            Level.HOLD,
            Ask("allergist", f"Test {wait} days after the reaction."),
        )


def _number(session: Session, shelf: Shelf) -> Iterator[Problem]:
    limits = shelf.card(f"{ROOM}/pricks_per_session").data
    placed = len(session.foods)
    if placed > limits["split_above"]:
        yield Problem(
            None,
            "too_many_pricks",
            f"{placed} foods in one session; above {limits['split_above']} the panel is split.",
            "pricks_per_session",
            Level.HOLD,
            Ask("clinician", "Test only foods the history suggests, in several sessions."),
        )
    elif placed > limits["physician_on_site_above"] and session.physician_on_site is not State.YES:
        yield Problem(
            None,
            "no_physician",
            f"{placed} foods and no physician on site is written down.",
            "pricks_per_session",
            Level.CLINICIAN,
            Ask("clinician", "Have a physician, adrenaline and staff in the room."),
        )
    if session.adrenaline_ready is State.NO:
        yield Problem(
            None,
            "no_adrenaline",
            "No adrenaline was at hand.",
            "pricks_per_session",
            Level.HOLD,
            Ask("clinician", "Do not test without adrenaline and trained staff."),
        )


def _reading_time(session: Session, shelf: Shelf) -> Iterator[Problem]:
    windows = shelf.card(f"{ROOM}/reading_time").data
    for name in (HISTAMINE, NEGATIVE):
        control = session.control(name)
        if control is None or control.mean_mm is None:
            continue
        window = windows[name]
        if control.read_after_min is None:
            yield Problem(
                Outcome.REPEAT,
                "reading_time_unknown",
                f"It is not written when the {name} control was read.",
                "reading_time",
            )
        elif not window["earliest"] <= control.read_after_min <= window["latest"]:
            yield Problem(
                Outcome.REPEAT,
                "reading_time",
                f"The {name} control was read after {control.read_after_min:g} minutes, outside {window['earliest']} to {window['latest']}.",
                "reading_time",
            )


def _skin(session: Session, shelf: Shelf) -> Iterator[Problem]:
    if session.skin_disease_at_site is State.YES:
        yield Problem(
            Outcome.INVALID,
            "skin_at_site",
            "The skin at the test site has eczema or urticaria: no prick can be read there.",
            "skin_at_site",
            ask=Ask("clinician", "Test on healthy skin, or use specific IgE in blood instead."),
        )


_CHECKS: tuple[_Check, ...] = (
    _histamine,
    _negative,
    drugs_before,
    _skin,
    _asthma,
    _anaphylaxis,
    _reading_time,
    _number,
    _pregnancy,
)
