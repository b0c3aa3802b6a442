"""Parts of the treatment: stages describe, randomised on-off trials tell; one patient's page says only what it may."""

import msgspec
import numpy as np
import pytest

from zonula.errors import UserError
from zonula.outcomes import (
    Course,
    OffSwitch,
    Reading,
    StageStart,
    outcome,
    outcome_table,
    patient_outcome,
    pool_off_switches,
    read_off_switches,
    stage_changes,
)


def staged(number, before, after):
    readings = [Reading(day, float(before)) for day in range(0, 28, 7)] + [
        Reading(day, float(after)) for day in range(28, 57, 7)
    ]
    return Course(
        patient=str(number),
        clinic="A",
        readings=tuple(readings),
        last_day=56,
        stages=(StageStart(28, "maintenance"), StageStart(0, "reboot")),
    )


def test_stages_are_compared_within_patients_when_there_are_ten():
    courses = [staged(n, 60 + n, 50 + n + n % 2) for n in range(10)]
    (change,) = stage_changes(courses)
    assert (change.earlier, change.later, change.patients) == ("reboot", "maintenance", 10)
    assert change.low < -9.5 < change.high
    assert change.change == pytest.approx(-9.5)
    assert stage_changes(courses[:9]) == ()


def test_an_agent_that_does_nothing_is_not_found_and_one_that_helps_is():
    rng = np.random.default_rng(2)
    trials = [OffSwitch(f"p{n}", "glutamine", float(rng.normal(0, 3)), 3.0) for n in range(20)]
    trials += [OffSwitch(f"p{n}", "psyllium", float(rng.normal(-5, 3)), 3.0) for n in range(20)]
    pooled = pool_off_switches(trials)
    assert pooled["glutamine"].low < 0 < pooled["glutamine"].high
    assert pooled["psyllium"].high < 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n", "needs the columns"),
        ("patient,agent,difference,error\n", "no trial"),
        ("patient,agent,difference,error\np,x,y,1\n", "are numbers"),
        ("patient,agent,difference,error\np,x,nan,1\n", "within 120"),
        ("patient,agent,difference,error\np,x,1,0\n", "above 0"),
        ("patient,agent,difference,error\np,x,1,1\np,x,2,1\n", "twice"),
    ],
)
def test_a_bad_list_of_trials_is_refused_with_its_line(text, said):
    with pytest.raises(UserError, match=said):
        read_off_switches(text.splitlines(), "trials.csv")


def test_one_patients_page_says_what_may_be_said(registry, rules):
    courses = registry(220, "true", np.random.default_rng(31))
    page = patient_outcome(courses[3].patient, courses, rules, np.random.default_rng(1))
    assert page.reliable_change is not None
    assert page.prediction.low_day < page.prediction.median_day < page.prediction.high_day
    few = patient_outcome(courses[3].patient, courses[:8], rules, np.random.default_rng(1))
    assert (few.reliable_change, few.prediction, few.alike) == (None, None, None)
    assert len(few.because) == 3
    with pytest.raises(UserError, match="No patient"):
        patient_outcome("nobody", courses, rules, np.random.default_rng(1))


def test_the_table_has_one_row_a_patient_and_null_for_unknown(registry, rules):
    courses = registry(5, "false", np.random.default_rng(1))
    courses[0] = msgspec.structs.replace(courses[0], age=None, skin_tested=None)
    table = outcome_table(courses, [outcome(one, rules) for one in courses])
    assert table.num_rows == 5
    assert table["age"].to_pylist()[0] is None
    assert table["percent_positive"].to_pylist()[0] is None
