"""Facts for the tests of the chart review: the drawn tables of the spec tests, reused."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

DRAWING = Path(__file__).resolve().parents[2] / "spec" / "chart_review" / "conftest.py"


@pytest.fixture(scope="session")
def drawing():
    """The module that reads drawn tables."""
    spec = spec_from_file_location("drawing", DRAWING)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
