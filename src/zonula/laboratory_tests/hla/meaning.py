"""What a typing means for celiac disease: which heterodimers, in cis or trans, how many copies, and the risk class.

Every allele that is not resolved stands for all it may be; what holds for all of them is yes or no, the rest is unknown.
The class comes with the range of published tables and is never one person's probability.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from typing import Any

import msgspec

from zonula.chart import State
from zonula.knowledge import shelf
from zonula.laboratory_tests.hla.alleles import LOCI, Allele, Typing

HETERODIMERS, GRADIENT = "laboratory_tests/hla_dq_heterodimers", "laboratory_tests/hla_dq_gradient"


class HlaMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """The reading of one typing.

    dq25, dq8, dq22, half: whether the person carries each; half is a half heterodimer without its partner.
    permissive: whether any of them is carried; NO is possible only when both loci are resolved to two fields.
    configuration: "cis", "trans", "cis or trans" or "" without DQ2.5. genotype: the row of the published gradient, or "".
    homozygous: two copies of one risk haplotype.
    risk_class and one_in: class and range (1 in N people of the general population with this genotype), or "" and None.
    """

    dq25: State
    dq8: State
    dq22: State
    half: State
    permissive: State
    configuration: str = ""
    genotype: str = ""
    homozygous: bool = False
    risk_class: str = ""
    one_in: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()


class _One(msgspec.Struct, frozen=True):
    """The meaning of one fully resolved genotype."""

    dq25: bool
    dq8: bool
    dq22: bool
    half: bool
    configuration: str
    genotype: str
    homozygous: bool


def meaning_of(typing: Typing) -> HlaMeaning:
    """What this typing means. Serological names alone never make NO: they do not see half heterodimers."""
    data = shelf().card(HETERODIMERS).data
    possible = {
        _meaning(alpha, beta, data)
        for alpha, beta in product(*(tuple(_pairs(typing, locus, data)) for locus in LOCI))
        if _agrees(alpha, beta, typing, data)
    }
    notes = _notes(typing)
    if not possible:
        notes.append("the serological names contradict the alleles; cannot tell")
        unknown = State.UNKNOWN
        return HlaMeaning(dq25=unknown, dq8=unknown, dq22=unknown, half=unknown, permissive=unknown, notes=tuple(notes))
    permissive = _all({one.dq25 or one.dq8 or one.dq22 or one.half for one in possible})
    if permissive is State.NO and not _resolved(typing):
        permissive = State.UNKNOWN
        notes.append("not both alleles of both genes are known to two fields, so nothing is ruled out")
    genotypes = {one.genotype for one in possible}
    genotype = genotypes.pop() if len(genotypes) == 1 and permissive is not State.UNKNOWN else ""
    row = shelf().card(GRADIENT).data["genotypes"].get(genotype, {})
    configurations = {one.configuration for one in possible}
    dq25 = _all({one.dq25 for one in possible})
    return HlaMeaning(
        dq25=dq25,
        dq8=_all({one.dq8 for one in possible}),
        dq22=_all({one.dq22 for one in possible}),
        half=_all({one.half for one in possible}),
        permissive=permissive,
        configuration=(configurations.pop() if len(configurations) == 1 else "cis or trans")
        if dq25 is State.YES
        else "",
        genotype=genotype,
        homozygous={one.homozygous for one in possible} == {True},
        risk_class=row.get("class", ""),
        one_in=tuple(row["one_in"]) if row else None,
        notes=tuple(notes),
    )


def _all(truths: set[bool]) -> State:
    return State.UNKNOWN if len(truths) > 1 else State.YES if truths == {True} else State.NO


def _pairs(typing: Typing, locus: str, data: Any) -> Iterator[tuple[str, ...]]:
    """Every pair of expressed alleles this locus may carry, each pair sorted."""
    typed, any_other = typing.at(locus), sorted(data["stands_for"][locus])
    if not typed:
        yield from combinations_with_replacement(any_other, 2)
        return
    if not typing.both_known(locus):
        for name in _may_be(typed[0], data):
            yield from {tuple(sorted(other for other in (name, second) if other)) for second in {name, *any_other}}
        return
    both = typed * 2 if len(typed) == 1 else typed
    for pair in {tuple(sorted(pair)) for pair in product(*(_may_be(allele, data) for allele in both))}:
        if len(typed) == 2 or len(set(pair)) == 1:
            yield tuple(name for name in pair if name)


def _may_be(allele: Allele, data: Any) -> tuple[str, ...]:
    """Two-field names this allele may be; "" stands for one that is not expressed."""
    names: list[str] = [] if allele.expressed is True else [""]
    if allele.expressed is not False:
        for name in allele.names:
            stands = [known for known in data["stands_for"][allele.locus] if known.split(":")[0] == name]
            names += (
                [name] if ":" in name else [*stands, f"{name}:00"]
            )  # :00, a member of the group that is none of these
    return tuple(names)


def _count(names: tuple[str, ...], wanted: list[str]) -> int:
    return sum(name in wanted or name.split(":")[0] in wanted for name in names)


def _meaning(alpha: tuple[str, ...], beta: tuple[str, ...], data: Any) -> _One:
    a = {kind: _count(alpha, wanted) for kind, wanted in data["alpha"].items()}
    b = {kind: _count(beta, wanted) for kind, wanted in data["beta"].items()}
    dq25 = bool(a["a5"] and b["b2"])
    dq8 = bool(a["a3"] and b["b8"])
    dq22 = bool(a["a2"] and b["b2_trans"])
    half = (not dq25 and bool(a["a5"] or (b["b2"] and not dq22))) or bool(b["b8"] and not dq8)
    cis = min(a["a5_cis"], b["b2_cis"])
    trans = not cis and bool(a["a5_trans"] and b["b2_trans"])
    configuration = "cis" if cis else "trans" if trans else "cis or trans" if dq25 else ""
    two = min(a["a2"], b["b2_trans"])
    eight = min(a["a3"], b["b8"])
    genotype = _genotype(cis=cis, trans=trans, dq25=dq25, two=two, eight=eight, alpha5=bool(a["a5"]), half=half)
    return _One(dq25, dq8, dq22, half, configuration, genotype, 2 in (cis, two, eight))


def _genotype(*, cis: int, trans: bool, dq25: bool, two: int, eight: int, alpha5: bool, half: bool) -> str:
    """The row of the published gradient this genotype belongs to; "" when no row fits."""
    first = "DQ2.5" if cis else ""
    rows = {
        ("DQ2.5", 2, 0, 0): "DQ2.5/DQ2.5",
        ("DQ2.5", 1, 1, 0): "DQ2.5/DQ2.2",
        ("DQ2.5", 1, 0, 1): "DQ2.5/DQ8",
        ("DQ2.5", 1, 0, 0): "DQ2.5 single",
        ("", 0, 1, 1): "DQ2.2/DQ8",
        ("", 0, 2, 0): "DQ2.2/DQ2.2",
        ("", 0, 0, 1): "DQ8",
        ("", 0, 0, 2): "DQ8",
        ("", 0, 1, 0): "DQ2.2 single",
    }
    if trans:
        return "DQ2.5 trans"
    if dq25 and not cis:
        return ""
    found = rows.get((first, cis, two, eight), "")
    if found or cis or two or eight:
        return found
    return ("DQA1*05 only" if alpha5 else "") if half else "none"


def _agrees(alpha: tuple[str, ...], beta: tuple[str, ...], typing: Typing, data: Any) -> bool:
    """Whether this genotype carries the serotypes said to be present and lacks those said to be absent."""
    one = _meaning(alpha, beta, data)
    b2, b8 = bool(_count(beta, data["beta"]["b2"])), bool(_count(beta, data["beta"]["b8"]))
    carried = {"DQ2": b2, "DQ8": b8, "DQ2.5": one.dq25, "DQ2.2": one.dq22, "DQ7": bool(_count(beta, ["03:01"]))}
    return all(carried.get(said.name, said.present) == said.present for said in typing.serotypes)


def _resolved(typing: Typing) -> bool:
    """Whether both loci are typed and every allele is known to two fields."""
    return all(
        typing.both_known(locus) and all(":" in name for allele in typing.at(locus) for name in allele.names)
        for locus in LOCI
    )


def _notes(typing: Typing) -> list[str]:
    notes = []
    for locus in LOCI:
        alleles = typing.at(locus)
        if not alleles:
            notes.append(f"{locus} was not typed by allele")
        elif not typing.both_known(locus):
            notes.append(f"{locus}: one allele written; write the second, or - when there are two copies of it")
        elif len(alleles) == 1:
            notes.append(f"{locus}: one allele written, read as two copies of it")
        notes += [f"{allele.text}: a null allele, not expressed" for allele in alleles if allele.expressed is False]
        notes += [f"{allele.text}: expression in doubt" for allele in alleles if allele.expressed is None]
    if typing.skipped:
        notes.append(f"not used: {', '.join(typing.skipped)}")
    return notes
