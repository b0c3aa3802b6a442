"""Cut lines as facts in columns, in chart order: numbers in arrays, and every text as where it stands in an arena.

Only patients whose lines have nothing to do with each other beyond a visit they name are made here; whoever has two lines of one id, a
panel and its parts in one file, or the same finding in two files, is `left` to the importer.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from zonula.chart import Fact, Moment, Precision
from zonula.population.cut import kernels, many
from zonula.population.cut.gathered import Gathered
from zonula.population.cut.lines import Ints
from zonula.population.cut.patterns import Learned, Part, Pattern, Told

NONE, YEAR, MONTH, DAY, INSTANT = range(5)  # how much of a moment is known
_PRECISION = {Precision.YEAR: YEAR, Precision.MONTH: MONTH, Precision.DAY: DAY, Precision.INSTANT: INSTANT}
_NEVER = 10**9  # what `zonula.chart.chronological` puts undated facts at
MOST_OF_A_DAY = 1000  # facts; more are put in order by other means
_MOMENTS = ("start", "end", "recorded")


class Facts:
    """columns: an array for each; texts are pairs (begin, length), `…_text` of moments. same: the part of each fact that does not vary, by number.

    left: the patients (by place in `gathered.ids`) that the importer must read.
    """

    def __init__(self, gathered: Gathered, out: npt.NDArray[np.bool_]) -> None:
        self.gathered, self.left = gathered, out.copy()
        self.same: list[Fact] = []
        self._same: dict[Fact, int] = {}
        self._literals = bytearray()
        self._known: dict[bytes, int] = {}
        self._arena: npt.NDArray[np.uint8] = gathered.arena
        self.said: list[tuple[Pattern, Ints, Learned]] = []  # lines of which something is said
        self._lines: list[tuple[Ints, Ints, str]] = []  # lines, the words that are their ids, type
        self._pointing: list[tuple[Ints, Ints, str]] = []  # lines, words, type: members that panels list
        groups: list[dict[str, npt.NDArray[Any]]] = []
        for pattern, rows, told in gathered.groups(np.flatnonzero(~self.left[gathered.patient])):
            if told is None:
                self.left[gathered.patient[rows]] = True
                continue
            self._lines.append((rows, gathered.first[rows] + pattern.kinds.index(kernels.ID), pattern.kind))
            if pattern.panel:
                visits = {each.encounter for each in told.facts}
                for place, kind in enumerate(pattern.points):
                    if kind and kind != "Patient" and place not in visits:
                        self._pointing.append((rows, gathered.first[rows] + place, kind))
            if told.skipped or told.warnings:
                self.said.append((pattern, rows, told))
            groups += [self._group(pattern, rows, one) for one in told.facts]
        self.columns: dict[str, npt.NDArray[Any]] = {
            name: np.concatenate([group[name] for group in groups]) for name in groups[0]
        } if groups else {"patient": np.empty(0, np.int32), "origin": np.empty(0, np.int32)}  # fmt: skip
        if groups:
            self._leave_what_meets()
            kept = ~self.left[self.columns["patient"]]
            self.columns = {name: column[kept] for name, column in self.columns.items()}
            self._sort()

    def _literal(self, text: bytes) -> tuple[int, int]:
        """Where a text of ours stands, after all words."""
        if text not in self._known:
            self._known[text] = len(self.gathered.arena) + len(self._literals)
            self._literals += text
        return self._known[text], len(text)

    def _group(self, pattern: Pattern, rows: Ints, told: Told) -> dict[str, npt.NDArray[Any]]:
        gathered, count = self.gathered, len(rows)
        first = gathered.first[rows]

        def same(pair: tuple[int, int]) -> Ints:
            return np.broadcast_to(np.array(pair, np.int64), (count, 2))

        def word(place: int | None, text: str = "") -> Ints:
            if place is None:
                return same(self._literal(text.encode()))
            return np.stack([gathered.word[first + place], gathered.size[first + place].astype(np.int64)], axis=1)

        def said(told: int | Part | str | None, otherwise: str = "") -> Ints:
            if isinstance(told, Part):
                texts = (getattr(gathered.who(pattern, row, told.place), told.what) for row in rows.tolist())
                return np.array([self._literal(text.encode()) for text in texts], np.int64)
            return word(told if isinstance(told, int) else None, told if isinstance(told, str) else otherwise)

        def number(place: int | None, otherwise: float | None) -> npt.NDArray[np.float64]:
            if place is None:
                return np.full(count, np.nan if otherwise is None else otherwise, np.float64)
            taken: npt.NDArray[np.float64] = gathered.number[first + place]
            return taken

        fact = told.fact
        key = self._same.setdefault(fact, len(self.same))
        if key == len(self.same):
            self.same.append(fact)
        visits = pattern.points[told.encounter] if told.encounter is not None else ""
        columns: dict[str, npt.NDArray[Any]] = {
            "row": rows,
            "patient": gathered.patient[rows],
            "origin": gathered.origin[rows],
            "same": np.full(count, key, np.int32),
            "value": number(told.value, fact.value.value if fact.value else None),
            "low": number(told.low, fact.reference.low if fact.reference else None),
            "high": number(told.high, fact.reference.high if fact.reference else None),
            "id": np.stack([self._before(rows, pattern.kind), word(pattern.kinds.index(kernels.ID)), same(self._literal(told.suffix.encode()))], axis=1),
            "inside": np.full(count, told.inside, np.bool_),
            "encounter": np.stack([self._before(rows, visits), word(told.encounter), same((0, 0))], axis=1),
            "performer": said(told.performer, fact.performer),
            "specialty": said(told.specialty, fact.specialty),
            "provider": said(told.provider),
        }  # fmt: skip
        for name in _MOMENTS:
            columns.update(self._moment(name, getattr(told, name), first, word))
        return columns

    def _before(self, rows: Ints, kind: str) -> Ints:
        """`document#Type/` for each line; empty without a type."""
        origins = self.gathered.origin[rows]
        if not kind:
            return np.zeros((len(rows), 2), np.int64)
        texts = np.zeros((len(self.gathered.origins), 2), np.int64)
        for place in np.unique(origins):
            texts[place] = self._literal(f"{self.gathered.origins[place].name}#{kind}/".encode())
        return texts[origins]

    def _moment(self, name: str, told: int | Moment | None, first: Ints, word: Any) -> dict[str, npt.NDArray[Any]]:
        if isinstance(told, int):
            days, seconds = self.gathered.day[first + told], self.gathered.number[first + told]
            known = np.where(np.isnan(seconds), DAY, INSTANT).astype(np.int8)
            return {f"{name}_known": known, f"{name}_low": days, f"{name}_high": days, f"{name}_seconds": seconds, f"{name}_text": word(told)}  # fmt: skip
        count = len(first)
        low, high = (told.earliest.toordinal(), told.latest.toordinal()) if told else (0, 0)
        second = np.nan if told is None or told.seconds is None else told.seconds
        return {
            f"{name}_known": np.full(count, _PRECISION[told.precision] if told else NONE, np.int8),
            f"{name}_low": np.full(count, low, np.int32),
            f"{name}_high": np.full(count, high, np.int32),
            f"{name}_seconds": np.full(count, second, np.float64),
            f"{name}_text": word(None, told.text if told else ""),
        }

    def _leave_what_meets(self) -> None:
        """Find the patients whose lines have to do with each other in ways that only the importer knows."""
        gathered, columns = self.gathered, self.columns
        patient, origin = columns["patient"], columns["origin"]
        ends = (
            (columns["start_known"] > NONE)
            & (columns["end_known"] > NONE)
            & (columns["end_high"] < columns["start_low"])
        )
        self.left[patient[ends]] = True
        day = np.where(columns["start_known"] > NONE, columns["start_low"], columns["end_low"])
        _, alike, count = np.unique(patient.astype(np.int64) << 24 | day, return_inverse=True, return_counts=True)
        self.left[patient[count[alike] > MOST_OF_A_DAY]] = True
        folders = np.array([each.name.rpartition("/")[0] for each in gathered.origins])
        _, folder = np.unique(folders, return_inverse=True)
        lowest, highest = np.full(len(gathered.ids), len(folders)), np.full(len(gathered.ids), -1)
        np.minimum.at(lowest, patient, folder[origin])
        np.maximum.at(highest, patient, folder[origin])
        self.left[lowest < highest] = True
        # Every line by what it is called, every visit and panel member by what it is called: equal names have equal numbers.
        rows = np.concatenate([lines for lines, _, _ in self._lines])
        names = [self._called(self._lines), self._named(columns["encounter"], origin)]
        names += [self._called([member]) for member in self._pointing]
        numbers = np.split(self._numbered(np.concatenate(names)), np.cumsum([len(each) for each in names])[:-1])
        count = int(max(each.max(initial=0) for each in numbers)) + 1
        owner = gathered.patient[rows].astype(np.int64) * count + numbers[0]
        order = np.argsort(owner, kind="stable")
        owner = owner[order]
        self.left[gathered.patient[rows[order[1:][owner[1:] == owner[:-1]]]]] = True
        for (lines, _, _), called in zip(self._pointing, numbers[2:], strict=True):
            found = _place_in(owner, gathered.patient[lines].astype(np.int64) * count + called)
            met = found >= 0
            met[met] = gathered.origin[rows[order[found[met]]]] == gathered.origin[lines[met]]
            self.left[gathered.patient[lines[met]]] = True
        wholes = np.flatnonzero(columns["id"][:, 2, 1] == 0)
        called = np.zeros(len(gathered.patient), np.int64)
        called[rows] = numbers[0]
        standing = patient[wholes].astype(np.int64) * count + called[columns["row"][wholes]]
        by_name = np.argsort(standing, kind="stable")
        found = _place_in(standing[by_name], patient.astype(np.int64) * count + numbers[1])
        met = (found >= 0) & (columns["encounter"][:, 1, 1] > 0)
        # As `merging.pointing_across`: what stands in another file of the folder is named by that file.
        columns["encounter"][met] = columns["id"][wholes[by_name[found[met]]]]
        self._leave_repeated()

    def _leave_repeated(self) -> None:
        """Patients with facts of one kind, day and code (or wording) in two files: they may be one fact, or contradict each other."""
        columns = self.columns
        tokens: dict[object, int] = {}
        said = []
        for fact in self.same:
            told: list[object] = [(code.system, code.code) for code in fact.codes]
            told.append(" ".join(fact.text.casefold().split()))
            said.append([tokens.setdefault((fact.kind, each), len(tokens)) for each in told])
        kinds = np.unique([fact.kind.value for fact in self.same], return_inverse=True)[1]
        several = _in_two((columns["patient"], kinds[columns["same"]]), columns["origin"])
        rows = np.flatnonzero(several)
        if not len(rows):
            return
        many = np.array([len(each) for each in said])[columns["same"][rows]]
        wide = np.full((len(said), many.max()), -1)
        for place, each in enumerate(said):
            wide[place, : min(len(each), wide.shape[1])] = each[: wide.shape[1]]
        token = wide[columns["same"][rows]].ravel()
        rows = np.repeat(rows, wide.shape[1])[token >= 0]
        days = np.where(columns["start_known"] > NONE, columns["start_low"], 0)
        met = _in_two((columns["patient"][rows], days[rows], token[token >= 0]), columns["origin"][rows])
        self.left[columns["patient"][rows[met]]] = True

    def _called(self, listed: list[tuple[Ints, Ints, str]]) -> Ints:
        """`Type/id` of lines, words and types."""
        pieces = [
            np.stack([before := self._before(lines, kind), self._words(words), np.zeros_like(before)], axis=1)
            for lines, words, kind in listed
        ]
        return self._named(
            np.concatenate(pieces), np.concatenate([self.gathered.origin[lines] for lines, _, _ in listed])
        )

    def _words(self, words: Ints) -> Ints:
        return np.stack([self.gathered.word[words], self.gathered.size[words].astype(np.int64)], axis=1)

    def _named(self, pieces: Ints, origins: Ints) -> Ints:
        """`Type/id` of what is called so, without document and suffix."""
        named = pieces.copy()
        names = np.array([len(each.name.encode()) + 1 for each in self.gathered.origins], np.int64)[origins]
        names = np.where(pieces[:, 0, 1] > 0, names, 0)
        named[:, 0, 0] += names
        named[:, 0, 1] -= names
        named[:, 2] = 0
        return named

    @property
    def arena(self) -> npt.NDArray[np.uint8]:
        """All words, then all texts of ours."""
        if len(self._arena) != len(self.gathered.arena) + len(self._literals):
            self._arena = np.concatenate([self.gathered.arena, np.frombuffer(bytes(self._literals), np.uint8)])
        return self._arena

    def _numbered(self, pieces: Ints) -> Ints:
        offsets, text = self.strings(pieces)
        table = np.full(max(2, 1 << (2 * len(pieces)).bit_length()), -1, np.int32)
        found = np.empty(len(pieces), np.int32)
        many.same(text, np.stack([offsets[:-1], offsets[1:]], axis=1).astype(np.int64), table, found)
        return found.astype(np.int64)

    def strings(self, pieces: Ints) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """Texts put together from three places of the arena each, as Arrow keeps them: offsets, and all bytes."""
        offsets = np.empty(len(pieces) + 1, np.int32)
        out = np.empty(int(pieces[:, :, 1].sum()), np.uint8)
        many.joined(self.arena, np.ascontiguousarray(pieces), offsets, out)
        return offsets, out

    def _sort(self) -> None:
        """Into chart order, patient by patient; see `zonula.chart.chronological`."""
        columns = self.columns
        begun = columns["start_known"] > NONE
        known = begun | (columns["end_known"] > NONE)
        days = np.where(begun, columns["start_low"], np.where(known, columns["end_low"], _NEVER))
        seconds = np.where(begun, columns["start_seconds"], columns["end_seconds"])
        seconds = np.where(known, np.where(np.isnan(seconds), -np.inf, seconds), 0.0)
        texts = np.where(begun[:, None], columns["start_text"], columns["end_text"])
        offsets, ids = self.strings(columns["id"])
        order = np.lexsort((seconds, days, columns["patient"]))
        many.settle(order, columns["patient"], days, seconds, self.arena, texts, ids, offsets)
        self.columns = {name: column[order] for name, column in columns.items()}


def _place_in(ordered: Ints, sought: Ints) -> Ints:
    """Where each stands in an ordered array; -1 for nowhere."""
    found = np.searchsorted(ordered, sought)
    found[found == len(ordered)] = 0
    return np.where(ordered[found] == sought, found, -1) if len(ordered) else np.full(len(sought), -1)


def _in_two(keys: tuple[Ints, ...], origin: Ints) -> npt.NDArray[np.bool_]:
    """Whether rows of the same key have different origins."""
    order = np.lexsort((origin, *keys))
    same = np.ones(max(0, len(order) - 1), np.bool_)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    group = np.concatenate([[0], np.cumsum(~same)]) if len(order) else np.empty(0, np.int64)
    mixed = np.zeros(len(order) + 1, np.bool_)
    mixed[group[1:][same & (origin[order][1:] != origin[order][:-1])]] = True
    found = np.empty(len(order), np.bool_)
    found[order] = mixed[group]
    return found
