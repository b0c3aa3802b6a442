"""From what was eaten and a monitoring file to hazard quotients with their doubt: samples below detection as 0, half and all of the limit.

The honest statement and the version of the reference doses stand in every report; there is no overall score.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.diet.catalogue import catalogue
from zonula.diet.eating import Eaten
from zonula.diet.residues.monitoring import Monitoring, Sample
from zonula.diet.residues.reference import Reference, references, residue_called
from zonula.diet.said import from_card
from zonula.errors import UserError
from zonula.knowledge import Shelf

SUBSTITUTIONS = (0.0, 0.5, 1.0)  # of the limit of detection


class Quotient(msgspec.Struct, frozen=True, kw_only=True):
    """One residue against one reference dose (mg/kg/day). Doses and quotients with undetected samples as 0, LOD/2 and LOD.

    None where a limit of detection is not written. samples, detected: counts behind it.
    """

    residue: str
    name: str
    authority: str
    reference: float
    dose: tuple[float | None, float | None, float | None]
    quotient: tuple[float | None, float | None, float | None]
    samples: int
    detected: int
    foods: tuple[str, ...]
    comment: str


class ResidueReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer. not_sampled: foods eaten that the file does not cover, so every dose is *at least*.

    no_reference: residues in the file for which we have no reference dose. by_mechanism: sums of quotients (LOD/2) per authority.
    """

    schema: str = "zonula.diet-residues/1"
    as_of: date
    statement: str
    reference_version: str
    reference_date: date
    source: str
    days: int
    weight_kg: float
    quotients: tuple[Quotient, ...]
    by_mechanism: dict[str, float]
    not_sampled: tuple[str, ...]
    no_reference: tuple[str, ...]
    skipped: tuple[str, ...]
    washing: str
    findings: tuple[Finding, ...]


