"""All products together: each on its own, the same agent twice, and what their nutrients add up to."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.diet.composition import nutrients
from zonula.diet.requirements import limits
from zonula.diet.said import from_card
from zonula.diet.supplements.form import SupplementForm, daily_nutrients
from zonula.diet.supplements.interactions import SupplementAdvice, advise
from zonula.knowledge import Shelf


class SupplementReview(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. totals: nutrient id -> amount per day from all products, in the nutrient's unit."""

    schema: str = "zonula.supplements-check/1"
    patient: str
    as_of: date
    products: tuple[SupplementAdvice, ...]
    totals: dict[str, float]
    findings: tuple[Finding, ...]


def review(form: SupplementForm, today: date, shelf: Shelf) -> SupplementReview:
    """Judge every product and their sum. Food adds to the sum: `zonula diet nutrients --supplements` counts both."""
    totals, uncounted = daily_nutrients(form, shelf)
    products = tuple(advise(one, form, today, shelf) for one in form.supplements)
    findings = (*_sums(form, totals, uncounted, today, shelf), *_twice(products, today, shelf))
    return SupplementReview(patient=form.patient, as_of=today, products=products, totals=totals, findings=findings)


def _sums(
    form: SupplementForm, totals: dict[str, float], uncounted: tuple[str, ...], today: date, shelf: Shelf
) -> Iterator[Finding]:
    card, known = shelf.card("diet/upper_limits"), nutrients(shelf)
    if totals and not limits(form.person, shelf):
        yield from_card(
            card,
            "supplements.limits_unknown",
            "The upper limits here are for adults; without an adult age nothing is compared.",
            today,
            state=State.UNKNOWN,
            asks=(Ask("clinician", "write the age, or look up the limits of a child"),),
        )
    for limit in limits(form.person, shelf):
        total = totals.get(limit.nutrient, 0.0)
        if total > limit.amount:
            yield from_card(
                card,
                f"supplements.above_limit.{limit.nutrient}.{limit.authority.lower()}",
                f"{known[limit.nutrient].name}: {total:g} {limit.unit} a day from supplements, above the "
                f"{limit.authority} limit of {limit.amount:g}.",
                today,
                value=total,
                unit=limit.unit,
                level=Level.HOLD,
                asks=(Ask("clinician", "lower or stop one of the products that bring it"),),
            )
    for content in uncounted:
        yield from_card(
            card,
            "supplements.not_counted",
            f"{content} could not be counted; the totals are at least what is shown.",
            today,
            state=State.UNKNOWN,
            asks=(Ask("patient", "bring the label"),),
        )


def _twice(products: tuple[SupplementAdvice, ...], today: date, shelf: Shelf) -> Iterator[Finding]:
    counts = Counter(one.agent for one in products if one.agent)
    for agent, count in counts.items():
        if count > 1:
            names = ", ".join(one.name for one in products if one.agent == agent)
            yield from_card(
                shelf.card(agent),
                f"supplements.twice.{agent.rsplit('/', 1)[1]}",
                f"The same agent is in more than one product: {names}. Limits hold for their sum.",
                today,
                value=count,
                level=Level.CLINICIAN,
                asks=(Ask("clinician", "keep one"),),
            )
