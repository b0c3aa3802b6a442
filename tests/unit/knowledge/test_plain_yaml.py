"""Files people write are read strictly: nothing a lenient reader would silently change gets through."""

from datetime import date

import msgspec
import pytest

from zonula.errors import UserError
from zonula.knowledge import fitted, read_yaml


class _Wheal(msgspec.Struct, forbid_unknown_fields=True):
    food: str
    wheal_mm: tuple[float, float] | None = None
    day: date | None = None


class _Sheet(msgspec.Struct):
    pricks: tuple[_Wheal, ...]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("asthma: none\nasthma: uncontrolled", "line 2: `asthma` is written twice"),
        ("a: {b: 1, b: 2}", "line 1: `b` is written twice"),
        ("a: 1\nday: 2026-02-30", "line 2: 2026-02-30 is not a date"),
        ("a: [", "line 1"),
        ("[" * 20_000, "nested too deeply"),
        ('{"a":' * 20_000, "nested too deeply"),
        ("a: 1\n---\na: 2\n", "several documents in one file"),
        ("!!python/object/apply:os.system ['id']", "could not determine a constructor"),
        ("name: nurse \x00", "not allowed"),
        ("{" + "a: 1, " * 500_000 + "}", "far too large"),
    ],
)
def test_a_file_that_is_not_plain_is_refused_with_its_name_and_line(text, said):
    with pytest.raises(UserError, match=r"sheet\.yaml") as wrong:
        read_yaml(text, "sheet.yaml")
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_aliases_and_merged_keys_are_no_doubles():
    assert read_yaml("base: &b {x: 1, y: 2}\nother: {<<: *b, x: 3}", "f")["other"] == {"x": 3, "y": 2}


def test_a_day_is_a_day():
    assert read_yaml("day: 2026-02-28", "f") == {"day": date(2026, 2, 28)}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"pricks": [{"food": "milk"}, {"food": "egg", "wheal_mm": ["4 mm", 3]}]}, "pricks, entry 2, wheal_mm, entry 1: expected a number, got text"),
        ({"pricks": [{"food": "milk", "lott": "A"}]}, "pricks, entry 1: object contains unknown field `lott`"),
        ({"pricks": [{}]}, "pricks, entry 1: object missing required field `food`"),
        ({"pricks": 3}, "pricks: expected a list, got a whole number"),
        ({"pricks": [{"food": "milk", "day": "soon"}]}, "pricks, entry 1, day: "),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_named_in_words(written, said):
    with pytest.raises(UserError) as wrong:
        fitted(written, _Sheet, "sheet.yaml", "See the manual.")
    assert str(wrong.value).startswith(f"sheet.yaml: {said}")
    assert str(wrong.value).endswith("See the manual.")
