"""Rows become a diary; what cannot be used is refused with a reason and never silently."""

from datetime import date

import numpy as np
import pytest

from zonula.diary import DiaryWriter, FoodGroup, read_long_csv
from zonula.errors import UserError

START = date(2031, 1, 6)


def writer():
    groups = (FoodGroup("milk", 0.1), FoodGroup("wheat", 0.1))
    return DiaryWriter("p", START, groups, {"latte": [("milk", 0.8)], "pizza": [("milk", 0.5), ("wheat", 1.0)]})


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("2031-01-06T08:00", "symptom", "itch", None, "11"), "outside 0-10"),
        (("2031-01-06T08:00", "symptom", "itch", None, "nan"), "not a number"),
        (("yesterday", "food", "latte", 1, None), "no usable local time"),
        (("1931-01-06T08:00", "food", "latte", 1, None), "no usable local time"),
        (("2031-01-06T08:00", "food", "latte", -1, None), "number of portions"),
        (("2031-01-06T08:00", "challenge", "ghost", 1, None), "not in the list"),
        (("2031-01-06T08:00", "context", "stress", None, "much"), "not a number"),
    ],
)
def test_a_bad_row_is_refused_with_a_reason(row, why):
    assert why in writer().add(*row)


@pytest.mark.parametrize(
    "row",
    [
        ("2031-01-06T08:00", "weather", "rain", 1, 1),
        ("2031-01-06T08:00", "note", "", None, "text"),
        ("2031-01-06T08:00", "context", "moon", None, 3),
        ("2031-01-06T08:00", "symptom", "itch", None, ""),
        ("2031-01-06T08:00", "food", "water", 1, None),
    ],
)
def test_what_the_contract_lets_be_ignored_is_ignored(row):
    made = writer()
    assert made.add(*row) is None
    assert len(made.diary().intake_hour) == 0
    assert len(made.diary().rating_hour) == 0


def test_an_item_gives_every_group_it_contains():
    made = writer()
    made.add("2031-01-07T12:30", "food", "pizza", 2, None)
    diary = made.diary()
    assert diary.intake_hour.tolist() == [36.5, 36.5]
    assert diary.intake_servings.tolist() == [1.0, 2.0]


def test_an_unstated_belief_is_unknown_and_not_zero():
    made = writer()
    made.add("2031-01-06T08:00", "belief", "milk", None, 0)
    assert made.diary().belief[0] == 0
    assert np.isnan(made.diary().belief[1])


def test_a_third_party_export_is_read_through_a_mapping(tmp_path):
    (tmp_path / "export.csv").write_text(
        "When,What,Name,Qty,Score\n2031-01-06T08:00,Meal,Latte,1,\n2031-01-06T20:00,Feeling,itch,,45\nx,Meal,Tea,1,\n"
    )
    (tmp_path / "map.yaml").write_text(
        "columns: {time: When, kind: What, item: Name, amount: Qty, value: Score}\n"
        "kinds: {Meal: food, Feeling: symptom}\nscale: {symptom: 0.1}\nrecipes: {Latte: {milk: 0.8}}\n"
    )
    diary, report = read_long_csv(tmp_path / "export.csv", tmp_path / "map.yaml")
    assert [group.name for group in diary.groups] == ["milk", "Tea"]
    assert diary.rating_value.tolist() == [4.5]
    assert report.kept == 2
    assert report.skipped.total() == 1


def test_an_export_without_times_is_the_users_to_mend(tmp_path):
    (tmp_path / "export.csv").write_text("time,kind,item,amount,value\n,food,x,1,\n")
    with pytest.raises(UserError):
        read_long_csv(tmp_path / "export.csv")
