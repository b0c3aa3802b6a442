"""The first two passes over a file: learn who is in it, then deal its lines out by the patient's home.

Dealt lines wait in one spill file per source, in chunks; each chunk keeps together what belongs to one part of the population, so that a
part can be read from every spill without reading the rest.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import msgspec
import numpy as np
import pyarrow as pa

from zonula.chart_import.fhir import is_bundle
from zonula.chart_import.fhir.envelope import TYPE_FIRST, type_of
from zonula.chart_import.fhir.mending import UnreadableError
from zonula.chart_import.fhir.people import FhirPatient, patient
from zonula.chart_import.fhir.registry import HANDLERS
from zonula.chart_import.fhir.versions import OtherVersionError, check_type
from zonula.errors import UserError
from zonula.population.cut.kernels import CUT
from zonula.population.cut.lines import CutLines, Cutter
from zonula.population.cut.patterns import DIRECTORY
from zonula.population.sources import LONGEST_LINE, DamagedError, Page, Reader, Shape, Source
from zonula.population.subjects import NOT_JSON, Named, contained, head_of, home_of, named, patients_of_document

_PERSONAL = re.compile(rb'"resourceType"\s*:\s*"(?:Patient|Bundle)"')
_CHUNK = 32 << 20  # bytes of lines kept in memory before they are written
_PACKING = pa.Codec("lz4_raw")


class Skip(msgspec.Struct, frozen=True):
    """Something that became no fact. line: from 1; 0 when it concerns the whole document or a Bundle."""

    document: str
    line: int
    place: str
    reason: str


class Met(msgspec.Struct, frozen=True):
    """What the first pass learned of one file. twin_of is decided later. patients: those it describes or, in a Bundle, points at."""

    source: Source
    fingerprint: str = ""
    refusal: str = ""
    patients: tuple[Named, ...] = ()


class Piece(msgspec.Struct, frozen=True):
    """Where in a spill the lines of one part lie. raw: their size unpacked."""

    part: int
    offset: int
    size: int
    raw: int


class Dealt(msgspec.Struct, frozen=True, kw_only=True):
    """What the second pass made of one file. read: resources by type. directory: the people, places and drugs, as lines."""

    document: str
    shape: str
    bundle: bool = False
    read: dict[str, int] = {}
    skipped: tuple[Skip, ...] = ()
    warnings: tuple[str, ...] = ()
    other_version: str = ""
    directory: tuple[bytes, ...] = ()
    pieces: tuple[Piece, ...] = ()
    cuts: tuple[Piece, ...] = ()
    patterns: tuple[bytes, ...] = ()


class DealtLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line (or a whole document, number 0) and whose it is."""

    home: str
    number: int
    text: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[DealtLine]).decode
_encode_cut = msgspec.msgpack.Encoder().encode
_decode_cut = msgspec.msgpack.Decoder(CutLines).decode


def meet(source: Source) -> Met:
    """The first pass: the fingerprint, the patients, and whether the file can be read to its end."""
    if source.refusal:
        return Met(source, refusal=source.refusal)
    reader = Reader(source)
    found: dict[str, set[int]] = defaultdict(set)
    inside: set[str] = set()
    try:
        if source.shape == Shape.WHOLE:
            data = reader.whole()
            return Met(source, reader.fingerprint, patients=patients_of_document(data, source.name))
        for line in _personal_lines(reader):
            kind = type_of(line.text)
            met: tuple[Named, ...] = ()
            if kind == "Bundle":
                met = patients_of_document(line.text, f"{source.name}\n{line.number}")
            elif one := (named if kind == "Patient" else contained)(line.text, source.name):
                met = (one,)
            for each in met:
                found[each.id].update(each.keys)
                if each.inside:
                    inside.add(each.id)
    except DamagedError as wrong:
        return Met(source, refusal=str(wrong))
    patients = tuple(
        Named(patient_id, tuple(sorted(keys)), patient_id in inside) for patient_id, keys in sorted(found.items())
    )
    return Met(source, reader.fingerprint, patients=patients)


def _personal_lines(reader: Reader) -> Iterator[DealtLine]:
    """The lines that may describe patients."""
    for page in reader.pages():
        at, number, counted = 0, page.first, 0
        content = page.content or b""
        while found := _PERSONAL.search(content, at):
            start = content.rfind(b"\n", 0, found.start()) + 1
            end = content.find(b"\n", found.end())
            at = end + 1 if end >= 0 else len(content)
            number += content.count(b"\n", counted, start)
            counted = start
            text = content[start : at if end < 0 else end]
            if len(text) <= LONGEST_LINE:
                yield DealtLine("", number, text)