def hazard(rows: Iterable[Eaten], monitoring: Monitoring, weight_kg: float, today: date, shelf: Shelf) -> ResidueReport:
    """Raises UserError when the weight is impossible or nothing was eaten."""
    rows = tuple(rows)
    bounds = shelf.card("diet/residue_rules").data
    if not bounds["least_weight_kg"] <= weight_kg <= bounds["most_weight_kg"]:
        raise UserError(f"{weight_kg:g} kg is not a body weight.")
    days = len({row.day for row in rows})
    if not days:
        raise UserError("Nothing was eaten.", "Give a diary with at least one day.")
    kilograms, unweighed = _kilograms_per_day(rows, days, shelf)
    by_food: dict[str, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in monitoring.samples:
        by_food[sample.food][sample.pesticide].append(sample)
    doses: dict[str, list[tuple[str, float, list[Sample]]]] = defaultdict(list)
    covered: set[str] = set()
    without_reference: dict[str, None] = {}
    for food, kg in kilograms.items():
        for commodity in catalogue(shelf).lines[food]:
            for pesticide, samples in by_food.get(commodity, {}).items():
                covered.add(food)
                residue = residue_called(pesticide, shelf)
                if residue is None:
                    without_reference[pesticide] = None
                else:
                    doses[residue].append((food, kg, samples))
    named = catalogue(shelf).foods
    quotients = tuple(
        quotient
        for residue in sorted(doses)
        for quotient in _quotients(references(shelf)[residue], doses[residue], weight_kg, shelf)
    )
    reference = shelf.card("diet/residue_references")
    return ResidueReport(
        as_of=today,
        statement=shelf.card("diet/residue_statement").meaning,
        reference_version=str(reference.value),
        reference_date=max(dated.since for dated in reference.values),
        source=monitoring.source,
        days=days,
        weight_kg=weight_kg,
        quotients=quotients,
        by_mechanism=_sums(quotients, shelf),
        not_sampled=tuple(named[food].name for food in kilograms if food not in covered) + unweighed,
        no_reference=tuple(without_reference),
        skipped=monitoring.skipped,
        washing=shelf.card("diet/washing").meaning,
        findings=tuple(_findings(quotients, today, shelf)),
    )


def _kilograms_per_day(rows: tuple[Eaten, ...], days: int, shelf: Shelf) -> tuple[dict[str, float], tuple[str, ...]]:
    kilograms: dict[str, float] = defaultdict(float)
    unweighed: dict[str, None] = {}
    for row in rows:
        if not row.food or row.grams is None:
            unweighed[row.said] = None
            continue
        for food, share in catalogue(shelf).ingredients(row.food).items():
            kilograms[food] += row.grams * share / 1000 / days
    return dict(kilograms), tuple(unweighed)


def _mean(samples: list[Sample], substitution: float) -> float | None:
    """Mean residue in mg/kg with each undetected sample counted as that part of its limit."""
    total = 0.0
    for sample in samples:
        if sample.found is not None:
            total += sample.found
        elif substitution:
            if sample.lod is None:
                return None
            total += substitution * sample.lod
    return total / len(samples)


def _quotients(
    reference: Reference, eaten: list[tuple[str, float, list[Sample]]], weight_kg: float, shelf: Shelf
) -> Iterable[Quotient]:
    doses: list[float | None] = []
    for substitution in SUBSTITUTIONS:
        parts = [(kg, _mean(samples, substitution)) for _, kg, samples in eaten]
        known = [kg * mean for kg, mean in parts if mean is not None]
        doses.append(sum(known) / weight_kg if len(known) == len(parts) else None)
    none, half, full = doses
    named = catalogue(shelf).foods
    for authority, figure in (("US", reference.us), ("EU", reference.eu)):
        if figure is not None:
            yield Quotient(
                residue=reference.residue,
                name=reference.name,
                authority=authority,
                reference=figure,
                dose=(none, half, full),
                quotient=(_over(none, figure), _over(half, figure), _over(full, figure)),
                samples=sum(len(samples) for _, _, samples in eaten),
                detected=sum(sample.found is not None for _, _, samples in eaten for sample in samples),
                foods=tuple(named[food].name for food, _, _ in eaten),
                comment=reference.comment,
            )


def _over(dose: float | None, figure: float) -> float | None:
    return None if dose is None else dose / figure


def _sums(quotients: tuple[Quotient, ...], shelf: Shelf) -> dict[str, float]:
    """A sum has a meaning only within one mechanism; one that misses a part is not given."""
    parts: dict[str, list[float | None]] = defaultdict(list)
    for one in quotients:
        mechanism = references(shelf)[one.residue].mechanism
        if mechanism:
            parts[f"{mechanism}, {one.authority}"].append(one.quotient[1])
    return {
        name: sum(value for value in values if value is not None)
        for name, values in parts.items()
        if len(values) > 1 and None not in values
    }


def _findings(quotients: tuple[Quotient, ...], today: date, shelf: Shelf) -> Iterable[Finding]:
    card = shelf.card("diet/residue_references")
    for one in quotients:
        low, high = one.quotient[0], one.quotient[2]
        if low is None or (low <= 1 and high is not None and high <= 1):
            continue
        if low > 1:
            state, says = State.YES, f"at least {low:.2g} times the {one.authority} reference dose"
        else:
            upper = "an unknown number of" if high is None else f"{high:.2g}"
            state, says = (
                State.UNKNOWN,
                f"between {low:.2g} and {upper} times the {one.authority} reference dose: cannot tell",
            )
        yield from_card(
            card,
            f"residues.{one.residue}.{one.authority.lower()}",
            f"{one.name}: {says} ({card.value}).",
            today,
            state=state,
            value=low,
            interval=(low, high) if high is not None else None,
            according_to=(card.id, "diet/residue_rules"),
            level=Level.CLINICIAN if state is State.YES else None,
            asks=(Ask("clinician", "check the reference dose and the file before speaking of it"),),
        )
