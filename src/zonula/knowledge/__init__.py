"""The shelf: everything clinicians argue about, as cited data, and the loader that refuses a card without provenance.

A card is one YAML file `knowledge/<room>/<name>.yaml`; its id is `<room>/<name>` (folders below a room are part of the name).
A code list is one CSV file `knowledge/<room>/<name>.csv` with at least the columns `system,code,display`.

A card::

    title: Positive skin prick test
    meaning: Mean wheal diameter above the negative control that counts as sensitised.
    why_it_matters: Below it, wheals are as often noise as sensitisation.
    unit: mm
    values:                       # dated: what counted when
      - since: 2013-02-01
        value: 3
    sources:
      - title: Heinzerling L et al., Clin Transl Allergy 2013;3:3
        link: https://doi.org/10.1186/2045-7022-3-3
        mark: V                   # V read at the source, Vs secondary, Vc code table, M memory, D derived by us
    grade: guideline              # zonula.chart.Grade
    verified: true                # false unless every figure was read at its source (marks V and Vc)
    authored_by: Zonula engineers
    checked_by: awaiting clinician sign-off
    reviewed: 2026-11-24
    next_review: 2027-11-24
    data: {}                      # optional, any structure the room needs

No `if` ever stands in a card; what branches is a small named function in the room.
"""

from zonula.knowledge.cards import AWAITING_SIGN_OFF, Card, CardSource, DatedValue, Mark
from zonula.knowledge.plain_yaml import fitted, read_yaml
from zonula.knowledge.shelf import CodeRow, Shelf, shelf

__all__ = [
    "AWAITING_SIGN_OFF",
    "Card",
    "CardSource",
    "CodeRow",
    "DatedValue",
    "Mark",
    "Shelf",
    "fitted",
    "read_yaml",
    "shelf",
]
