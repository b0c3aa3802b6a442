"""Some whole lives, drawn once."""

import pytest

from zonula.simulation import life

SEED = 20261124


@pytest.fixture(scope="session")
def lives():
    return [life(SEED, index) for index in range(24)]
