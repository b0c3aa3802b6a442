"""Reading the shelf from the package or from a clinic's own folder."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import yaml

from zonula.chart import System
from zonula.errors import KnowledgeError
from zonula.knowledge.cards import Card, read_card

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CodeRow(msgspec.Struct, frozen=True):
    """One row of a code list. `more` holds the columns beyond system, code and display."""

    system: System
    code: str
    display: str
    more: dict[str, str]


class Shelf:
    """The cards and code lists of one folder, read when first asked for and kept."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._cards: dict[str, Card] = {}

    def card(self, card_id: str) -> Card:
        """The card `<room>/<name>`. Raises KnowledgeError when it is missing or refused."""
        if card_id not in self._cards:
            path = self.root / f"{card_id}.yaml"
            if not path.is_file():
                raise KnowledgeError(f"card {card_id}: no such file {path.name}")
            self._cards[card_id] = self._read(card_id, path)
        return self._cards[card_id]

    def cards(self, prefix: str = "") -> Iterator[Card]:
        """Every card below `<room>` or `<room>/<folder>`, in order of id."""
        for path in sorted((self.root / prefix).rglob("*.yaml")):
            yield self.card(path.relative_to(self.root).with_suffix("").as_posix())

    def code_list(self, list_id: str) -> tuple[CodeRow, ...]:
        """The code list `<room>/<name>`. Raises KnowledgeError on an unknown system, an empty code or a repeated row."""
        path = self.root / f"{list_id}.csv"
        if not path.is_file():
            raise KnowledgeError(f"code list {list_id}: no such file {path.name}")
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"system", "code", "display"} <= set(reader.fieldnames or ()):
                raise KnowledgeError(f"code list {list_id}: needs the columns system, code, display")
            return tuple(_rows(list_id, reader))

    @staticmethod
    def _read(card_id: str, path: Path) -> Card:
        try:
            written = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - the safe loader, in C
        except yaml.YAMLError as wrong:
            raise KnowledgeError(f"card {card_id}: not YAML: {wrong}") from None
        return read_card(card_id, written)


def _rows(list_id: str, reader: "csv.DictReader[str]") -> Iterator[CodeRow]:
    seen: set[tuple[str, ...]] = set()
    for row in reader:
        identity = tuple(str(value) for key, value in row.items() if key != "display")
        if identity in seen:
            raise KnowledgeError(f"code list {list_id}, line {reader.line_num}: this row stands twice")
        seen.add(identity)
        system, code = row.pop("system"), row.pop("code").strip()
        if system not in set(System) or not code:
            raise KnowledgeError(f"code list {list_id}, line {reader.line_num}: needs a known system and a code")
        yield CodeRow(System(system), code, row.pop("display"), dict(row))


@cache
def shelf() -> Shelf:
    """The shelf that ships with the package."""
    return Shelf(Path(__file__).parent)
