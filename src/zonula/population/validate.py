"""A rule against chart review labels, or against a PHQ-15 total: how often it is right, with intervals.

"Unknown" is neither right nor wrong: it is counted apart, and a rule that is unknown for a labelled patient counts as not found, because
that is what a worklist would do; both readings are given.
"""

import csv
import io
from collections.abc import Mapping
from math import isfinite, sqrt
from pathlib import Path

import msgspec
from pyarrow import parquet

from zonula.chart_review.library import DOMAINS
from zonula.errors import UserError
from zonula.knowledge import Shelf, shelf
from zonula.population.answers import WORKLIST_RULE, rows
from zonula.population.screen import Screened, screened

PHQ15_CARD = "population/phq15"
SIX_DOMAINS_CARD = "chart_review/six_domains"
_NORMAL = 1.959963984540054  # two-sided 95 %
_TRUTHS = {"yes": True, "no": False, "unknown": None}


class Share(msgspec.Struct, frozen=True):
    """A share with its Wilson 95 % interval; all None when there is nobody to count."""

    found: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class RuleValidity(msgspec.Struct, frozen=True, kw_only=True):
    """One rule against labels. labelled: patients with a yes or no; undecided: of those, where the rule is unknown."""

    rule: str
    against: str
    labelled: int
    undecided: int
    sensitivity: Share
    specificity: Share
    ppv: Share
    kappa: float | None


class Validity(msgspec.Struct, frozen=True, kw_only=True):
    """Every labelled rule. skipped: lines of the labels that could not be used, and why."""

    schema: str = "zonula.population-validity/1"
    rules: tuple[RuleValidity, ...]
    skipped: tuple[str, ...]


def validate(
    labels: str, name: str, folder: Path, knowledge: Shelf | None = None, *, reviewed: str = "chart review"
) -> Validity:
    """Compare a screening with labels: CSV with the columns patient, rule, truth (yes, no, unknown), or patient, phq15 (0 to 30).

    reviewed: what the truth of the labels comes from, in words.

    Raises UserError when the columns are missing or no line can be used.
    """
    found = screened(folder)
    numbers = {each.rule: place for place, each in enumerate(found.rules)}
    told, against, skipped = _labels(labels, name, numbers, knowledge or shelf())
    against = against or reviewed
    answers = _answers(folder, {numbers[rule] for rule in told})
    known = _patients(folder)
    for rule, theirs in told.items():
        strangers = [patient for patient in theirs if patient not in known]
        if strangers:
            skipped.append(f"{rule}: {len(strangers)} labelled patients are not in the screening")
        for patient in strangers:
            del theirs[patient]
    if not any(told.values()):
        raise UserError(f"{name}: no line can be used.", skipped[0] if skipped else "It needs patient,rule,truth.")
    made = tuple(
        _validity(rule, against, theirs, answers[numbers[rule]], found)
        for rule, theirs in sorted(told.items())
        if theirs
    )
    return Validity(rules=made, skipped=tuple(skipped))


class _Truth(msgspec.Struct):
    """What is used of the truth of one virtual patient (`zonula simulate`): the domains it has, by name."""

    schema: str
    patient: str
    domains: dict[str, str]


def truth_labels(folder: Path, knowledge: Shelf | None = None) -> str:
    """The truth of virtual patients as labels of the twelve domain rules, and of "six at once" for whoever has that many.

    Raises UserError when there is none, or it cannot be read.
    """
    six = int((knowledge or shelf()).card(SIX_DOMAINS_CARD).value)
    lines = ["patient,rule,truth"]
    for file in sorted(folder.glob("*.json")):
        try:
            truth = msgspec.json.decode(file.read_bytes(), type=_Truth)
        except (OSError, msgspec.DecodeError) as wrong:
            raise UserError(f"{file}: is not the truth of a virtual patient ({wrong}).") from None
        if not truth.schema.startswith("zonula.simulation-truth/"):
            raise UserError(f"{file}: is not the truth of a virtual patient.")
        told = {f"domain.{name}": name in truth.domains for name in DOMAINS}
        told[WORKLIST_RULE] = len(truth.domains) >= six
        lines += [f"{truth.patient},{rule},{'yes' if holds else 'no'}" for rule, holds in told.items()]
    if len(lines) == 1:
        raise UserError(
            f"{folder}: no truth of virtual patients.", "Name the folder `truth` that zonula simulate wrote."
        )
    return "\n".join(lines) + "\n"


