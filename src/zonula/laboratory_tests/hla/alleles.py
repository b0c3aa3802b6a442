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
_SEROTYPE = re.compile(r"(?:HLA-)?(DQ[2-9](?:\.\d)?)(?P<sign>[+-]?)")
_PRESENT = {"positive", "pos", "present", "detected", "yes", "+"}
_ABSENT = {"negative", "neg", "absent", "no", "-"}
_SAME_AGAIN = {"-", "--", "blank", "homozygous", "hom"}
_NOISE = {"", "and", "hla", "typing", "result", "or", "is", "was", ":", "type", "genotype", "allele", "alleles"}


def read_typing(text: str) -> Typing:
    """Read a typing written as text, one or more lines. A locus may be named once for several alleles.

    Raises UserError when nothing in it is HLA-DQ, or when a locus carries more than two alleles.
    """
    alleles: list[Allele] = []
    serotypes: list[Serotype] = []
    skipped: list[str] = []
    twice: list[str] = []
    locus = ""
    words = [word for word in _TOKEN.split(_with_joined_signs(text)) if word]
    for place, word in enumerate(words):
        bare = word.strip("()[].:")
        if bare.lower() in _SAME_AGAIN and alleles and alleles[-1].locus == locus:
            twice.append(locus)
            continue
        following = [later.strip("()[].:").lower() for later in words[place + 1 : place + 3]]
        if serotype := _SEROTYPE.fullmatch(bare.upper()):
            serotypes.append(Serotype(serotype[1], _present(serotype["sign"], following)))
        elif read := _alleles(bare, locus):
            locus = read.locus
            if locus in LOCI:
                alleles.append(read)
            else:
                skipped.append(bare)
        elif bare.upper().removeprefix("HLA-").rstrip("*") in LOCI:
            locus = bare.upper().removeprefix("HLA-").rstrip("*")
        elif bare.lower() not in _PRESENT | _ABSENT | _SAME_AGAIN | _NOISE | {"not"}:
            skipped.append(bare)
    typing = Typing(
        alleles=tuple(alleles), serotypes=tuple(serotypes), skipped=tuple(skipped), twice=tuple(dict.fromkeys(twice))
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


def _with_joined_signs(text: str) -> str:
    """`DQ2 (+)` and `DQ2: negative` lose their decoration; a `+` glued to a serotype stays with it."""
    text = re.sub(r"\(\s*([+-])\s*\)", r" \1 ", text)
    text = re.sub(r"(DQ\d(?:\.\d)?)\s*\+(?=[\s,;)]|$)", r"\1 positive ", text, flags=re.I)
    return re.sub(r"(DQ\d(?:\.\d)?)\s*[-–](?=[\s,;)]|$)", r"\1 negative ", text, flags=re.I)


def _present(sign: str, following: list[str]) -> bool:
    if following[:1] == ["not"] or sign == "-" or (following and following[0] in _ABSENT):
        return False
    return not (len(following) > 1 and following[0] in _NOISE and following[1] in _ABSENT | {"not"})


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
