"""The shelf, and a person who is known."""

from datetime import date

import pytest

from zonula.chart import State
from zonula.diet.requirements import Person
from zonula.knowledge import shelf

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="session")
def knowledge():
    return shelf()


@pytest.fixture
def today():
    return TODAY


@pytest.fixture
def woman():
    return Person(age=40, sex="female", weight_kg=62, pregnant=State.NO, breastfeeding=State.NO)
