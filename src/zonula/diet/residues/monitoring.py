"""Reading a residue monitoring file that the clinic supplies, such as the results of the USDA Pesticide Data Program. None is built in.

The file has a header and is separated by `|`, tab, `;` or `,`. Needed: the commodity, the pesticide, the concentration, its limit of
detection and the unit, by the PDP's column names or in plain words. PDP files hold codes: give the PDP's code lists as well.
"""

import csv
import math
from collections import Counter

import msgspec

from zonula.diet.search import food_called
from zonula.errors import UserError
from zonula.knowledge import Shelf

_COLUMNS = {
    "commodity": ("commodity", "commod", "commodity name", "commodity_name"),
    "pesticide": ("pesticide", "pestcode", "pesticide name", "pesticide_name"),
    "concentration": ("concentration", "concen"),
    "lod": ("lod", "limit of detection"),
    "unit": ("unit", "conunit", "pp_"),
}
# mg/kg per unit; the PDP writes M for ppm, B for ppb and T for ppt.
_MG_PER_KG = {
    "m": 1.0,
    "ppm": 1.0,
    "mg/kg": 1.0,
    "b": 1e-3,
    "ppb": 1e-3,
    "µg/kg": 1e-3,
    "ug/kg": 1e-3,
    "t": 1e-6,
    "ppt": 1e-6,
}
_NOT_DETECTED = frozenset({"", "nd", "n.d.", "0", "0.0", "not detected"})


class Sample(msgspec.Struct, frozen=True):
    """One result in mg/kg. found None: nothing above the limit of detection. lod None: the limit is not written."""

    food: str
    pesticide: str
    found: float | None
    lod: float | None


class Monitoring(msgspec.Struct, frozen=True):
    """All results, the file's name for the report, and what was skipped and why, with counts."""

    source: str
    samples: tuple[Sample, ...]
    skipped: tuple[str, ...]


def read_codes(text: str, name: str) -> dict[str, str]:
    """A code list: a header, then code and name in the first two columns."""
    rows = list(csv.reader(text.splitlines(), delimiter=_delimiter(text)))
    if len(rows) < 2 or any(len(row) < 2 for row in rows if row):
        raise UserError(f"{name}: not a code list.", "It needs a header and the columns code and name.")
    return {row[0].strip(): row[1].strip() for row in rows[1:] if row}


def read_monitoring(text: str, name: str, shelf: Shelf, codes: dict[str, str] | None = None) -> Monitoring:
    """Read the results. codes: code -> name for commodities and pesticides. Raises UserError when a column is missing."""
    reader = csv.DictReader(text.splitlines(), delimiter=_delimiter(text))
    header = {(column or "").strip().lower(): column for column in reader.fieldnames or ()}
    at = {}
    for field, called in _COLUMNS.items():
        at[field] = next((header[one] for one in called if one in header), None)
    missing = [field for field, column in at.items() if column is None]
    if missing:
        raise UserError(f"{name}: no column for the {missing[0]}.", "See docs/diet.md for the columns that are read.")
    names = codes or {}
    skipped: Counter[str] = Counter()
    samples = []
    for row in reader:
        cells = {field: (row.get(str(column)) or "").strip() for field, column in at.items()}
        sample = _sample(cells, names, shelf)
        if isinstance(sample, str):
            skipped[sample] += 1
        else:
            samples.append(sample)
    return Monitoring(
        name, tuple(samples), tuple(f"{count} results skipped: {why}" for why, count in skipped.most_common())
    )


def _sample(cells: dict[str, str], names: dict[str, str], shelf: Shelf) -> Sample | str:
    commodity = names.get(cells["commodity"], cells["commodity"])
    food = food_called(commodity, shelf)
    if food is None:
        return f"{commodity or 'no commodity'} is not a food we know"
    factor = _MG_PER_KG.get(cells["unit"].lower())
    if factor is None:
        return f"the unit {cells['unit'] or '(none)'} is not known"
    lod = _positive(cells["lod"])
    if cells["concentration"].lower() in _NOT_DETECTED or cells["concentration"].startswith("<"):
        found = None
    else:
        found = _positive(cells["concentration"])
        if found is None:
            return "a concentration is not a number above zero"
    pesticide = names.get(cells["pesticide"], cells["pesticide"])
    return Sample(food.id, pesticide, None if found is None else found * factor, None if lod is None else lod * factor)


def _positive(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max("|\t;,", key=first.count)
