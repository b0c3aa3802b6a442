"""HLA-DQ alleles in every notation laboratories write, read into locus, fields and what may be meant.

`HLA-DQA1*05:01:01:01`, `DQA1*0501`, `DQB1*02:02P`, `DQB1*03:01:01G`, `DQB1*03:02N`, `DQA1*05:01/05:05`, `DQB1*02:XX`,
`DQ2.5`, `DQ8 positive`, GL strings with `+`, `~`, `^`; loci that do not matter here (DRB1 …) are reported and skipped.
"""

import re

import msgspec

from zonula.errors import UserError

LOCI = ("DQA1", "DQB1")


class Allele(msgspec.Struct, frozen=True):
    """One allele as typed. names: what it may be, each `05` (one field only) or `05:01` (the first two fields).

    expressed: False for a null allele (suffix N), None when the suffix Q says it is questionable.
    """

    locus: str
    names: tuple[str, ...]
    text: str
    expressed: bool | None = True


class Serotype(msgspec.Struct, frozen=True):
    """A serological name with its polarity: `DQ2` present or absent."""

    name: str
    present: bool


class Typing(msgspec.Struct, frozen=True, kw_only=True):
    """A laboratory typing. skipped: what was written and not understood or not needed here.

    twice: loci whose single written allele is marked as both copies (`DQB1*02:01, -` or the word homozygous).
    """

    alleles: tuple[Allele, ...] = ()
    serotypes: tuple[Serotype, ...] = ()
    skipped: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    def both_known(self, locus: str) -> bool:
        """Whether both copies are known: two written, one marked as both, or one written where the other locus has two."""
        written = {name: len(self.at(name)) for name in LOCI}
        return written[locus] == 2 or (written[locus] == 1 and (locus in self.twice or 2 in written.values()))

    def at(self, locus: str) -> tuple[Allele, ...]:
        """The alleles typed at that locus, as written."""
        return tuple(allele for allele in self.alleles if allele.locus == locus)


_TOKEN = re.compile(r"[,;+~^|\s]+")
_ALLELE = re.compile(
    r"(?:HLA-)?(?:(?P<locus>D(?:Q|R|P)[AB]\d|[ABC])\*?)?(?P<fields>\d{2,8}|\d{2,3}(?::\d{2,4}){1,3}|\d{2,3}:(?:XX|[A-Z]{2,5}))"
    r"(?P<suffix>[NLSCAQGP]?)",
)
_NAME = r"(?:HLA-)?DQ[2-9](?:\.\d)?"
_SEROLOGY = re.compile(
    rf"(?P<before>\b(?:neither|nor|no|not)\s+)?(?<![\w*])(?P<names>{_NAME}(?:(?:\s*[,/&;]\s*|\s+(?:and|or|nor)\s+|\s+){_NAME})*)(?!\w)"
    r"(?:[\s:=-]*(?:is|was|result)?[\s:=-]*\b(?P<word>positive|pos|present|detected|yes|negative|neg|absent|none|no|not)\b"
    r"|\s*(?P<mark>\(\s*[+-]\s*\)|[+-](?!\w)))?",
    re.I,
)
_ABSENT = {"negative", "neg", "absent", "none", "no", "not"}
_SAME_AGAIN = {"-", "--", "blank", "homozygous", "hom"}
_NOISE = {
    "",
    "and",
    "or",
    "nor",
    "hla",
    "typing",
    "result",
    "is",
    "was",
    "type",
    "genotype",
    "allele",
    "alleles",
    "detected",
    "present",
}


