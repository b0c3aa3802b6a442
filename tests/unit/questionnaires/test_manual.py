"""The manual names every instrument and speaks of every step of the command."""

from pathlib import Path

import pytest

from zonula.questionnaires import instruments

MANUAL = (Path(__file__).parents[3] / "docs" / "questionnaires.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(instruments()))
def test_every_instrument_is_in_the_manual(name):
    assert f"`{name}`" in MANUAL


@pytest.mark.parametrize("step", ["list", "show", "template", "check", "score"])
def test_every_step_is_in_the_manual(step):
    assert f"zonula questionnaire {step}" in MANUAL
