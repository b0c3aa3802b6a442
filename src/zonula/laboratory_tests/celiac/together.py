"""What the clinician wrote and what the records hold, as one evidence: neither may hide a result of the other."""

import msgspec

from zonula.chart import State
from zonula.errors import UserError
from zonula.laboratory_tests.celiac.evidence import CeliacEvidence, Draw, History, Hla, KnownDisease
from zonula.laboratory_tests.hla import meaning_of, read_typing

_ESTABLISHED = (KnownDisease.CELIAC, KnownDisease.DERMATITIS_HERPETIFORMIS)
_YEARS_APART = 2.0  # completed years, and the file may have been written before the last birthday


def together(written: CeliacEvidence, recorded: CeliacEvidence) -> CeliacEvidence:
    """The clinician's words first, filled up from the records.

    Draws of days the clinician did not write are added from the records; on the same day the clinician's stand, and tests only
    the records hold are added to them. An answer not given is taken from the records. Raises UserError when the two contradict
    each other in what decides: the age, an established disease, HLA-DQ.
    """
    _refuse_contradictions(written, recorded)
    return msgspec.structs.replace(
        written,
        age_years=recorded.age_years if written.age_years is None else written.age_years,
        draws=_draws(written.draws, recorded.draws),
        hla=_hla(written.hla, recorded.hla),
        biopsy=written.biopsy or recorded.biopsy,
        history=_history(written.history, recorded.history),
        facts=tuple(dict.fromkeys((*written.facts, *recorded.facts))),
        unread=(*written.unread, *recorded.unread),
    )


def _draws(written: tuple[Draw, ...], recorded: tuple[Draw, ...]) -> tuple[Draw, ...]:
    days = {draw.date: draw for draw in recorded}
    for own in written:
        theirs = days.get(own.date, own)
        named = {test.test for test in own.tests}
        kept = {test.test: test.fact for test in theirs.tests}
        days[own.date] = msgspec.structs.replace(
            own,
            tests=(
                *(msgspec.structs.replace(test, fact=test.fact or kept.get(test.test, "")) for test in own.tests),
                *(test for test in theirs.tests if test.test not in named),
            ),
            total_iga=own.total_iga or theirs.total_iga,
            gluten=own.gluten or theirs.gluten,
        )
    return tuple(days[day] for day in sorted(days))


def _hla(written: Hla | None, recorded: Hla | None) -> Hla | None:
    """A clinical typing of either goes before a genotype file of either."""
    return next((one for one in (written, recorded) if one and one.source == "clinical"), written or recorded)


def _history(written: History, recorded: History) -> History:
    fields = History.__struct_fields__
    answers = {name: getattr(written, name) for name in fields}
    return History(**{name: getattr(recorded, name) if answer is None else answer for name, answer in answers.items()})


def _refuse_contradictions(written: CeliacEvidence, recorded: CeliacEvidence) -> None:
    ages = (written.age_years, recorded.age_years)
    if ages[0] is not None and ages[1] is not None and abs(ages[0] - ages[1]) > _YEARS_APART:
        raise UserError(
            f"celiac evidence: age_years is {ages[0]:g} and the records say {ages[1]:g}: two different persons?",
            "Correct the age, or check whose file it is.",
        )
    measured = {(draw.date, test.test, test.unit): test.value for draw in recorded.draws for test in draw.tests}
    for draw in written.draws:
        for test in draw.tests:
            theirs = measured.get((draw.date, test.test, test.unit))
            if None not in (theirs, test.value) and theirs != test.value:
                raise UserError(
                    f"celiac evidence: {test.test.value} of {draw.date.isoformat()} differs from the records.",
                    "Look at the report and correct the figure.",
                )
    if written.history.known_disease is KnownDisease.NONE and recorded.history.known_disease in _ESTABLISHED:
        raise UserError(
            "celiac evidence: known_disease is none and the records hold an established diagnosis.",
            "Settle it: write celiac, or `reported` when the record turned out to be wrong.",
        )
    if written.history.first_degree_relative is False and recorded.history.first_degree_relative:
        raise UserError(
            "celiac evidence: first_degree_relative is false and the records name a relative with celiac disease.",
            "Ask again and correct the answer, or leave the line out.",
        )
    typings = [one.typing for one in (written.hla, recorded.hla) if one and one.source == "clinical"]
    if {meaning_of(read_typing(typing)).permissive for typing in typings} >= {State.YES, State.NO}:
        raise UserError(
            "celiac evidence: the HLA-DQ typing written and the one in the records do not agree.",
            "Look at both reports and keep the right one.",
        )
