"""Prints docs/generated/rules.md from the spec tests, the cases and the library, and docs/schemas/review.schema.json from the contract.

With --check nothing is written; exits 1 when a file on disk is not what would be printed.
"""

import inspect
import json
import sys
import textwrap
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from zonula.chart_review import nodes as n  # noqa: E402
from zonula.chart_review.contract import SCHEMA, Review  # noqa: E402
from zonula.chart_review.library import rules  # noqa: E402
from zonula.chart_review.library.phrases import complaints, current_drugs, denials, labels, refutations, tests  # noqa: E402
from zonula.chart_review.spelling import spelled  # noqa: E402
from zonula.chart_review.vocabulary import vocabulary  # noqa: E402
from zonula.knowledge import shelf  # noqa: E402
from zonula.reports.schemas import published  # noqa: E402

SPECS, CASES = ROOT / "tests" / "spec" / "chart_review", ROOT / "tests" / "cases" / "chart_review"
CHAPTERS = {
    "domain": "The twelve symptom domains",
    "suspicion": "Labels somebody proposed",
    "criterion": "Their criteria",
    "red_flag": "Red flags",
    "burden": "The burden",
}


def load(path: Path) -> ModuleType:
    """A test module by its path."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spec_pages() -> Iterator[str]:
    """Each spec test: its sentence, the drawn tables, the question and the answer, as the test asserts them."""
    for path in sorted(SPECS.glob("test_*.py")):
        module = load(path)
        yield f"## {inspect.getdoc(module)}"
        for name, test in vars(module).items():  # in the order they are written
            if not name.startswith("test_"):
                continue
            yield f"### {name.removeprefix('test_').replace('_', ' ').capitalize()}\n\n{inspect.getdoc(test)}"
            asked: list[tuple[str, object, str, str | None, str]] = []

            def record(table: str, rule: object, answer: str, because: str | None = None, patient: str = "") -> None:
                asked.append((textwrap.dedent(table).strip(), rule, answer, because, patient))  # noqa: B023 - called at once

            test(record)
            shown = ""
            for table, rule, answer, because, patient in asked:
                if table != shown:
                    yield drawn(table)
                    shown = table
                told = f", because of {because}" if because else ""
                who = f" (patient: {patient})" if patient else ""
                yield f"```python\n{spelled(rule)}\n```\n\n**{answer}**{told}{who}"  # type: ignore[arg-type]


def drawn(table: str) -> str:
    """A drawn table as a Markdown table; an empty chart in words."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.splitlines()]
    if len(rows) == 1:
        return "*An empty chart.*"
    return markdown(rows[0], rows[1:])


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


NAMED = """## How the library is written

Nodes that recur have names: `complaints(list)` are the asserted symptoms, conditions, observations, visits and allergies of a list,
`denials(list)` what the record denies of it, `labels(list)` where it was written down as certain or as a suspicion, `refutations(list)` where
that was refuted, `tests(test)` the results of a test that was done, `drugs(list)` the drugs not recorded as stopped. For example,
`tests("bmi")` is

```python
%s
```"""


def named_nodes() -> dict[n.Node, str]:
    """The nodes that recur in the library, by name."""
    names: dict[n.Node, str] = {}
    for name in sorted(vocabulary().list_names):
        group, _, own = name.partition("/")
        makers = {"complaints": complaints, "denials": denials, "labels": labels, "refutations": refutations}
        names.update({maker(name): f'{word}("{name}")' for word, maker in makers.items()})
        if group == "test":
            names[tests(own)] = f'tests("{own}")'
        if group == "drug":
            names[current_drugs(own)] = f'drugs("{own}")'
    return names


def library_pages() -> Iterator[str]:
    """Every rule of the library with its card, its wording as nodes, and the clinician's cases."""
    cases: dict[str, list[dict[str, object]]] = {}
    for path in sorted(CASES.glob("*.yaml")):
        cases.update(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader))
    names = named_nodes()
    yield NAMED % spelled(tests("bmi"))
    for chapter, title in CHAPTERS.items():
        yield f"## {title}"
        for rule in rules():
            if rule.chapter == chapter:
                card = shelf().card(rule.card)
                level = f" Level **{card.data['level']}**." if chapter == "red_flag" else ""
                mark = "" if card.verified else " *Not verified at its source.*"
                yield f"### {rule.id}\n\n{rule.says}.{level}{mark} Cards: {', '.join(f'`{card}`' for card in rule.according_to)}."
                yield f"```python\n{spelled(rule.when, names)}\n```"
                yield markdown(["case", "facts", "answer"], [case_row(case) for case in cases[rule.id]])
    yield "## The work-up\n\nEach asks whether the test was done: a result of the list, whatever it said; a planned or mistaken one is none."
    rows = [[rule.id, rule.says] for rule in rules() if rule.chapter == "workup"]
    yield markdown(["rule", "says"], rows)


def case_row(case: dict[str, object]) -> list[str]:
    """One case as a row."""
    facts = case["facts"]
    assert isinstance(facts, list)
    who = ", ".join(f"{key} {case[key] or 'unknown'}" for key in ("sex", "born") if key in case)
    told = "; ".join(" ".join(str(value) for value in fact.values()) for fact in facts) or "none"
    return [f"{case['title']}{f' ({who})' if who else ''}", told, f"**{case['answer']}**"]


def page() -> str:
    """The whole page."""
    head = (
        "# What the rules mean\n\n"
        "Printed by `tools/print_rules.py` from the spec tests and cases; do not edit. Each drawn table is a chart, and the answer below the "
        "question is asserted by the test suite for the plain and for the compiled evaluator. The day of the review is 2026-11-24; the patient "
        f"is a woman born 1980-05-01 unless said otherwise. The library has {len(rules())} rules."
    )
    return "\n\n".join([head, *spec_pages(), *library_pages()]) + "\n"


def schema() -> str:
    """The JSON schema of a review."""
    described = published(Review)
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **described}
    return json.dumps(described, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the files, or say which are not current."""
    stale = []
    for path, text in (
        (ROOT / "docs" / "generated" / "rules.md", page()),
        (ROOT / "docs" / "schemas" / "review.schema.json", schema()),
    ):
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print(
        "\n".join(f"{name}: {'is not current; run make fix' if '--check' in sys.argv else 'written'}" for name in stale)
        or "rules page and review schema are current"
    )
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