def part_of(home: str, parts: int) -> int:
    """The part of the population a home belongs to; the same on every machine."""
    return zlib.crc32(home.encode()) % parts


def deal(met: Met, homes: Mapping[str, str], parts: int, spill: Path, *, cutting: bool = False) -> Dealt:
    """The second pass. homes: see `subjects.homes`. cutting: lines are cut into patterns and words where that is possible.

    Raises UserError when the file is no longer what it was.
    """
    dealing = _Dealing(met, homes, parts)
    reader = Reader(met.source)
    try:
        with spill.open("wb") as out:
            if met.source.shape == Shape.WHOLE:
                dealing.whole(reader.whole())
            elif cutting:
                for page in reader.pages():
                    dealing.page(page, out)
            else:
                for line in reader.lines():
                    dealing.line(line.number, line.text)
                    if dealing.waiting > _CHUNK:
                        dealing.write(out)
            dealing.write(out)
    except DamagedError as wrong:
        raise _changed(met.source.path) from wrong
    if reader.fingerprint != met.fingerprint:
        raise _changed(met.source.path)
    return dealing.dealt()


def _changed(path: str) -> UserError:
    return UserError(f"{path} changed while it was read.", "Stage again when the export is complete.")


def lines_of(spill: Path, pieces: tuple[Piece, ...], part: int) -> Iterator[DealtLine]:
    """The lines of one part, in the order of the file."""
    with spill.open("rb") as stream:
        for piece in pieces:
            if piece.part == part:
                stream.seek(piece.offset)
                yield from _decode(_PACKING.decompress(stream.read(piece.size), piece.raw).to_pybytes())


