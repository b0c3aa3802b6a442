"""Pages of NDJSON → the words of their lines, parted by patient, as they wait in a spill."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from zonula.population.cut import kernels, many
from zonula.population.cut.patterns import KINDS, shapes

LONGEST_PATTERN = 32 << 10  # bytes; a longer one holds a text of its own
MOST_PATTERNS = 16 << 20  # bytes of all patterns of a file; beyond that its lines have too little in common
Ints = npt.NDArray[np.integer[Any]]


class CutLines(msgspec.Struct, frozen=True, array_like=True):
    """Lines of one file and part. patterns: their numbers in the file; patients: whose they are, by place in `ids`; lines: their numbers
    in the file. sizes, days, numbers: of all words in turn; words: their bytes.
    """

    ids: list[str]
    patients: bytes
    patterns: bytes
    lines: bytes
    sizes: bytes
    days: bytes
    numbers: bytes
    words: bytes


class Cutter:
    """Cuts the pages of one file. patterns: the text of each pattern met so far."""

    def __init__(self) -> None:
        self.patterns: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._size = 0
        self._out = np.empty(0, np.uint8)
        self._slots, self._amounts = np.empty((0, 4), np.int64), np.empty(0, np.float64)

    def page(self, content: bytes, first: int) -> "Page":
        """Cut a page of whole lines. first: the number of its first line."""
        data = np.frombuffer(content, np.uint8)
        ends = np.flatnonzero(data == 10)
        if not len(ends) or ends[-1] != len(data) - 1:
            ends = np.append(ends, len(data))
        begins = np.empty_like(ends)
        begins[:1] = 0
        begins[1:] = ends[:-1] + 1
        known = shapes()
        lines = np.zeros((len(ends), 7), np.int64)
        # The same memory serves every page: new pages of the system cost as much as cutting.
        most = (
            len(data) // 16 + 8
        )  # a word takes more bytes than that, its key and quotes counted; denser lines are odd
        if len(self._out) < len(data) + len(ends) * 2:
            self._out = np.empty(len(data) + len(ends) * 2, np.uint8)
        if len(self._slots) < most:
            self._slots, self._amounts = np.empty((most, 4), np.int64), np.empty(most, np.float64)
        kernels.cut(
            data, begins, ends, known.types, known.members, known.subjects, lines, self._out, self._slots, self._amounts
        )
        return Page(content, first, begins, ends, data, lines, self._out, self._slots, self._amounts)

    def numbered(self, page: "Page", cut: Ints) -> Ints:
        """The pattern of each of these lines, as its number in the file; -1 for one more than a file may have, or one too long."""
        spans = page.lines[cut, 5:7]
        found, firsts = _alike(page.out, spans)
        numbers = np.full(len(firsts), -1, np.int32)
        for place, first in enumerate(firsts):
            if spans[first, 1] - spans[first, 0] > LONGEST_PATTERN:
                continue
            text = page.out[spans[first, 0] : spans[first, 1]].tobytes()
            number = self._numbers.get(text, -1)
            if number < 0 and self._size + len(text) <= MOST_PATTERNS:
                number = self._numbers[text] = len(self.patterns)
                self.patterns.append(text)
                self._size += len(text)
            numbers[place] = number
        return numbers[found]


class Page(NamedTuple):
    """A page after it was cut; see `kernels.cut`. Its arrays serve the next page again."""

    content: bytes
    first: int
    begins: Ints
    ends: Ints
    data: npt.NDArray[np.uint8]
    lines: Ints
    out: npt.NDArray[np.uint8]
    slots: Ints
    numbers: npt.NDArray[np.float64]

    def read(self, cut: Ints) -> dict[str, int]:
        """How many of these lines there are of each type."""
        counts = np.bincount(self.lines[cut, 1], minlength=len(KINDS))
        return {kind: int(count) for kind, count in zip(KINDS, counts, strict=True) if count}

    def subjects(self, cut: Ints) -> tuple[list[str], Ints]:
        """The ids of the patients these lines are about, and which of them each is."""
        slots = self.slots[self.lines[cut, 2]]
        spans = np.stack([slots[:, 0], slots[:, 0] + slots[:, 1]], axis=1)
        found, firsts = _alike(self.data, spans)
        return [self.content[spans[f, 0] : spans[f, 1]].decode() for f in firsts], found

    def parted(
        self, cut: Ints, patterns: Ints, ids: Sequence[str], whose: Ints, part_of: Callable[[str], int]
    ) -> Iterable[tuple[int, CutLines]]:
        """The words of these lines, a batch for each part."""
        part = np.array([part_of(each) for each in ids], np.int32)[whose]
        order = np.argsort(part, kind="stable")
        for chosen in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
            rows = cut[chosen]
            count = int(self.lines[rows, 4].sum())
            sizes, days, numbers = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.float64)
            arena = np.empty(int((self.lines[rows, 6] - self.lines[rows, 5]).sum()) + len(self.content), np.uint8)
            used = many.gather(self.data, rows, self.lines, self.slots, self.numbers, sizes, days, numbers, arena)
            theirs, local = np.unique(whose[chosen], return_inverse=True)
            yield int(part[chosen[0]]), CutLines(
                [ids[place] for place in theirs],
                local.astype(np.int32).tobytes(),
                patterns[chosen].astype(np.int32).tobytes(),
                (rows + self.first).astype(np.int64).tobytes(),
                sizes.tobytes(),
                days.tobytes(),
                numbers.tobytes(),
                arena[:used].tobytes(),
            )  # fmt: skip


def _alike(data: npt.NDArray[np.uint8], spans: Ints) -> tuple[Ints, Ints]:
    """Spans numbered by their bytes, and the first span of each number."""
    table = np.full(max(2, 1 << (2 * len(spans)).bit_length()), -1, np.int32)
    found = np.empty(len(spans), np.int32)
    return found, many.same(data, np.ascontiguousarray(spans), table, found)
