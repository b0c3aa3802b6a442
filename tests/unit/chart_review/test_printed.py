"""The rules page and the review schema on disk are what the code would print today."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def printer():
    spec = spec_from_file_location("print_rules", ROOT / "tools" / "print_rules.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_rules_page_and_the_schema_are_current():
    module = printer()
    assert (ROOT / "docs" / "generated" / "rules.md").read_text(encoding="utf-8") == module.page()
    assert (ROOT / "docs" / "schemas" / "review.schema.json").read_text(encoding="utf-8") == module.schema()