def cut_lines_of(spill: Path, pieces: tuple[Piece, ...], part: int) -> Iterator[CutLines]:
    """The cut lines of one part."""
    with spill.open("rb") as stream:
        for piece in pieces:
            if piece.part == part:
                stream.seek(piece.offset)
                yield _decode_cut(stream.read(piece.size))


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Dealing:
    def __init__(self, met: Met, homes: Mapping[str, str], parts: int) -> None:
        self._met, self._homes, self._parts = met, homes, parts
        described = [each.id for each in met.patients if not each.inside]
        self._only = described[0] if len(described) == 1 else ""
        self._by_identifier: dict[str, str] | None = None
        self._rows: dict[int, list[DealtLine]] = defaultdict(list)
        self._read: dict[str, int] = defaultdict(int)
        self._skipped: list[Skip] = []
        self._warnings: list[str] = []
        self._pieces: list[Piece] = []
        self._cuts: list[Piece] = []
        self._cutter: Cutter | None = None
        self._connected = {*homes, *homes.values()}
        self._directory: list[bytes] = []
        self._other_version = ""
        self._bundle = False
        self._offset = 0
        self.waiting = 0

    def _skip(self, number: int, place: str, reason: str) -> None:
        self._skipped.append(Skip(self._met.source.name, number, place, reason))

    def _keep(self, patient_id: str, number: int, text: bytes) -> None:
        home = self._homes.get(patient_id, patient_id)
        self._rows[part_of(home, self._parts)].append(DealtLine(home, number, text))
        self.waiting += len(text)

    def whole(self, data: bytes) -> None:
        """A Bundle or a single resource goes where its first patient lives; all its patients are connected."""
        if not data.isascii():
            try:
                data.decode()
            except UnicodeDecodeError:
                data = data.decode("cp1252", "replace").encode()
                self._warnings.append("is not UTF-8; read as Windows-1252, so check names with accents")
        self._bundle = is_bundle(data)
        kind = type_of(data)
        if kind in DIRECTORY:
            self._read[kind] += 1
            self._directory.append(data)
        elif self._met.patients:
            self._keep(self._met.patients[0].id, 0, data)
        else:
            self._skip(0, "document", "describes no patient and points at none")

    def page(self, page: Page, out: IO[bytes]) -> None:
        """Many lines of NDJSON: their words, where they can be cut and their patient stands alone; else the lines themselves."""
        if page.content is None:
            self.line(page.first, None)
            return
        if self._cutter is None:
            self._cutter = Cutter()
        done = self._cutter.page(page.content, page.first)
        cut = np.flatnonzero(done.lines[:, 0] == CUT)
        ids, whose = done.subjects(cut)
        alone = np.array([each not in self._connected for each in ids], np.bool_)[whose]
        if not page.content.isascii():
            alone &= np.array([_is_utf8(page.content[done.begins[row] : done.ends[row]]) for row in cut], np.bool_)
        alone &= (done.ends - done.begins)[cut] <= LONGEST_LINE
        cut, whose = cut[alone], whose[alone]
        patterns = self._cutter.numbered(done, cut)
        cut, whose, patterns = cut[patterns >= 0], whose[patterns >= 0], patterns[patterns >= 0]
        for row in np.setdiff1d(np.arange(len(done.begins)), cut, assume_unique=True).tolist():
            text = page.content[done.begins[row] : done.ends[row]]
            if text and not text.isspace():
                self.line(page.first + row, text if len(text) <= LONGEST_LINE else None)
        if self.waiting > _CHUNK:
            self.write(out)
        for kind, number in done.read(cut).items():
            self._read[kind] += number
        for part, lines in done.parted(cut, patterns, ids, whose, self._part) if len(cut) else ():
            raw = _encode_cut(lines)
            out.write(raw)
            self._cuts.append(Piece(part, self._offset, len(raw), len(raw)))
            self._offset += len(raw)

    def _part(self, patient_id: str) -> int:
        return part_of(patient_id, self._parts)

    def line(self, number: int, text: bytes | None) -> None:
        """One line of NDJSON."""
        if text is None:
            self._skip(number, "line", f"is longer than {LONGEST_LINE >> 20} MB")
            return
        if not text.isascii():
            try:
                text.decode()
            except UnicodeDecodeError:
                text = text.decode("cp1252", "replace").encode()
                self._warnings.append(f"line {number} is not UTF-8; read as Windows-1252, so check names with accents")
        first = TYPE_FIRST.match(text)
        kind = first[1].decode() if first else type_of(text)
        handler = HANDLERS.get(kind)
        if handler is None and kind != "Bundle":
            self._other(number, text, kind)
            return
        self._read[kind] += 1
        if kind in DIRECTORY:
            self._directory.append(text)
            return
        if kind == "Bundle":
            inside = patients_of_document(text, "")
            if inside:
                self._keep(inside[0].id, number, text)
            else:
                self._skip(number, kind, "describes no patient and points at none")
            return
        try:
            head = head_of(text)
        except UnreadableError as wrong:
            self._skip(number, kind, str(wrong))
            return
        head.resource_type = kind
        patient_id = home_of(head, text, {}, "")
        if not patient_id or patient_id.startswith("urn:uuid:"):
            patient_id = home_of(head, text, self._described(), self._only)
        if patient_id:
            self._keep(patient_id, number, text)
        else:
            self._skip(number, f"{kind}/{head.id}", "names no patient this document could mean")

    def _other(self, number: int, text: bytes, kind: str) -> None:
        if not kind:
            self._skip(number, "line", "is not a FHIR resource")
            return
        self._read[kind] += 1
        try:
            check_type(kind, msgspec.Raw(text))
        except OtherVersionError as other:
            self._other_version = self._other_version or f"line {number} is FHIR {other.version}: {other.evidence}"

    def _described(self) -> dict[str, str]:
        """Identifiers of the patients of this document, read again only when a line points by them."""
        if self._by_identifier is None:
            self._by_identifier = {}
            for line in Reader(self._met.source).lines() if self._met.patients else ():
                if line.text is None or type_of(line.text) != "Patient":
                    continue
                try:
                    written = msgspec.json.decode(line.text, type=FhirPatient)
                except NOT_JSON:
                    continue
                if written.id:
                    self._by_identifier.setdefault(f"urn:uuid:{written.id}", written.id)
                    for identifier in patient(written, written.id, []).identifiers:
                        self._by_identifier.setdefault(identifier, written.id)
        return self._by_identifier

    def write(self, out: IO[bytes]) -> None:
        """Write what waits, one piece per part."""
        for part, rows in sorted(self._rows.items()):
            raw = _encode(rows)
            packed = _PACKING.compress(raw).to_pybytes()
            out.write(packed)
            self._pieces.append(Piece(part, self._offset, len(packed), len(raw)))
            self._offset += len(packed)
        self._rows.clear()
        self.waiting = 0

    def dealt(self) -> Dealt:
        """What was made of the file."""
        return Dealt(
            document=self._met.source.name,
            shape=self._met.source.shape,
            bundle=self._bundle,
            read=dict(sorted(self._read.items())),
            skipped=tuple(self._skipped),
            warnings=tuple(self._warnings),
            other_version=self._other_version,
            directory=tuple(self._directory),
            pieces=tuple(self._pieces),
            cuts=tuple(self._cuts),
            patterns=tuple(self._cutter.patterns) if self._cutter else (),
        )