def read_typing(text: str) -> Typing:
    """Read a typing written as text, one or more lines. A locus may be named once for several alleles.

    Raises UserError when nothing in it is HLA-DQ, when a locus carries more than two alleles, or when it is not clear
    which serological name is negative.
    """
    serotypes = tuple(serotype for phrase in _SEROLOGY.finditer(text) for serotype in _serotypes(phrase))
    alleles: list[Allele] = []
    skipped: list[str] = []
    twice: list[str] = []
    locus = ""
    for word in _TOKEN.split(_SEROLOGY.sub(" ", text)):
        bare = word.strip("()[].:")
        named = bare.upper().removeprefix("HLA-").rstrip("*")
        if bare.lower() in _SAME_AGAIN and alleles and alleles[-1].locus == locus:
            twice.append(locus)
        elif named in LOCI:
            locus = named
        elif read := _alleles(bare, locus):
            locus = read.locus
            if locus in LOCI:
                alleles.append(read)
            else:
                skipped.append(bare)
        elif bare.lower() not in _NOISE | _SAME_AGAIN:
            skipped.append(bare)
    typing = Typing(
        alleles=tuple(alleles), serotypes=serotypes, skipped=tuple(skipped), twice=tuple(dict.fromkeys(twice))
    )
    if not alleles and not serotypes:
        raise UserError("no HLA-DQ allele in this typing.", "Write it like DQA1*05:01, DQB1*02:01 or DQ2.5 positive.")
    for name in LOCI:
        if len(typing.at(name)) > 2:
            raise UserError(
                f"{name} carries {len(typing.at(name))} alleles; one person has two.",
                "Give one person's typing, and write ambiguous alleles with a slash.",
            )
    _refuse_contradiction(typing)
    return typing


def _serotypes(phrase: re.Match[str]) -> list[Serotype]:
    """`DQ2 and DQ8 negative` denies both; `DQ2, DQ8 negative` may deny one or both, and is refused."""
    names = re.findall(_NAME, phrase["names"], re.I)
    absent = bool(phrase["before"]) or (phrase["word"] or "").lower() in _ABSENT or "-" in (phrase["mark"] or "")
    listed = len(names) > 1 and not re.search(r"/|&|\b(?:and|or|nor)\b", phrase["names"], re.I)
    if absent and listed:
        raise UserError(
            f"it is not clear whether {names[0]} is negative in {phrase[0].strip()!r}.",
            "Write positive or negative after each name.",
        )
    return [Serotype(name.upper().removeprefix("HLA-"), not absent) for name in names]


def _alleles(word: str, locus: str) -> Allele | None:
    """One allele, or a slash list of what one allele may be. None when it is not an allele or no locus is known."""
    names: list[str] = []
    expressed: set[bool | None] = set()
    for part in word.upper().split("/"):
        matched = _ALLELE.fullmatch(part)
        if matched is None:
            return None
        locus = matched["locus"] or locus
        name = _two_fields(matched["fields"])
        if not locus or name is None:
            return None
        names.append(name)
        expressed.add({"N": False, "Q": None}.get(matched["suffix"], True))
    return Allele(locus, tuple(dict.fromkeys(names)), word, expressed.pop() if len(expressed) == 1 else None)


def _two_fields(fields: str) -> str | None:
    """The first two fields as `05:01`; `05` when the second is not resolved; None when the digits cannot be fields."""
    if ":" not in fields:
        if len(fields) % 2:
            return None
        return fields[:2] if len(fields) == 2 else f"{fields[:2]}:{fields[2:4]}"
    first, second = fields.split(":")[:2]
    return f"{first}:{second}" if second.isdecimal() else first


def _refuse_contradiction(typing: Typing) -> None:
    said: dict[str, bool] = {}
    for serotype in typing.serotypes:
        if said.setdefault(serotype.name, serotype.present) != serotype.present:
            raise UserError(f"{serotype.name} is both present and absent in this typing.", "Give one typing at a time.")


TEMPLATE = """\
# HLA-DQ typing of one person, as the laboratory wrote it. Lines after # are ignored. Fictional example.
# Both genes, both copies; write - when the second copy is the same. Ambiguous alleles are written with a slash.
DQA1*01:02, DQA1*05:01
DQB1*06:02, DQB1*02:01
"""
