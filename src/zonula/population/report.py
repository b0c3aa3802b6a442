"""What a screening found, in counts that may leave the house: attrition, prevalence, overlap of domains, co-occurrence.

No patient is named here, and small counts are suppressed (see `disclosure`); the worklist with reasons is written apart.
"""

from pathlib import Path

import msgspec

from zonula.chart_review.library import DOMAINS
from zonula.knowledge import Shelf
from zonula.population.answers import rows
from zonula.population.disclosure import hidden_count, hidden_parts, hidden_square
from zonula.population.screen import Counted, Screened, screened

CARD = "population/disclosure"
_CELIAC = ("red_flag.celiac_never_tested", "red_flag.celiac_positive_no_followup")
_STEPS = ("burden.six_domains_at_once", "burden.many_specialties", "burden.many_inconclusive_tests")


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. None is suppressed. prevalence: share of all patients with yes, when shown."""

    rule: str
    says: str
    card: str
    yes: int | None
    no: int | None
    unknown: int | None
    prevalence: float | None


class Step(msgspec.Struct, frozen=True):
    """One step of an attrition: how many are left after it; None is suppressed."""

    rule: str
    says: str
    left: int | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """overlap: how many patients have exactly so many of the twelve domains, from 0. together: patients with both of two domains, in the
    order of `domains`; its diagonal counts each domain. hypothesis: what the numbers are not.
    """

    schema: str = "zonula.population-report/1"
    today: str
    patients: int | None
    least: int
    rules: tuple[RuleCount, ...]
    attrition: tuple[Step, ...]
    celiac: tuple[RuleCount, ...]
    domains: tuple[str, ...]
    overlap: tuple[int | None, ...]
    together: tuple[tuple[int | None, ...], ...]
    note: str


def report(folder: Path, knowledge: Shelf) -> Report:
    """The report of a screening. Raises UserError when the folder has none."""
    found = screened(folder)
    card = knowledge.card(CARD)
    least = int(card.value)
    counted = tuple(_rule(each, found.patients, least) for each in found.rules)
    domains = tuple(name for name in DOMAINS if any(each.rule == f"domain.{name}" for each in found.rules))
    have, steps = _patients(folder, found)
    together = [[0] * len(domains) for _ in domains]
    exact = [0] * (len(domains) + 1)
    for theirs in have.values():
        places = [place for place, name in enumerate(domains) if name in theirs]
        exact[len(places)] += 1
        for i in places:
            for j in places:
                together[i][j] += 1
    exact[0] = found.patients - sum(exact[1:])
    overlap = hidden_parts({str(many): number for many, number in enumerate(exact)}, least)
    return Report(
        today=found.today.isoformat(),
        patients=hidden_count(found.patients, least),
        least=least,
        rules=counted,
        attrition=_attrition(found, steps, least),
        celiac=tuple(each for each in counted if each.rule in _CELIAC),
        domains=domains,
        overlap=tuple(overlap.values()),
        together=tuple(tuple(row) for row in hidden_square(together, least)),
        note=card.meaning,
    )


def _rule(counted: Counted, patients: int, least: int) -> RuleCount:
    shown = hidden_parts({"yes": counted.yes, "no": counted.no, "unknown": counted.unknown}, least)
    yes = shown["yes"]
    return RuleCount(
        rule=counted.rule,
        says=counted.says,
        card=counted.card,
        yes=yes,
        no=shown["no"],
        unknown=shown["unknown"],
        prevalence=yes / patients if yes is not None and patients else None,
    )


def _patients(folder: Path, found: Screened) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The domains each patient has, and the patients each step holds for."""
    domain_of = {
        place: each.rule.split(".", 1)[1] for place, each in enumerate(found.rules) if each.rule.startswith("domain.")
    }
    step_of = {place: each.rule for place, each in enumerate(found.rules) if each.rule in _STEPS}
    have: dict[str, set[str]] = {}
    steps: dict[str, set[str]] = {rule: set() for rule in step_of.values()}
    for row in rows(folder):
        if not row["holds"]:
            continue
        if row["rule"] in domain_of:
            have.setdefault(row["patient"], set()).add(domain_of[row["rule"]])
        elif row["rule"] in step_of:
            steps[step_of[row["rule"]]].add(row["patient"])
    return have, steps


def _attrition(found: Screened, steps: dict[str, set[str]], least: int) -> tuple[Step, ...]:
    """Everyone, then those the first rule holds for, then of those the second, and so on. A step that loses few is hidden."""
    says = {each.rule: each.says for each in found.rules}
    left: set[str] | None = None
    told = [Step("", "everyone in the export", hidden_count(found.patients, least))]
    before = found.patients
    for rule in _STEPS:
        if rule not in steps:
            continue
        left = steps[rule] if left is None else left & steps[rule]
        few = 0 < before - len(left) < least
        told.append(Step(rule, says[rule], None if few else hidden_count(len(left), least)))
        before = len(left)
    return tuple(told)
