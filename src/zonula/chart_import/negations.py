"""Codes and words that say "none" or "no information": a negation written as if it were a disease, drug or allergy."""

from functools import cache

from zonula.chart import Code, System
from zonula.knowledge import shelf


def says_none(codes: tuple[Code, ...]) -> bool:
    """Whether any code means that there is none ("no known allergy")."""
    return any((code.system, code.code) in _listed("none") for code in codes)


def says_no_allergy(text: str) -> bool:
    """Whether the whole wording of an allergy entry is that there is none: "NKDA", "None known"."""
    return (System.LOCAL, " ".join(text.split()).strip(".").casefold()) in _listed("none")


def says_unknown(codes: tuple[Code, ...]) -> bool:
    """Whether any code means that nothing is known, which is no fact about the patient."""
    return any((code.system, code.code) in _listed("unknown") for code in codes)


@cache
def _listed(meaning: str) -> frozenset[tuple[System, str]]:
    rows = shelf().code_list("chart_import/says_none")
    return frozenset((row.system, row.code) for row in rows if row.more["says"] == meaning)
