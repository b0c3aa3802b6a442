"""Whatever a diary holds, there is an answer or a clear refusal; never a crash, never NaN."""

from datetime import date

import numpy as np
import pytest

from zonula.diary import DiaryWriter, FoodGroup
from zonula.food_triggers.analysis import analyse

START = date(2031, 1, 6)


def diary(groups=3, days=0, ratings=lambda day: 3.0, eats=lambda day: "g0", symptoms=2, per_day=2.0):
    recipes = {f"g{i}": [(f"g{i}", 1.0)] for i in range(groups)}
    writer = DiaryWriter("p", START, tuple(FoodGroup(f"g{i}", 0.1) for i in range(groups)), recipes, days, per_day)
    for d in range(days):
        day = np.datetime64(START) + np.timedelta64(d, "D")
        if eats(d):
            writer.add(f"{day}T12:00", "food", eats(d), 1, None)
        for hour in ("08:00", "20:00"):
            for s in range(symptoms):
                writer.add(f"{day}T{hour}", "symptom", f"s{s}", None, ratings(d) if s == 0 else (d * 7 + s) % 3)
    return writer.diary()


CASES = {
    "no days": diary(days=0),
    "one day": diary(days=1),
    "no groups": diary(groups=0, days=20, eats=lambda d: ""),
    "constant ratings": diary(days=30, symptoms=1),
    "one symptom": diary(days=40, symptoms=1, ratings=lambda d: float(d % 4)),
    "a single meal": diary(days=30, eats=lambda d: "g0" if d == 10 else ""),
    "nothing eaten": diary(days=30, eats=lambda d: ""),
    "a hundred groups": diary(groups=100, days=30, eats=lambda d: f"g{d % 100}", ratings=lambda d: float(d % 5)),
    "the same food every meal": diary(days=60, ratings=lambda d: float((d * d) % 7)),
    "twenty symptoms": diary(days=30, symptoms=20),
    "unknown ratings a day": diary(days=30, per_day=0.0, ratings=lambda d: float(d % 3)),
    "two years": diary(days=730, ratings=lambda d: float((d * 13) % 5), symptoms=3),
}


@pytest.mark.parametrize("name", CASES)
def test_there_is_an_answer_without_nan(name):
    verdict = analyse(CASES[name])
    for group in verdict.groups:
        assert 0.0 <= group.probability <= 1.0
        assert group.reasons
        for effect in (group.main, *group.effects):
            assert effect is None or np.isfinite([effect.mean, effect.low, effect.high]).all()


@pytest.mark.parametrize("name", ["no days", "constant ratings", "nothing eaten"])
def test_no_information_is_no_verdict(name):
    verdict = analyse(CASES[name])
    assert verdict.refusal
    assert {group.verdict for group in verdict.groups} == {"cannot_tell"}
    assert [group.probability for group in verdict.groups] == pytest.approx([0.1] * 3)


def test_a_food_never_eaten_is_not_cleared():
    verdict = analyse(CASES["the same food every meal"])
    assert verdict.groups[1].verdict == "cannot_tell"
    assert verdict.groups[1].exposures == 0
