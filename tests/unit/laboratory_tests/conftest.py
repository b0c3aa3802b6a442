"""The clinician's cases, read once."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = Path(__file__).parents[2] / "cases" / "laboratory_tests"


def changed(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The base with each dotted path set; the next free number of a list appends; null takes away."""
    result: Any = deepcopy(base)
    for path, value in change.items():
        *parents, last = path.split(".")
        place = result
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place.setdefault(parent, {})
        if isinstance(place, list):
            place[int(last) :] = [value]
        elif value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return result


def celiac_cases() -> list[dict[str, Any]]:
    written = yaml.safe_load((CASES / "celiac.yaml").read_text(encoding="utf-8"))
    return [{**case, "evidence": changed(written["base"], case["change"])} for case in written["cases"]]


@pytest.fixture(scope="session")
def cases_folder() -> Path:
    return CASES


def pytest_generate_tests(metafunc):
    if "celiac_case" in metafunc.fixturenames:
        cases = celiac_cases()
        metafunc.parametrize("celiac_case", cases, ids=[case["name"] for case in cases])


@pytest.fixture(scope="session")
def all_celiac_cases() -> list[dict[str, Any]]:
    return celiac_cases()
