"""The program that gets the tests a browser: it believes no browser that draws nothing, and no archive with another hash."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = spec_from_file_location("zonula_tools_browser", ROOT / "tools" / "browser.py")
program = module_from_spec(SPEC)
SPEC.loader.exec_module(program)


@pytest.fixture
def found():
    known = program.answer()
    if known is None or "missing" in known:
        pytest.skip(f"NO BROWSER: {(known or {}).get('missing', 'tools/browser.py has not run')}")
    return known


def test_the_browser_found_draws_text(found):
    assert program.draws_text(found, found["node"]) == found["version"].split()[0]


def test_a_browser_without_a_font_is_not_believed(found, tmp_path):
    no_fonts = tmp_path / "fonts.conf"
    no_fonts.write_text(f'<?xml version="1.0"?><fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>')
    blind = {**found, "environment": {**found["environment"], "FONTCONFIG_FILE": str(no_fonts)}}
    with pytest.raises(program.NoBrowserError, match="draws no text"):
        program.draws_text(blind, found["node"])


def test_a_browser_asked_for_by_name_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setenv("ZONULA_CHROMIUM", "/nowhere/chromium")
    answer = program.find()
    assert "executable" not in answer
    assert answer["missing"].startswith("ZONULA_CHROMIUM: /nowhere/chromium does not start")


def test_an_archive_with_another_hash_is_not_used(monkeypatch, tmp_path):
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\necho tampered > chromium.tgz\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:/usr/bin:/bin")
    with pytest.raises(program.NoBrowserError, match="not used"):
        program.npm_pack(tmp_path)


@pytest.mark.parametrize("changed", [{"recipe": "older"}, {"executable": "/nowhere/chromium"}])
def test_an_answer_that_no_longer_holds_is_forgotten(monkeypatch, tmp_path, changed):
    known = {"recipe": program._recipe(), "executable": "/bin/sh", "environment": {}}
    monkeypatch.setattr(program, "ANSWER", tmp_path / "browser.json")
    program.ANSWER.write_text(json.dumps(known))
    assert program.answer() == known
    program.ANSWER.write_text(json.dumps(known | changed))
    assert program.answer() is None
