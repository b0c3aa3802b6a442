"""The cut lines of one part of the population, from all files: their words side by side, and what each line becomes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zonula.chart_import.fhir import Resource
from zonula.chart_import.fhir.datatypes import Reference
from zonula.chart_import.fhir.reading import Reading, Who
from zonula.chart_import.fhir.registry import SHAPES
from zonula.population.cut.lines import CutLines, Ints
from zonula.population.cut.patterns import Learned, Met, Pattern, learned

_LEARNED = 20_000  # patterns kept in each process
_COLUMNS: dict[str, type] = {"patient": np.int32, "pattern": np.int32, "line": np.int64, "origin": np.int32, "size": np.int32, "day": np.int32, "number": np.float64, "arena": np.uint8}  # fmt: skip


class Origin(NamedTuple):
    """A file as its cut lines know it. directory: the people, places and drugs its lines may point at.
    place: of the file among all files."""

    name: str
    patterns: tuple[bytes, ...]
    directory: Mapping[str, Resource]
    place: int


class Gathered:
    """Lines, one per row. words, sizes: begin and length in `arena` of all words in turn; first: the first word of each line."""

    def __init__(self, files: Sequence[tuple[Origin, Sequence[CutLines]]]) -> None:
        self.origins = [origin for origin, _ in files]
        self.places = [origin.place for origin in self.origins]
        ids = sorted({each for _, pieces in files for piece in pieces for each in piece.ids})
        self.ids = ids
        places = {each: place for place, each in enumerate(ids)}
        self.patterns: list[Pattern] = []
        self._who: dict[tuple[int, str, str], Who] = {}
        numbers: dict[bytes, int] = {}
        columns: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _COLUMNS}
        for place, (origin, pieces) in enumerate(files):
            known = np.array([self._number(text, numbers) for text in origin.patterns], np.int32)
            for piece in pieces:
                theirs = np.array([places[each] for each in piece.ids], np.int32)
                columns["patient"].append(theirs[np.frombuffer(piece.patients, np.int32)])
                columns["pattern"].append(known[np.frombuffer(piece.patterns, np.int32)])
                columns["line"].append(np.frombuffer(piece.lines, np.int64))
                columns["origin"].append(np.full(len(columns["line"][-1]), place, np.int32))
                columns["size"].append(np.frombuffer(piece.sizes, np.int32))
                columns["day"].append(np.frombuffer(piece.days, np.int32))
                columns["number"].append(np.frombuffer(piece.numbers, np.float64))
                columns["arena"].append(np.frombuffer(piece.words, np.uint8))
        whole: dict[str, npt.NDArray[Any]] = {
            name: np.concatenate([np.empty(0, kind), *columns[name]]) for name, kind in _COLUMNS.items()
        }
        self.patient: Ints = whole["patient"]
        self.pattern: Ints = whole["pattern"]
        self.line: Ints = whole["line"]
        self.origin: Ints = whole["origin"]
        self.size: Ints = whole["size"]
        self.day: Ints = whole["day"]
        self.number: npt.NDArray[np.float64] = whole["number"]
        self.arena: npt.NDArray[np.uint8] = whole["arena"]
        self.word = np.cumsum(self.size, dtype=np.int64) - self.size
        counts = np.array([len(each.kinds) for each in self.patterns], np.int64)[self.pattern]
        self.first = np.cumsum(counts) - counts

    def _number(self, text: bytes, numbers: dict[bytes, int]) -> int:
        number = numbers.setdefault(text, len(self.patterns))
        if number == len(self.patterns):
            self.patterns.append(_pattern(text))
        return number

    def word_of(self, row: int, place: int) -> bytes:
        """One word of a line."""
        at = self.first[row] + place
        taken: bytes = self.arena[self.word[at] : self.word[at] + self.size[at]].tobytes()
        return taken

    def text_of(self, row: int) -> bytes:
        """The line again, without what the importer does not read."""
        pattern: Pattern = self.patterns[self.pattern[row]]
        return pattern.line([self.word_of(row, place) for place in range(len(pattern.kinds))])

    def groups(self, rows: Ints) -> Iterator[tuple[Pattern, Ints, Learned | None]]:
        """Lines that become the same but for their words, and what they become; None for those that the importer must read."""
        order = rows[np.argsort(self.pattern[rows], kind="stable")]
        for same in np.split(order, np.flatnonzero(np.diff(self.pattern[order])) + 1) if len(order) else ():
            pattern = self.patterns[self.pattern[same[0]]]
            for theirs, told in self._groups(pattern, same, pattern.things):
                if told is None and pattern.worded:
                    # A word that comes out inside a text ("age 7 a") is told for each such word.
                    for fewer, again in self._groups(pattern, theirs, (*pattern.things, *pattern.worded)):
                        yield pattern, fewer, again
                else:
                    yield pattern, theirs, told

    def who(self, pattern: Pattern, row: int, place: int) -> Who:
        """Who the word at this place points at, by the importer's own look-up."""
        display = pattern.display_of(place)
        asked = (
            self.origin[row],
            f"{pattern.points[place]}/{self.word_of(row, place).decode()}",
            "" if display is None else self.word_of(row, display).decode(),
        )
        known = self._who.get(asked)
        if known is None:
            reading = Reading("", SHAPES, self.origins[self.origin[row]].directory)
            known = self._who[asked] = reading.who(Reference(reference=asked[1], display=asked[2]))
        return known

    def _groups(self, pattern: Pattern, rows: Ints, fixed: tuple[int, ...]) -> Iterator[tuple[Ints, Learned | None]]:
        """By those words that must be fixed: who is in the directory, and what is no pointer."""
        if not fixed and not pattern.people and not pattern.points_elsewhere:
            yield rows, _learned(pattern.text)
            return
        groups: dict[tuple[int, tuple[tuple[int, bytes], ...], Met], list[int]] = {}
        for row in rows.tolist():
            directory = self.origins[self.origin[row]].directory
            words = [(place, self.word_of(row, place)) for place in fixed]
            known = [each for each in words if not pattern.points[each[0]] or _named(pattern, each) in directory]
            met = []
            for place in pattern.people:
                if _named(pattern, (place, self.word_of(row, place))) in directory:
                    who = self.who(pattern, row, place)
                    met.append((place, who.name != "", who.specialty != "", who.organisation != ""))
            whose = id(directory) if known or pattern.points_elsewhere else 0
            groups.setdefault((whose, tuple(known), tuple(met)), []).append(row)
        for (whose, words_of, met_by), theirs in groups.items():
            directory = self.origins[self.origin[theirs[0]]].directory
            told = learned(pattern, dict(words_of), directory, met_by) if whose else _learned(pattern.text, met_by)
            yield np.array(theirs, np.int64), told


def _named(pattern: Pattern, word: tuple[int, bytes]) -> str:
    return f"{pattern.points[word[0]]}/{word[1].decode()}"


@lru_cache(_LEARNED)
def _pattern(text: bytes) -> Pattern:
    return Pattern(text)


@lru_cache(_LEARNED)
def _learned(text: bytes, met: Met = ()) -> Learned | None:
    return learned(_pattern(text), {}, {}, met)
