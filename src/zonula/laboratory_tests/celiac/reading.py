"""Celiac evidence from a YAML or JSON file, with errors that name the line to mend, and the commented template of one."""

import re
from math import inf
from pathlib import Path
from typing import Any

from zonula.errors import UserError
from zonula.knowledge import fitted, read_yaml, shelf
from zonula.laboratory_tests.celiac.evidence import CeliacEvidence, Draw, TotalIga
from zonula.laboratory_tests.celiac.signs import FACTORS_CARD, IGA_CARD
from zonula.laboratory_tests.hla import read_typing

_BOUND = re.compile(r"\s*(<=|>=|<|>|≤|≥)?\s*(\d+(?:\.\d+)?)\s*")
_SIGNS = {"≤": "<=", "≥": ">="}
_MARSH = {"", "0", "1", "2", "3", "3a", "3b", "3c"}
_SOURCES = {"clinical", "genotype_file"}
_COMPARATORS = {"", "<", "<=", ">=", ">"}


def read_evidence(path: Path) -> CeliacEvidence:
    """Read one person's evidence (YAML or JSON). Raises UserError naming the field when something does not fit."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise UserError(f"{path.name}: cannot be read ({wrong.strerror}).", "Check the path.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: is not text in UTF-8.", "Save it as UTF-8.") from None
    return evidence_of(read_yaml(text, path.name), path.name)


def evidence_of(written: Any, name: str = "evidence") -> CeliacEvidence:
    """Check plain data and return the evidence. A value may be written `">100"`; typing as plain text is clinical typing."""
    if not isinstance(written, dict):
        raise UserError(f"{name}: holds no fields.", "Write a template with --template.")
    evidence = fitted(_tidy(written), CeliacEvidence, name, "See docs/laboratory-tests.md for the fields.")
    _refuse_impossible(evidence, name)
    if evidence.hla:
        try:
            read_typing(evidence.hla.typing)
        except UserError as wrong:
            raise UserError(f"{name}: hla: {wrong.what}", wrong.cure) from None
    return evidence


def _tidy(written: dict[str, Any]) -> dict[str, Any]:
    tidy = dict(written)
    if isinstance(tidy.get("hla"), str):
        tidy["hla"] = {"typing": tidy["hla"]}
    if isinstance(tidy.get("biopsy"), dict) and isinstance(tidy["biopsy"].get("marsh"), int):
        tidy["biopsy"] = {**tidy["biopsy"], "marsh": str(tidy["biopsy"]["marsh"])}
    if isinstance(tidy.get("draws"), list):
        tidy["draws"] = [_tidy_draw(draw) if isinstance(draw, dict) else draw for draw in tidy["draws"]]
    return {key: value for key, value in tidy.items() if value is not None}


def _tidy_draw(draw: dict[str, Any]) -> dict[str, Any]:
    tidy = {key: value for key, value in draw.items() if value is not None}
    if isinstance(tidy.get("tests"), list):
        tidy["tests"] = [_bounded(test) for test in tidy["tests"]]
    if "total_iga" in tidy:
        tidy["total_iga"] = _bounded(tidy["total_iga"])
    return tidy


def _bounded(result: Any) -> Any:
    if not isinstance(result, dict) or not isinstance(result.get("value"), str):
        return result
    matched = _BOUND.fullmatch(result["value"])
    if matched is None:
        return result
    sign = _SIGNS.get(matched[1], matched[1] or "")
    return {**result, "value": float(matched[2]), "comparator": sign or result.get("comparator", "")}


def _refuse_impossible(evidence: CeliacEvidence, name: str) -> None:
    days = [draw.date for draw in evidence.draws]
    if len(set(days)) != len(days):
        raise UserError(f"{name}: two draws on one day.", "Put the tests of one day into one draw.")
    for draw in evidence.draws:
        _refuse_impossible_results(draw, name)
    if evidence.age_years is not None and not 0 <= evidence.age_years <= 130:
        raise UserError(f"{name}: age_years is between 0 and 130.", "Correct the age.")
    for gluten in (evidence.gluten_now, *(draw.gluten for draw in evidence.draws)):
        amounts = (gluten.meals_a_day, gluten.weeks) if gluten else ()
        if any(amount is not None and not 0 <= amount < inf for amount in amounts):
            raise UserError(f"{name}: gluten: meals and weeks are not negative.", "Correct the gluten intake.")
    if evidence.biopsy and evidence.biopsy.marsh.lower() not in _MARSH:
        raise UserError(f"{name}: biopsy.marsh is one of 0, 1, 2, 3, 3a, 3b, 3c.", "Leave it out if unknown.")
    if evidence.hla and evidence.hla.source not in _SOURCES:
        raise UserError(f"{name}: hla.source is 'clinical' or 'genotype_file'.", "Correct it.")


def _refuse_impossible_results(draw: Draw, name: str) -> None:
    measured = [(test.value, test.comparator, test.uln, test.test.value) for test in draw.tests]
    if draw.total_iga:
        measured.append((draw.total_iga.value, draw.total_iga.comparator, draw.total_iga.low, "total_iga"))
        _refuse_another_unit(draw.total_iga, name)
        if draw.total_iga.reported not in ("", "normal", "low"):
            raise UserError(f"{name}: total_iga.reported is 'normal' or 'low', not {draw.total_iga.reported!r}.")
    for value, comparator, limit, what in measured:
        if comparator not in _COMPARATORS:
            raise UserError(f"{name}: {what}: comparator {comparator!r} is not one of <, <=, >=, >.")
        if value is not None and not 0 <= value < inf:
            raise UserError(f"{name}: {what}: a value is not negative and not infinite.", "Correct the value.")
        if limit is not None and not 0 < limit < inf:
            raise UserError(f"{name}: {what}: a limit is above zero.", "Correct the limit, or leave it out if unknown.")


def _refuse_another_unit(measured: TotalIga, name: str) -> None:
    """A limit in mg/dL beside a value in g/L would make everybody's IgA low."""
    card, known = shelf().card(IGA_CARD), shelf().card(FACTORS_CARD).data["total_iga"]["to"]
    if measured.unit not in known:
        return  # read against the laboratory's own limit only
    least, most = card.data["plausible_limit"]
    limit = None if measured.low is None else measured.low * known[measured.unit]
    if limit is not None and not least <= limit <= most:
        raise UserError(f"{name}: total_iga.low does not fit the unit {measured.unit}.", "Write both in one unit.")
    value = None if measured.value is None else measured.value * known[measured.unit]
    if value is not None and value > card.data["plausible_value_up_to"]:
        raise UserError(f"{name}: total_iga.value does not fit the unit {measured.unit}.", "Correct the unit.")


