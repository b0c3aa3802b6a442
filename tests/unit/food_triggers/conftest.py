import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "simulators"))

from diary_files import diary_of
from virtual_diarist import Traps, free_living


@pytest.fixture(scope="session")
def virtual():
    """Make (person, rows, diary) for a seed, days and traps."""
    kept = {}

    def make(seed: int, days: int = 60, traps: Traps | None = None, **shape):
        key = (seed, days, traps, tuple(shape.items()))
        if key not in kept:
            person, rows = free_living(seed, days, traps, **shape)
            kept[key] = (person, rows, diary_of(person, rows, days))
        return kept[key]

    return make
