"""The shelf refuses what has no provenance."""

from datetime import date

import pytest
import yaml

from zonula.errors import KnowledgeError
from zonula.knowledge import AWAITING_SIGN_OFF, Shelf

GOOD = {
    "title": "Positive skin prick test",
    "meaning": "Wheal above the negative control that counts as sensitised.",
    "why_it_matters": "Below it, wheals are noise.",
    "unit": "mm",
    "values": [{"since": date(2008, 1, 1), "value": 2}, {"since": date(2013, 2, 1), "value": 3}],
    "sources": [{"title": "A paper", "link": "https://doi.org/10.1186/2045-7022-3-3", "mark": "V"}],
    "grade": "guideline",
    "verified": True,
    "authored_by": "Zonula engineers",
    "checked_by": AWAITING_SIGN_OFF,
    "reviewed": date(2026, 11, 24),
    "next_review": date(2027, 11, 24),
}


def shelf_with(tmp_path, **changes):
    card = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    (tmp_path / "room").mkdir(exist_ok=True)
    (tmp_path / "room" / "card.yaml").write_text(yaml.safe_dump(card))
    return Shelf(tmp_path)


def test_a_good_card_is_read_with_the_value_of_the_day(tmp_path):
    card = shelf_with(tmp_path).card("room/card")
    assert card.id == "room/card"
    assert card.value == 3
    assert card.value_on(date(2010, 1, 1)) == 2
    assert not card.signed_off
    with pytest.raises(KnowledgeError, match="no value in force"):
        card.value_on(date(2000, 1, 1))


@pytest.mark.parametrize(
    "field", ["sources", "checked_by", "reviewed", "next_review", "authored_by", "grade", "meaning", "verified"]
)
def test_a_card_without_provenance_is_refused(tmp_path, field):
    with pytest.raises(KnowledgeError, match=field):
        shelf_with(tmp_path, **{field: ...}).card("room/card")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sources": []}, "needs a source"),
        ({"sources": [{"title": "x", "link": " ", "mark": "V"}]}, "needs a source"),
        ({"checked_by": " "}, "checked_by is empty"),
        ({"next_review": date(2026, 11, 24)}, "not after reviewed"),
        ({"sources": [{"title": "memory", "link": "x", "mark": "M"}]}, "cannot be marked verified"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_card_that_claims_too_much_is_refused(tmp_path, changes, reason):
    with pytest.raises(KnowledgeError, match=reason):
        shelf_with(tmp_path, **changes).card("room/card")


def test_a_card_is_overdue_after_its_review_date(tmp_path):
    card = shelf_with(tmp_path).card("room/card")
    assert not card.overdue(date(2027, 11, 24))
    assert card.overdue(date(2027, 11, 25))


def test_a_code_list_needs_its_columns_and_known_systems(tmp_path):
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "good.csv").write_text("system,code,display,note\nicd10cm,R53.83,Other fatigue,x\n")
    (tmp_path / "room" / "bad.csv").write_text("system,code,display\nICD,R53.83,Other fatigue\n")
    (tmp_path / "room" / "twice.csv").write_text("system,code,display\nicd10cm,R53.83,a\nicd10cm,R53.83,b\n")
    (tmp_path / "room" / "thin.csv").write_text("code\nR53.83\n")
    shelf = Shelf(tmp_path)
    (row,) = shelf.code_list("room/good")
    assert (row.code, row.more) == ("R53.83", {"note": "x"})
    for name, reason in (
        ("bad", "known system"),
        ("twice", "stands twice"),
        ("thin", "columns"),
        ("none", "no such file"),
    ):
        with pytest.raises(KnowledgeError, match=reason):
            shelf.code_list(f"room/{name}")
