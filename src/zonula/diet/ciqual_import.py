"""Importing a clinic's own ANSES CIQUAL download: the XML files (alim, const, compo) or the table saved as CSV.

In CIQUAL `-` is missing, `traces` and `< 0.5` are below what could be measured: all three stay unknown, and are counted.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from zonula.diet.composition import FoodComposition, Nutrient, in_unit, nutrients
from zonula.diet.fdc_import import Imported
from zonula.errors import UserError
from zonula.knowledge import Shelf

_NAMED = re.compile(r"^(?P<name>.*?)\s*\((?P<unit>kcal|kJ|g|mg|µg|μg|ug)\s*/\s*100\s*g\)\s*$")


def import_ciqual(source: Path, wanted: dict[str, str], shelf: Shelf) -> Imported:
    """Read a folder of XML files or one CSV table. `wanted`: CIQUAL code -> our food id; empty takes every food under its code."""
    rows = _from_xml(source) if source.is_dir() else _from_csv(source)
    by_name = {one.ciqual_name.lower(): one for one in nutrients(shelf).values() if one.ciqual_name}
    foods: dict[str, tuple[str, dict[str, float]]] = {}
    skipped: Counter[str] = Counter()
    for code, description, constituent, cell in rows:
        if wanted and code not in wanted:
            continue
        amounts = foods.setdefault(code, (description, {}))[1]
        named = _NAMED.match(constituent.strip())
        nutrient = by_name.get(named["name"].lower()) if named else None
        if nutrient is None or named is None:
            continue
        amount, why = _amount(cell, named["unit"].replace("μ", "µ"), nutrient)
        if amount is not None:
            amounts[nutrient.id] = amount
        elif why:
            skipped[why] += 1
    lost = [f"CIQUAL {code} is not in the table" for code in sorted(set(wanted) - set(foods))]
    return Imported(
        tuple(
            FoodComposition(wanted.get(code, code), description, f"ANSES CIQUAL, food {code}", amounts)
            for code, (description, amounts) in sorted(foods.items())
        ),
        (*lost, *(f"{count} amounts left unknown: {why}" for why, count in sorted(skipped.items()))),
    )


def _amount(cell: str, unit: str, nutrient: Nutrient) -> tuple[float | None, str]:
    text = cell.strip().replace(",", ".").replace("\xa0", "")
    if text in ("", "-"):
        return None, "missing"
    if text.lower().startswith("trace") or text.startswith("<"):
        return None, "below what could be measured"
    try:
        amount = float(text)
    except ValueError:
        return None, "not a number"
    return (in_unit(amount, unit, nutrient.unit), "") if amount >= 0 else (None, "an impossible amount")


def _from_xml(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    foods = {row["alim_code"]: row.get("alim_nom_eng") or row["alim_nom_fr"] for row in _table(folder, "alim", "ALIM")}
    names = {row["const_code"]: row["const_nom_eng"] for row in _table(folder, "const", "CONST")}
    for row in _table(folder, "compo", "COMPO"):
        yield row["alim_code"], foods.get(row["alim_code"], ""), names.get(row["const_code"], ""), row.get("teneur", "")


def _table(folder: Path, prefix: str, element: str) -> Iterator[dict[str, str]]:
    paths = [path for path in sorted(folder.glob(f"{prefix}*.xml")) if re.fullmatch(rf"{prefix}(_\d.*)?", path.stem)]
    if not paths:
        raise UserError(f"{folder}: no file {prefix}*.xml.", "Give the folder of the CIQUAL XML download.")
    # The published files declare windows-1252 and hold bare `<` in figures such as `< 0.5`.
    content = paths[-1].read_bytes()
    content = re.sub(rb"<(?=\s*[\d ])", b"&lt;", content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as wrong:
        raise UserError(f"{paths[-1].name}: not readable as XML: {wrong.msg}.") from None
    for node in root.iter(element):
        yield {str(child.tag): (child.text or "").strip() for child in node}


def _from_csv(path: Path) -> Iterator[tuple[str, str, str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="windows-1252")
    except OSError as wrong:
        raise UserError(f"{path}: {wrong.strerror}.") from None
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    header = reader.fieldnames or []
    if "alim_code" not in header:
        raise UserError(f"{path.name}: no column alim_code.", "Save the CIQUAL table (English names) as CSV.")
    for row in reader:
        for column in header:
            if column and "/" in column:
                yield (
                    row["alim_code"],
                    row.get("alim_nom_eng") or row.get("alim_nom_fr") or "",
                    column,
                    row[column] or "",
                )