TEMPLATE = """\
# Celiac disease: what is known about one person. Fictional example; every line may be left out, and then it is unknown.
# Yes and no are written true and false. A question that was not asked is left out: unknown is never read as "no".

age_years: 34

# One entry per blood draw. The state of the body belongs to the draw: how much gluten was eaten before it.
draws:
  - date: 2026-02-03
    gluten:
      meals_a_day: 2        # meals with gluten, every day
      weeks: 8              # for how many weeks up to the draw
    total_iga:
      value: 1.9
      unit: g/L             # g/L, mg/dL or mg/L
      low: 0.7              # the laboratory's own lower limit for this age
    tests:
      - test: ttg_iga       # ttg_iga, ema_iga, dgp_iga, ttg_igg, dgp_igg, ema_igg
        value: 3.2          # a bound is written ">100"
        unit: U/mL
        uln: 10             # upper limit of normal of the same assay; without it no multiple is computed
        assay: example assay
      # - test: ema_iga
      #   reported: negative   # negative, positive or indeterminate, when there is no number

# Only when no blood was drawn: how much gluten is eaten now.
# gluten_now: {meals_a_day: 0, weeks: 0}

# hla:
#   typing: DQA1*01:02, DQA1*03:01, DQB1*03:02, DQB1*06:02
#   source: clinical        # or genotype_file, which never counts as a typing

# biopsy:
#   date: 2026-03-10
#   marsh: 0                # 0, 1, 2, 3, 3a, 3b, 3c
#   lymphocytes_per_100: 12
#   distal: 4               # number of biopsies
#   bulb: 1

history:
  known_disease: none       # none, celiac, dermatitis_herpetiformis, reported (told, but no record confirms it)
  first_degree_relative: false
  weight_loss: false
  malabsorption: false
  suspected_dermatitis_herpetiformis: false
  immunosuppression: false
  pregnancy: false
  # previous_celiac_crisis, wheat_allergy, severe_illness: asked before a gluten challenge
  # alarm_features, family_agrees, endoscopy_declined: asked by guidelines with a route without biopsy
"""
