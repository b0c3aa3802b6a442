"""The rules of the house that no linter knows: sizes, names, clocks, review dates, and words we never say.

Prints one line per breach and exits 1 when there is any. Run by `make check`; each rule has a test that plants a breach.
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
MEDIAN = 150
VAGUE_NAMES = {"utils", "util", "common", "core", "services", "helpers", "manager", "misc"}
# Promises and claims the product must not make. Quoting them as something not to say is fine, so the lint reads string
# constants, cards and templates line by line and skips lines that carry the marker below.
FORBIDDEN = re.compile(
    r"leaky gut detected|\bwe diagnose\b|\byour diagnosis is\b|\bdiagnosed by zonula\b|\bcures?\b(?!:)|\bdetoxif(?:y|ies)\b|\bdetox\b",
    re.I,
)
_PLACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")  # what a template fills in is not its words
ALLOWED_MARK = "words-lint: quoted"
CLOCKS = re.compile(r"\b(?:date\.today|datetime\.now|datetime\.utcnow|time\.time|default_rng\(\))")
CLOCK_ROOMS = ("cli",)


def sources(root: Path) -> list[Path]:
    """Every module of ours; migrations are written by Django."""
    return sorted(path for path in (root / "src").rglob("*.py") if "migrations" not in path.parts)


def sizes(root: Path) -> Iterator[str]:
    """No file above 400 lines without an ADR that names it; the median about 150."""
    decisions = "\n".join(path.read_text(encoding="utf-8") for path in (root / "docs" / "adr").glob("*.md"))
    lengths = []
    for path in sources(root):
        length = len(path.read_text(encoding="utf-8").splitlines())
        lengths.append(length)
        if length > LONGEST and path.relative_to(root).as_posix() not in decisions:
            yield f"{path.relative_to(root)}: {length} lines; split it by meaning or name it in an ADR"
    if lengths and sorted(lengths)[len(lengths) // 2] > MEDIAN * 1.2:
        yield f"the median file has {sorted(lengths)[len(lengths) // 2]} lines; the house aims at {MEDIAN}"


def names(root: Path) -> Iterator[str]:
    """Modules are named by the field's words."""
    for path in sources(root):
        if path.stem in VAGUE_NAMES or path.parent.name in VAGUE_NAMES:
            yield f"{path.relative_to(root)}: a name that says nothing; use the field's word"


def clocks(root: Path) -> Iterator[str]:
    """The core has no clock and no dice: `today` and the generator are arguments."""
    for path in sources(root):
        package, room = path.relative_to(root / "src").parts[:2]
        if package == "zonula_web" or room in CLOCK_ROOMS:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if CLOCKS.search(line):
                yield f"{path.relative_to(root)}:{number}: the core asks no clock and throws no dice"


def words(root: Path) -> Iterator[str]:
    """No claim to diagnose, cure or detoxify, in what a person may read: strings, cards, templates."""
    for path in sorted((root / "src").rglob("*")):
        if path.suffix == ".py":
            lines = _spoken(path)
        elif path.suffix in {".yaml", ".html", ".typ", ".txt", ".jinja", ".j2", ".md"}:
            read = path.read_text(encoding="utf-8").splitlines()
            lines = [(number, _PLACES.sub("", line)) for number, line in enumerate(read, 1)]
        else:
            continue
        for number, line in lines:
            said = FORBIDDEN.search(line)
            if said and ALLOWED_MARK not in line:
                yield f"{path.relative_to(root)}:{number}: says {said[0]!r}"


def _spoken(path: Path) -> list[tuple[int, str]]:
    """The string constants of a module that are not docstrings, each with its first source line's mark."""
    text = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value + (ALLOWED_MARK if ALLOWED_MARK in lines[node.lineno - 1] else ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and node.value != "cure"
    ]


def review_dates(root: Path, today: date) -> Iterator[str]:
    """Every card reads, and none is overdue for review."""
    sys.path.insert(0, str(ROOT / "src"))
    from zonula.errors import KnowledgeError
    from zonula.knowledge import Shelf

    shelf = Shelf(root / "src" / "zonula" / "knowledge")
    try:
        for card in shelf.cards():
            if card.overdue(today):
                yield f"card {card.id}: review was due on {card.next_review.isoformat()}"
        for path in sorted(shelf.root.rglob("*.csv")):
            shelf.code_list(path.relative_to(shelf.root).with_suffix("").as_posix())
    except KnowledgeError as wrong:
        yield str(wrong)


def undocumented(root: Path) -> Iterator[str]:
    """Every public module, class and function of the package says what it is."""
    for path in sources(root):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.stem != "__main__" and not ast.get_docstring(tree):
            yield f"{path.relative_to(root)}: the module has no docstring"
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                yield f"{path.relative_to(root)}:{node.lineno}: {node.name} has no docstring"


def breaches(root: Path, today: date) -> list[str]:
    """Every breach under `root`, in order."""
    found = [*sizes(root), *names(root), *clocks(root), *words(root), *undocumented(root)]
    return found + list(review_dates(root, today))


if __name__ == "__main__":
    lines = breaches(ROOT, date.today())
    print("\n".join(lines) or "the house is in order")
    sys.exit(bool(lines))
