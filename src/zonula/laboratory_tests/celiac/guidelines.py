"""What each guideline asks for in the same state, side by side, and whether its route without biopsy is open.

The guidelines are cards in `knowledge/laboratory_tests/celiac_guidelines`; a clinic adds one by adding a card. Software only
says which conditions of a route are met; leaving out a biopsy is a specialist's decision.
"""

from typing import Any

import msgspec

from zonula.chart import State as Truth
from zonula.knowledge import Card, shelf
from zonula.laboratory_tests.celiac.evidence import Antibody, AntibodyTest, CeliacEvidence, Draw
from zonula.laboratory_tests.celiac.signs import Serology, multiple, newest_first, reading
from zonula.laboratory_tests.celiac.table import CeliacState

FOLDER = "laboratory_tests/celiac_guidelines"
_POSITIVE = (Serology.POSITIVE, Serology.STRONG, Serology.POSITIVE_UNSPLIT)
_STATES_WITH_ROUTES = (CeliacState.C3, CeliacState.C4, CeliacState.POSITIVE_UNSPLIT)
WORDING = {
    "times": "the multiple of the upper limit",
    "ema_second_sample": "EMA-IgA positive on a second sample",
    "positive_second_sample": "a second sample positive as well",
    "no_alarm_features": "no alarm features",
    "family_agrees": "the family agrees",
    "endoscopy_declined": "endoscopy cannot be done or is declined",
}


class RouteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One route without biopsy. open: YES when every condition is met, NO when one is not, UNKNOWN when one is not known."""

    label: str
    open: Truth
    met: tuple[str, ...] = ()
    not_met: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class GuidelineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One guideline on this patient. applies: by age. low_iga: the tests it names when IgA is low."""

    card: str
    name: str
    applies: Truth
    says: str
    low_iga: tuple[AntibodyTest, ...] = ()
    routes: tuple[RouteAnswer, ...] = ()


def answers(state: CeliacState, evidence: CeliacEvidence) -> tuple[GuidelineAnswer, ...]:
    """The answer of every guideline on the shelf, in order of card id."""
    return tuple(_answer(card, state, evidence) for card in shelf().cards(FOLDER))


def _answer(card: Card, state: CeliacState, evidence: CeliacEvidence) -> GuidelineAnswer:
    data: dict[str, Any] = card.data
    applies = _within(evidence.age_years, data["ages"])
    if applies is Truth.NO:
        ages = data["ages"]
        only = f"from {ages['from']} years" if ages["from"] else f"below {ages['below']} years"
        return GuidelineAnswer(card=card.id, name=data["name"], applies=applies, says=f"Applies {only} only.")
    routes = data["routes"] if state in _STATES_WITH_ROUTES else ()
    return GuidelineAnswer(
        card=card.id,
        name=data["name"],
        applies=applies,
        says=data["answers"][state.value],
        low_iga=tuple(AntibodyTest(test) for test in data["low_iga"]) if state is CeliacState.C2 else (),
        routes=tuple(_route(route, evidence) for route in routes if _within(evidence.age_years, route) is not Truth.NO),
    )


def _within(age: float | None, ages: dict[str, Any]) -> Truth:
    if age is None:
        return Truth.UNKNOWN
    return Truth.YES if ages["from"] <= age < ages["below"] else Truth.NO


def _route(route: dict[str, Any], evidence: CeliacEvidence) -> RouteAnswer:
    conditions = {"age": _within(evidence.age_years, route), "times": _times(route, evidence)}
    conditions |= {need: _NEEDS[need](evidence) for need in route["needs"]}
    wording = WORDING | {
        "age": f"age from {route['from']} and below {route['below']} years",
        "times": f"tTG-IgA {'more than' if route['strictly_above'] else 'at least'} {route['times']} times its upper limit",
    }
    sorted_by = {truth: tuple(wording[name] for name, value in conditions.items() if value is truth) for truth in Truth}
    is_open = Truth.NO if sorted_by[Truth.NO] else Truth.UNKNOWN if sorted_by[Truth.UNKNOWN] else Truth.YES
    return RouteAnswer(
        label=route["label"],
        open=is_open,
        met=sorted_by[Truth.YES],
        not_met=sorted_by[Truth.NO],
        unknown=sorted_by[Truth.UNKNOWN],
    )


def _times(route: dict[str, Any], evidence: CeliacEvidence) -> Truth:
    """Whether the newest tTG-IgA reaches the multiple, a bound read as a bound and an unknown limit as unknown."""
    newest = _newest_ttg(evidence)
    span = multiple(newest[1]) if newest else None
    if newest is None or span is None:
        return Truth.UNKNOWN
    low, high = span
    strictly = route["strictly_above"]
    if low > route["times"] or (low == route["times"] and (not strictly or newest[1].comparator == ">")):
        return Truth.YES
    return Truth.NO if high <= route["times"] else Truth.UNKNOWN


def _newest_ttg(evidence: CeliacEvidence) -> tuple[Draw, Antibody] | None:
    """The newest draw with a positive tTG-IgA, and the strongest such result in it."""
    for draw in newest_first(evidence.draws):
        positive = [test for test in draw.tests if test.test is AntibodyTest.TTG_IGA and reading(test) in _POSITIVE]
        if positive:
            return draw, max(positive, key=lambda test: multiple(test) or (0.0, 0.0))
    return None


def _second_sample(evidence: CeliacEvidence, tests: tuple[AntibodyTest, ...]) -> Truth:
    """Whether one of these tests is positive in a draw of another day than the newest positive tTG-IgA."""
    newest = _newest_ttg(evidence)
    others = [draw for draw in evidence.draws if newest and draw.date != newest[0].date]
    read = {reading(test) for draw in others for test in draw.tests if test.test in tests}
    if read & set(_POSITIVE):
        return Truth.YES
    return Truth.NO if read == {Serology.NEGATIVE} else Truth.UNKNOWN


def _truth(answer: bool | None) -> Truth:
    return Truth.UNKNOWN if answer is None else Truth.YES if answer else Truth.NO


_NEEDS = {
    "ema_second_sample": lambda evidence: _second_sample(evidence, (AntibodyTest.EMA_IGA,)),
    "positive_second_sample": lambda evidence: _second_sample(evidence, (AntibodyTest.TTG_IGA, AntibodyTest.EMA_IGA)),
    "no_alarm_features": lambda evidence: _truth(
        None if evidence.history.alarm_features is None else not evidence.history.alarm_features
    ),
    "family_agrees": lambda evidence: _truth(evidence.history.family_agrees),
    "endoscopy_declined": lambda evidence: _truth(evidence.history.endoscopy_declined),
}
