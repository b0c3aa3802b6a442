"""Attacks on what a clinic sends: each tries to learn of fewer than five people, and fails."""

import msgspec
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from zonula.errors import UserError
from zonula.outcomes import aggregate, check_keys, check_previous, outcome, read_signed, sign
from zonula.outcomes.disclosure import clinic_name, linked, suppressed, total

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
AFTER, OTHERS = ("recovered", "relapsed"), ("partial_response", "unchanged", "worse", "unknown")


@pytest.fixture(scope="module")
def sent(registry, rules):
    courses = registry(120, "true", np.random.default_rng(21))
    return aggregate("A", courses, [outcome(one, rules) for one in courses], rules, np.random.default_rng(1))


def bounds(shown_ends, shown, patients, wanted):
    """What an attacker knows of one standing: he has both tables, the total, and this very file."""
    names = [*(("e", name) for name in shown_ends), *(("s", name) for name in shown)]
    values = [*shown_ends.values(), *shown.values()]
    low = np.array([1 if value is None else value for value in values], dtype=float)
    high = np.array([patients if value is None else value for value in values], dtype=float)
    rows = [[kind == "e" for kind, _ in names], [kind == "s" for kind, _ in names]]
    margin = [
        1 if kind == "e" and name == "recovered" else -1 if kind == "s" and name in AFTER else 0 for kind, name in names
    ]
    known = LinearConstraint(np.array([*rows, margin], dtype=float), [patients, patients, 0], [patients, patients, 0])
    aim = np.array([name == wanted and kind == "s" for kind, name in names], dtype=float)
    found = [
        milp(sign * aim, constraints=known, bounds=(low, high), integrality=np.ones(len(names))) for sign in (1, -1)
    ]
    assert all(one.success for one in found)
    return round(found[0].fun), round(-found[1].fun)


@settings(deadline=None, max_examples=120)
@given(
    st.fixed_dictionaries({name: st.one_of(st.integers(0, 6), st.integers(0, 60)) for name in (*AFTER, *OTHERS)}),
    st.integers(0, 100),
)
def test_both_tables_together_do_not_give_a_small_standing_away(standings, share):
    assume(sum(standings.values()) >= 10)
    recovered = sum(standings[name] for name in AFTER)
    rest = sum(standings[name] for name in OTHERS)
    ends = {"recovered": recovered, "dropped_out": rest * share // 100, "censored": rest - rest * share // 100}
    shown_ends, shown = linked(ends, standings, 5)
    for count in shown.values():
        assert count is None or count == 0 or count >= 5
    for name, count in standings.items():
        if 0 < count < 5:
            low, high = bounds(shown_ends, shown, recovered + rest, name)
            assert low < high, (name, shown_ends, shown)


def test_two_hidden_cells_that_sum_to_two_take_a_third_with_them():
    assert suppressed({"worse": 1, "unknown": 1, "unchanged": 8, "recovered": 40}, 5) == {
        "worse": None,
        "unknown": None,
        "unchanged": None,
        "recovered": 40,
    }


def test_a_relapse_cannot_be_read_off_the_recoveries():
    ends = {"recovered": 50, "dropped_out": 20, "censored": 30}
    standings = {"recovered": 48, "relapsed": 2, "partial_response": 10, "unchanged": 20, "worse": 8, "unknown": 12}
    _, shown = linked(ends, standings, 5)
    assert (shown["recovered"], shown["relapsed"]) == (None, None)
    assert shown["worse"] == 8


def test_one_person_behind_a_sum_is_not_summed():
    assert total([30, 0, 0, 0, 0, 0, None], 5) is None
    assert total([0] * 9, 5) == 0
    assert total([1, 2, 3, 4, 5, None], 5) == 15
    assert total([7, None], 5) is None


def test_numbers_at_risk_and_shares_do_not_count_single_leavers(sent, rules):
    assert sent.points
    for point in sent.points:
        assert point.at_risk % rules.least_cell == 0
        assert point.recovered == round(point.recovered, 4)


def test_an_export_one_patient_later_is_refused(sent, registry, rules):
    courses = registry(121, "true", np.random.default_rng(21))
    later = aggregate("A", courses, [outcome(one, rules) for one in courses], rules, np.random.default_rng(1))
    with pytest.raises(UserError, match="would reveal single patients"):
        check_previous(sent, later, rules.least_cell)
    check_previous(sent, sent, rules.least_cell)


@pytest.mark.parametrize("name", ["", "  ", "=cmd()", "+1", "A\nB", "A\tB", "x" * 81, "\x1b[31m"])
def test_a_name_that_is_no_name_does_not_leave(name):
    with pytest.raises(UserError, match="not a clinic's name"):
        clinic_name(name)


def test_a_key_is_one_clinic_and_a_known_clinic_keeps_its_key(sent):
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    mine, forged = sign(sent, KEY), sign(sent, other)
    check_keys([mine], None)
    check_keys([mine], {"A": mine.public_key})
    with pytest.raises(UserError, match="another key"):
        check_keys([forged], {"A": mine.public_key})
    with pytest.raises(UserError, match="not among the known"):
        check_keys([mine], {"B": mine.public_key})
    renamed = sign(msgspec.structs.replace(sent, clinic="B"), KEY)
    with pytest.raises(UserError, match="same key"):
        check_keys([mine, renamed], None)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: {"effect": msgspec.structs.replace(one.effect, error=0.0)},
        lambda one: {"effect": msgspec.structs.replace(one.effect, error=-1.0)},
        lambda one: {"effect": msgspec.structs.replace(one.effect, log_hazard_ratio=1e300)},
        lambda one: {"points": (msgspec.structs.replace(one.points[0], recovered=1.5),)},
        lambda one: {"points": (msgspec.structs.replace(one.points[0], error=0.0),)},
        lambda one: {"points": (one.points[0], one.points[0])},
        lambda one: {"patients": -5},
        lambda one: {"ends": {"recovered": 10**30}},
        lambda one: {"clinic": "=HYPERLINK()"},
    ],
)
def test_a_signed_impossibility_is_still_refused(change, sent):
    data = msgspec.json.encode(sign(msgspec.structs.replace(sent, **change(sent)), KEY))
    with pytest.raises(UserError):
        read_signed(data, "a.json")
