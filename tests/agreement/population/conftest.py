"""Generated charts and rules, drawn from where the closures of the chart review are tested: one hunt, one more executor."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

GENERATED = Path(__file__).resolve().parents[2] / "unit" / "chart_review" / "test_agreement.py"


@pytest.fixture(scope="session")
def generated():
    """The module with the strategies `charts` and `truths`."""
    spec = spec_from_file_location("generated_charts", GENERATED)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
