"""Reference doses of residues, and what they are called."""

from functools import cache

import msgspec

from zonula.diet.words import words
from zonula.knowledge import Shelf


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """Chronic reference doses in mg per kg of body weight a day; None where there is none, which is not zero."""

    residue: str
    name: str
    us: float | None
    eu: float | None
    mechanism: str
    comment: str
    called: tuple[str, ...]


@cache
def references(shelf: Shelf) -> dict[str, Reference]:
    """By residue id."""
    return {
        row.code: Reference(
            residue=row.code,
            name=row.display,
            us=_number(row.more["us_chronic_mg_per_kg"]),
            eu=_number(row.more["eu_adi_mg_per_kg"]),
            mechanism=row.more["mechanism"],
            comment=row.more["comment"],
            called=tuple(one for one in row.more["synonyms"].split("|") if one),
        )
        for row in shelf.code_list("diet/residue_reference_values")
    }


@cache
def _names(shelf: Shelf) -> dict[frozenset[str], str]:
    found = {}
    for one in references(shelf).values():
        for name in (one.residue.replace("_", " "), one.name.split("(")[0], *one.called):
            found[frozenset(words(name))] = one.residue
    return found


def residue_called(name: str, shelf: Shelf) -> str | None:
    """The residue of that name, whatever the order of its words (`Cyhalothrin, lambda`); None when we have no reference."""
    return _names(shelf).get(frozenset(words(name)))


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
