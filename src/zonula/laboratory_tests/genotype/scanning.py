"""Finding the few rows that matter in a genotype file of a million lines, without parsing the others.

Each block is searched for the rsIDs as bytes; only lines that hold one are split into cells.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import msgspec

from zonula.errors import UserError
from zonula.laboratory_tests.genotype.formats import Layout, layout_of
from zonula.laboratory_tests.genotype.opening import MOST_BYTES, blocks


class Row(msgspec.Struct, frozen=True):
    """One row that matters. letters: the genotype as written ("CT", "C/T", "0/1" already put into letters for VCF)."""

    rsid: str
    chromosome: str
    position: int | None
    letters: str
    by_position: bool = False
    doubt: str = ""  # why the row must not be read, e.g. a failed VCF filter


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass over the file found."""

    layout: Layout
    lines: int
    rows: tuple[Row, ...]


def scan(
    path: Path, rsids: tuple[str, ...], places: Mapping[int, str], chromosome: str, most_bytes: int = MOST_BYTES
) -> Scan:
    """Read the rows of these rsIDs, and rows without an rsID at the known places of the chromosome (position -> rsID).

    Raises UserError when the file is not a genotype file, holds several people, or is cut short.
    """
    needles = [rsid.encode() for rsid in rsids] + [str(place).encode() for place in places]
    stream = blocks(path, most_bytes)
    layout, first = _layout(path.name, stream)
    if layout.samples != 1:
        raise UserError(f"{path.name}: holds {layout.samples} people's genotypes.", "Give one person's file at a time.")
    lines, last = 0, b""
    found: dict[tuple[str, ...], Row] = {}
    for block in chain((first,), stream):
        lines += block.count(b"\n")
        for line in _lines_with(block, needles):
            row = _row(layout, line, rsids, places, chromosome)
            if row:
                found[tuple(layout.fields(line))] = row
        last = block[block.rstrip().rfind(b"\n") + 1 :]
    _refuse_cut(path.name, layout, last, bool(found))
    return Scan(layout=layout, lines=lines + (not last.endswith(b"\n")), rows=tuple(found.values()))


def _layout(name: str, stream: Iterator[bytes]) -> tuple[Layout, bytes]:
    """The layout, and everything read until the first line of data (a VCF head can be long)."""
    head = b""
    for block in stream:
        head += block
        if not head[head.rstrip().rfind(b"\n") + 1 :].startswith(b"#"):
            break
    return layout_of(name, head), head


def _lines_with(block: bytes, needles: list[bytes]) -> list[bytes]:
    starts: dict[int, None] = {}
    for needle in needles:
        at = block.find(needle)
        while at != -1:
            starts[block.rfind(b"\n", 0, at) + 1] = None
            at = block.find(needle, at + len(needle))
    return [block[start : end if (end := block.find(b"\n", start)) != -1 else None] for start in starts]


def _row(layout: Layout, line: bytes, rsids: tuple[str, ...], places: Mapping[int, str], chromosome: str) -> Row | None:
    cells = layout.fields(line)
    if line.startswith(b"#") or len(cells) < layout.columns:
        return None
    position = int(cells[layout.position]) if cells[layout.position].isdecimal() else None
    where = cells[layout.chromosome].removeprefix("chr")
    named = [name for name in cells[layout.rsid].split(";") if name in rsids]
    by_position = False
    if not named:
        stands = places.get(position) if position is not None and where == chromosome else None
        if stands is None or cells[layout.rsid].startswith("rs"):
            return None
        named, by_position = [stands], True
    letters, doubt = (
        _vcf_letters(cells) if layout.company == "vcf" else ("".join(cells[at] for at in layout.genotype), "")
    )
    if where != chromosome:
        doubt = f"written on chromosome {where[:8]}, not {chromosome}"
    return Row(named[0], where, position, letters, by_position, doubt)


def _vcf_letters(cells: list[str]) -> tuple[str, str]:
    if cells[6] not in ("PASS", "."):
        return "", f"the VCF filter says {cells[6]}"
    keys = cells[8].split(":")
    if "GT" not in keys:
        return "", "the VCF row has no genotype"
    written = cells[9].split(":")[keys.index("GT")].replace("|", "/").split("/")
    alleles = [cells[3], *cells[4].split(",")]
    if any(not number.isdecimal() or int(number) >= len(alleles) for number in written):
        return "", "not called in the VCF"
    return "/".join(alleles[int(number)] for number in written), ""


def _refuse_cut(name: str, layout: Layout, last: bytes, found_any: bool) -> None:
    cells = layout.fields(last)
    if not last.startswith(b"#") and len(cells) < layout.columns:
        raise UserError(f"{name}: the last line is incomplete, so the file was cut short.", "Download it again.")
    ends_at = cells[layout.chromosome].removeprefix("chr") if len(cells) > layout.chromosome else ""
    if not found_any and (last.startswith(b"#") or (ends_at.isdecimal() and int(ends_at) < 6)):
        raise UserError(f"{name}: the file ends before chromosome 6, so it was cut short.", "Download it again.")