def wilson(found: int, of: int) -> Share:
    """A share and its Wilson score interval (Wilson 1927)."""
    if not of:
        return Share(found, of, None, None, None)
    share, square = found / of, _NORMAL**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _NORMAL * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return Share(found, of, share, max(0.0, middle - half), min(1.0, middle + half))


def _labels(
    labels: str, name: str, numbers: Mapping[str, int], knowledge: Shelf
) -> tuple[dict[str, dict[str, bool]], str, list[str]]:
    reader = csv.DictReader(io.StringIO(labels))
    columns = set(reader.fieldnames or ())
    told: dict[str, dict[str, bool]] = {}
    skipped: list[str] = []
    if {"patient", "phq15"} <= columns:
        least = float(knowledge.card(PHQ15_CARD).data["at_least"])
        against = f"PHQ-15 of {least:g} or more"
        if WORKLIST_RULE not in numbers:
            raise UserError(f"The screening did not ask {WORKLIST_RULE}, which PHQ-15 is compared with.")
    elif {"patient", "rule", "truth"} <= columns:
        least, against = 0.0, ""
    else:
        raise UserError(f"{name}: the columns patient, rule and truth (or patient and phq15) are needed.")
    for line, row in enumerate(reader, 2):
        patient = (row["patient"] or "").strip()
        if "phq15" in columns:
            rule, truth, why = WORKLIST_RULE, *_points(row["phq15"], least)
        else:
            rule, why = (row["rule"] or "").strip(), ""
            written = (row["truth"] or "").strip().casefold()
            truth = _TRUTHS.get(written)
            if rule not in numbers:
                why = "names a rule the screening did not ask"
            elif written not in _TRUTHS:
                why = "truth is not yes, no or unknown"
        if why or not patient:
            skipped.append(f"line {line}: {why or 'names no patient'}")
        elif truth is not None and told.setdefault(rule, {}).setdefault(patient, truth) is not truth:
            skipped.append(f"line {line}: contradicts an earlier line about the same patient; the earlier one counts")
    return told, against, skipped


def _points(written: str | None, least: float) -> tuple[bool | None, str]:
    try:
        points = float(written or "nan")
    except ValueError:
        points = float("nan")
    if not isfinite(points) or not 0 <= points <= 30:
        return None, "phq15 is not a number from 0 to 30"
    return points >= least, ""


def _answers(folder: Path, wanted: set[int]) -> dict[int, dict[str, bool | None]]:
    answers: dict[int, dict[str, bool | None]] = {number: {} for number in wanted}
    for row in rows(folder):
        if row["rule"] in wanted:
            answers[row["rule"]][row["patient"]] = row["holds"]
    return answers


def _patients(folder: Path) -> set[str]:
    files = sorted((folder / "patients").glob("*.parquet"))
    return {patient for file in files for patient in parquet.read_table(file).column(0).to_pylist()}


def _validity(
    rule: str, against: str, labels: Mapping[str, bool], answers: Mapping[str, bool | None], found: Screened
) -> RuleValidity:
    otherwise = next(each.otherwise for each in found.rules if each.rule == rule)
    said = {patient: answers.get(patient, _TRUTHS.get(otherwise)) for patient in labels}
    right = sum(labels[p] and said[p] is True for p in labels)
    ill = sum(labels.values())
    alarms = sum(said[p] is True for p in labels)
    passed = sum(not labels[p] and said[p] is not True for p in labels)
    size = len(labels)
    by_chance = (alarms * ill + (size - alarms) * (size - ill)) / size**2
    kappa = ((right + passed) / size - by_chance) / (1 - by_chance) if by_chance < 1 else None
    return RuleValidity(
        rule=rule,
        against=against,
        labelled=size,
        undecided=sum(answer is None for answer in said.values()),
        sensitivity=wilson(right, ill),
        specificity=wilson(passed, size - ill),
        ppv=wilson(right, alarms),
        kappa=kappa,
    )
