"""The order is hidden, and provably not changed, chosen or drawn again."""

from collections import Counter

import msgspec
import pytest
from scipy.stats import chisquare

from zonula.errors import UserError
from zonula.food_triggers.blinded.schedules import Schedules
from zonula.food_triggers.blinded.sealing import canonical, check_seal, commitment, digest, seal, seeded_rank

SCHEDULES = Schedules(active=4, sham=4, longest_run=2)
SEALED = seal("t1", "design", SCHEDULES, seed=b"s" * 32, salt=b"x" * 32)
COMMITTED = commitment(SEALED)


def test_the_untouched_seal_opens():
    check_seal(SEALED, COMMITTED, "t1", "design", SCHEDULES)


def test_a_seal_survives_its_file():
    assert commitment(msgspec.json.decode(msgspec.json.encode(SEALED), type=type(SEALED))) == COMMITTED


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": SCHEDULES.at(0)},
        {"seed": "00" * 32},
        {"salt": "00" * 32},
        {"design_hash": "other"},
    ],
)
def test_any_change_is_seen(change):
    with pytest.raises(UserError, match="changed"):
        check_seal(msgspec.structs.replace(SEALED, **change), COMMITTED, "t1", "design", SCHEDULES)


def test_an_order_chosen_by_hand_before_the_commitment_is_seen():
    chosen = msgspec.structs.replace(SEALED, schedule=SCHEDULES.at((SCHEDULES.rank_of(SEALED.schedule) + 1) % 34))
    with pytest.raises(UserError, match="chosen by hand"):
        check_seal(chosen, commitment(chosen), "t1", "design", SCHEDULES)
    nonsense = msgspec.structs.replace(SEALED, seed="not hex")
    with pytest.raises(UserError, match="hexadecimal"):
        check_seal(nonsense, commitment(nonsense), "t1", "design", SCHEDULES)


def test_the_seal_belongs_to_one_trial_and_one_design():
    with pytest.raises(UserError, match="belongs to trial t1"):
        check_seal(SEALED, COMMITTED, "t2", "design", SCHEDULES)
    with pytest.raises(UserError, match="design is not the one"):
        check_seal(SEALED, COMMITTED, "t1", "changed design", SCHEDULES)


def test_a_short_salt_is_refused():
    with pytest.raises(UserError, match="could be guessed"):
        seal("t1", "design", SCHEDULES, seed=b"s" * 32, salt=b"short")


def test_seeds_give_every_order_equally_often():
    drawn = Counter(seeded_rank(seed.to_bytes(32, "big"), 34) for seed in range(34 * 200))
    assert chisquare([drawn[rank] for rank in range(34)]).pvalue > 0.001


def test_the_canonical_form_does_not_depend_on_the_order_of_keys_and_refuses_not_a_number():
    assert digest({"b": 1, "a": "é"}) == digest({"a": "é", "b": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})
