"""The rules of the house bite: each one finds a breach planted for it."""

import shutil
import subprocess
import sys
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = spec_from_file_location("check_house", ROOT / "tools" / "check_house.py")
check_house = module_from_spec(SPEC)
SPEC.loader.exec_module(check_house)
TODAY = date(2026, 11, 24)


@pytest.fixture
def house(tmp_path):
    (tmp_path / "docs" / "adr").mkdir(parents=True)
    (tmp_path / "src" / "zonula" / "knowledge" / "room").mkdir(parents=True)
    return tmp_path


def plant(house, name, text):
    path = house / "src" / "zonula" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_empty_house_is_in_order(house):
    assert check_house.breaches(house, TODAY) == []


@pytest.mark.parametrize(
    ("name", "text", "breach"),
    [
        ("room/long.py", '"""Long."""\n' + "x = 1\n" * 401, "split it"),
        ("room/utils.py", '"""Vague."""\n', "says nothing"),
        ("room/clock.py", '"""Clock."""\nfrom datetime import date\nd = date.today()\n', "no clock"),
        ("room/dice.py", '"""Dice."""\nimport numpy as np\nr = np.random.default_rng()\n', "no clock"),
        ("room/claim.py", '"""Claim."""\nX = "Leaky gut detected"\n', "says 'Leaky gut detected'"),
        ("reports/page.html", "<p>This will cure you</p>", "says 'cure'"),
        ("room/quiet.py", "x = 1\n", "no docstring"),
        ("room/silent.py", '"""Module."""\ndef speak(): pass\n', "speak has no docstring"),
        ("knowledge/room/card.yaml", "title: x\n", "missing required field"),
    ],
)
def test_each_rule_finds_its_breach(house, name, text, breach):
    plant(house, name, text)
    assert any(breach in line for line in check_house.breaches(house, TODAY))


def test_an_overdue_card_fails_the_check(house):
    card = ROOT / "src" / "zonula" / "knowledge" / "skin_prick_tests" / "positive_wheal.yaml"
    plant(house, "knowledge/room/card.yaml", card.read_text(encoding="utf-8"))
    assert check_house.breaches(house, TODAY) == []
    assert any("review was due" in line for line in check_house.breaches(house, date(2099, 1, 1)))


@pytest.mark.parametrize(
    ("where", "line", "contract"),
    [
        ("chart/breach.py", "import zonula.knowledge", "The house: who may import whom"),
        ("chart_review/breach.py", "import zonula.chart_import", "The house: who may import whom"),
        ("journey_breach.py", "x = 1", "The house: who may import whom"),
        ("knowledge/breach.py", "import socket", "The clinical core knows no web, no network, no database"),
        ("chart/breach.py", "import random", "The core has no clock and no dice of its own"),
        ("outcomes/breach.py", "import duckdb", "Database engines live in one place"),
    ],
)
def test_the_import_contracts_bite(tmp_path, where, line, contract):
    """A breach planted in a copy of the house breaks the contract that forbids it."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "zonula" / where).write_text(f"{line}\n")
    checked = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode != 0
    assert f"{contract} BROKEN" in checked.stdout


def test_the_house_itself_is_in_order():
    assert check_house.breaches(ROOT, TODAY) == []
