"""From rows to letters to the few labels a genotype file may give, with a strand guard (facts §1.6).

The result holds five genotypes and labels, nothing else of the file. It can prompt clinical HLA typing; it never rules
celiac disease out and never says how likely it is.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.laboratory_tests.genotype.opening import MOST_BYTES
from zonula.laboratory_tests.genotype.scanning import Row, Scan, scan

CARD = "laboratory_tests/hla_tag_snps"
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


class Label(StrEnum):
    """Everything a genotype file may say."""

    DQ25 = "DQ2.5 tag present"
    DQ8 = "DQ8 tag present"
    DQ22 = "DQ2.2 inferred"
    NONE = "none of the tested tags found"
    CANNOT_TELL = "cannot tell"


class SnpCall(msgspec.Struct, frozen=True, kw_only=True):
    """One SNP. letters: on the plus strand, sorted, or "" for no call; strand: plus, minus or ""; note: why, or what was done."""

    rsid: str
    letters: str = ""
    strand: str = ""
    note: str = ""

    def count(self, letter: str) -> int | None:
        """How many copies of the letter; None without a call."""
        return self.letters.count(letter) if self.letters else None


class GenotypeReading(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a genotype file. lines: how many the file had; notes: what the reader must know about this file."""

    company: str
    build: int | None
    lines: int
    calls: tuple[SnpCall, ...]
    labels: tuple[Label, ...]
    notes: tuple[str, ...] = ()


def read_genotype_file(path: Path, most_bytes: int = MOST_BYTES) -> GenotypeReading:
    """Read a consumer genotype file or one-sample VCF (plain, gz, zip) and reduce it to the five tag SNPs.

    Raises UserError when the file is unreadable, cut short, of several people, of no known format, or when its positions
    contradict the genome build it names.
    """
    data = shelf().card(CARD).data
    snps: dict[str, Any] = data["snps"]
    stand_ins = {snp["place"][build]: rsid for rsid, snp in snps.items() for build in snp["place_verified"]}
    found = scan(path, tuple(snps), stand_ins, data["chromosome"], most_bytes)
    build = _build(path.name, found, snps)
    calls = tuple(_call(rsid, snp, found, build) for rsid, snp in snps.items())
    notes = [call.rsid + ": " + call.note for call in calls if call.note]
    strands = {call.strand for call in calls if call.strand}
    if len(strands) > 1:
        notes.append("the file mixes strands: some rows read on the plus strand, some on the minus strand")
    return GenotypeReading(
        company=found.layout.company,
        build=build,
        lines=found.lines,
        calls=calls,
        labels=labels_of({call.rsid: call for call in calls}),
        notes=tuple(notes),
    )


def _build(name: str, found: Scan, snps: dict[str, Any]) -> int | None:
    """The build the file names, checked against (or, if it names none, told by) the positions of the rows found."""
    told = {
        build
        for row in found.rows
        if not row.by_position
        for build, place in snps[row.rsid]["place"].items()
        if place == row.position
    }
    named = found.layout.build
    if len(told) > 1 or (named is not None and told and told != {named}):
        positions = " and ".join(str(build) for build in sorted(told))
        raise UserError(
            f"{name}: the positions are those of build {positions}, but the file names build {named or 'none'}.",
            "Download the file again, or convert it to one build.",
        )
    return named if named is not None else next(iter(told), None)


def _call(rsid: str, snp: dict[str, Any], found: Scan, build: int | None) -> SnpCall:
    rows = [row for row in found.rows if row.rsid == rsid]
    # A position stands in for a missing rsID only on a build whose position was read at its source.
    usable = [row for row in rows if not row.by_position] or [
        row
        for row in rows
        if row.by_position and build in snp["place_verified"] and snp["place"].get(build) == row.position
    ]
    if not usable:
        return SnpCall(rsid=rsid, note="not in this file")
    read = {_on_plus(row, snp) for row in usable}
    if len(read) > 1:
        return SnpCall(rsid=rsid, note="stands twice with different letters; no call")
    letters, strand, note = next(iter(read))
    if usable[0].by_position and letters:
        note = f"found by its position, without an rsID{'; ' + note if note else ''}"
    return SnpCall(rsid=rsid, letters=letters, strand=strand, note=note)


def _on_plus(row: Row, snp: dict[str, Any]) -> tuple[str, str, str]:
    """Letters on the plus strand, the strand they were written on, and a note. None of the SNPs is palindromic, so letters tell."""
    if row.doubt:
        return "", "", f"{row.doubt}; no call"
    letters = row.letters.replace("/", "").replace("|", "").upper()
    plus = {snp["tag"], snp["other"]}
    minus = {letter.translate(_COMPLEMENT) for letter in plus}
    if len(letters) != 2:
        return "", "", f"written {row.letters[:8]!r}; no call"
    if set(letters) <= plus:
        return "".join(sorted(letters)), "plus", ""
    if set(letters) <= minus:
        return (
            "".join(sorted(letters.translate(_COMPLEMENT))),
            "minus",
            f"written {letters} on the minus strand; complemented",
        )
    return "", "", f"written {row.letters[:8]!r}, which no strand explains; no call"


def labels_of(calls: dict[str, SnpCall]) -> tuple[Label, ...]:
    """The permitted labels of these calls. More than two haplotypes do not fit one person: cannot tell."""
    dq25 = calls["rs2187668"].count("T")
    dq8 = calls["rs7454108"].count("C")
    dq22 = _dq22(calls)
    known = [copies for copies in (dq25, dq8, dq22) if copies is not None]
    if sum(known) > 2:
        return (Label.CANNOT_TELL,)
    present = [
        label
        for label, copies in ((Label.DQ25, dq25), (Label.DQ8, dq8), (Label.DQ22, dq22))
        if copies is not None and copies
    ]
    if len(known) < 3 and sum(known) < 2:  # two known haplotypes leave no room for a third
        present.append(Label.CANNOT_TELL)
    return tuple(present) or (Label.NONE,)


def _dq22(calls: dict[str, SnpCall]) -> int | None:
    tag, excluded, needed = (
        calls["rs7775228"].count("C"),
        calls["rs4713586"].count("C"),
        calls["rs2395182"].count("T"),
    )
    if tag == 0 or needed == 0:
        return 0
    if tag is None or excluded is None or needed is None:
        return None
    copies = max(0, tag - excluded)
    return copies if needed >= copies else None
