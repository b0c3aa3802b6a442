"""Virtual registries for the outcome tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "simulators"))

from zonula.knowledge import shelf
from zonula.outcomes import declared


@pytest.fixture(scope="session")
def rules():
    return declared(shelf())


@pytest.fixture(scope="session")
def registry():
    from virtual_registry import registry as make

    return make
