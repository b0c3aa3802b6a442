"""One product against its card: is it offered, does it fit the drugs, the conditions, pregnancy, surgery and the dose."""

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.diet.composition import in_unit
from zonula.diet.said import from_card
from zonula.diet.supplements.form import Supplement, SupplementForm
from zonula.diet.words import words
from zonula.knowledge import Card, Shelf

ANY = "any"


class Advice(StrEnum):
    """What becomes of a product, the strictest reason deciding."""

    NOT_OFFERED = "not_offered"
    STOP = "stop"
    ASK = "ask"
    NO_OBJECTION = "no_objection"


class DrugRule(msgspec.Struct, frozen=True):
    """What a supplement does to a class of drugs. action: block or caution."""

    drug_class: str = msgspec.field(name="class")
    action: str
    effect: str


class Agent(msgspec.Struct, frozen=True):
    """The data of a supplement card. offered: yes, no or clinician; pregnancy: block or clinician; most_per_day in `unit`.

    brings_nutrients: without its contents the totals are not known.
    """

    words: tuple[str, ...]
    evidence: str
    offered: str
    most_per_day: float | None
    unit: str
    drugs: tuple[DrugRule, ...]
    avoid_in: tuple[str, ...]
    pregnancy: str
    spacing_hours: float
    liver: bool
    stop_before_surgery: bool
    brings_nutrients: bool
    note: str


class SupplementAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """One product: what it was understood as, and the findings, strictest first."""

    name: str
    agent: str
    evidence: str
    advice: Advice
    findings: tuple[Finding, ...]


Said = tuple[str, str, Advice, Level | None, tuple[Ask, ...]]  # rule, sentence, advice, level, asks
_Check = Callable[[Supplement, Agent, SupplementForm, date, Shelf], Iterator[Said]]
_ASK_CLINICIAN = (Ask("clinician", "decide before it is taken"),)


def agent_called(name: str, shelf: Shelf) -> tuple[Card, Agent] | None:
    """The card whose longest word stands in the product's name; None when no card knows it."""
    asked, best = words(name), None
    for card in shelf.cards("diet/supplements"):
        agent = msgspec.convert(card.data, Agent)
        for word in agent.words:
            phrase = words(word)
            if _inside(phrase, asked) and (best is None or len(phrase) > best[0]):
                best = (len(phrase), card, agent)
    return None if best is None else (best[1], best[2])


def without_contents(form: SupplementForm, shelf: Shelf) -> tuple[str, ...]:
    """The products that may bring nutrients but whose contents are not written, so that no total has an upper bound."""
    found = []
    for one in form.supplements:
        known = agent_called(one.name, shelf)
        if not one.contains and (known is None or known[1].brings_nutrients):
            found.append(one.name)
    return tuple(found)


def advise(one: Supplement, form: SupplementForm, today: date, shelf: Shelf) -> SupplementAdvice:
    """Judge one product."""
    known = agent_called(one.name, shelf)
    if known is None:
        card = shelf.card("diet/supplement_rules")
        says = f"{one.name}: not a product or agent we know; its effects and interactions are not known here."
        found = _finding(one, card, ("unknown", says, Advice.ASK, Level.HOLD, _ASK_CLINICIAN), today, State.UNKNOWN)
        return SupplementAdvice(name=one.name, agent="", evidence="", advice=Advice.ASK, findings=(found,))
    card, agent = known
    said = sorted(
        (line for check in _CHECKS for line in check(one, agent, form, today, shelf)),
        key=lambda line: list(Advice).index(line[2]),
    )
    advice = said[0][2] if said else Advice.NO_OBJECTION
    return SupplementAdvice(
        name=one.name,
        agent=card.id,
        evidence=agent.evidence,
        advice=advice,
        findings=tuple(
            _finding(one, card, line, today, State.UNKNOWN if line[2] is Advice.ASK else State.NO) for line in said
        ),
    )


def _finding(one: Supplement, card: Card, line: Said, today: date, state: State) -> Finding:
    rule, says, advice, level, asks = line
    name = f"supplements.{rule}.{'_'.join(words(one.name))}"
    return from_card(card, name, says, today, state=state, value=advice.value, level=level, asks=asks)


def _offered(one: Supplement, agent: Agent, form: SupplementForm, today: date, shelf: Shelf) -> Iterator[Said]:
    if agent.offered == "no":
        note = f" {agent.note[0].upper()}{agent.note[1:]}." if agent.note else ""
        yield (
            "not_offered",
            f"{one.name} is not offered.{note}",
            Advice.NOT_OFFERED,
            Level.HOLD,
            (Ask("clinician", "talk about stopping it"),),
        )
    elif agent.offered == "clinician":
        yield (
            "clinician_only",
            f"{one.name} is a drug; only a clinician decides on it.",
            Advice.ASK,
            Level.HOLD,
            _ASK_CLINICIAN,
        )


def _pregnancy(one: Supplement, agent: Agent, form: SupplementForm, today: date, shelf: Shelf) -> Iterator[Said]:
    person = form.person
    if person.sex == "male" and person.pregnant is not State.YES:
        return
    for state, what in ((person.pregnant, "pregnancy"), (person.breastfeeding, "breastfeeding")):
        if state is State.YES and agent.pregnancy == "block":
            yield what, f"{one.name}: not in {what}.", Advice.STOP, Level.HOLD, _ASK_CLINICIAN
        elif state is State.YES or (state is State.UNKNOWN and person.sex != "male"):
            known = "in" if state is State.YES else "nobody has asked about"
            yield what, f"{one.name}: {known} {what}, ask first.", Advice.ASK, Level.HOLD, _ASK_CLINICIAN


def _drugs(one: Supplement, agent: Agent, form: SupplementForm, today: date, shelf: Shelf) -> Iterator[Said]:
    if form.drugs is None:
        if agent.drugs:
            yield (
                "drugs_unknown",
                f"{one.name}: nobody has asked which drugs are taken, and it acts on some.",
                Advice.ASK,
                Level.HOLD,
                (Ask("clinician", "write the drug list"),),
            )
        return
    classes = shelf.card("diet/drug_classes").data
    for rule in agent.drugs:
        hit = [drug for drug in form.drugs if rule.drug_class == ANY or _is_in(drug, classes[rule.drug_class])]
        if hit:
            advice = Advice.STOP if rule.action == "block" else Advice.ASK
            says = f"{one.name} with {', '.join(hit)}: {rule.effect}."
            yield f"drug.{rule.drug_class}", says, advice, Level.HOLD, _ASK_CLINICIAN
    if form.drugs and agent.spacing_hours:
        yield (
            "spacing",
            f"{one.name}: {agent.spacing_hours:g} hours apart from every drug.",
            Advice.ASK,
            None,
            (Ask("patient", f"take it at least {agent.spacing_hours:g} hours before or after any drug"),),
        )


def _conditions(one: Supplement, agent: Agent, form: SupplementForm, today: date, shelf: Shelf) -> Iterator[Said]:
    if form.conditions is None:
        if agent.avoid_in:
            yield (
                "conditions_unknown",
                f"{one.name}: nobody has asked about {', '.join(agent.avoid_in)}.",
                Advice.ASK,
                Level.HOLD,
                (Ask("clinician", "ask about these conditions"),),
            )
        return
    named = shelf.card("diet/condition_words").data
    for condition in form.conditions:
        has = " ".join(words(condition))
        for avoided in agent.avoid_in:
            if any(" ".join(words(word)) in has for word in named[avoided]):
                yield (
                    f"condition.{'_'.join(words(avoided))}",
                    f"{one.name}: not with {condition}.",
                    Advice.STOP,
                    Level.HOLD,
                    _ASK_CLINICIAN,
                )


def _dose(one: Supplement, agent: Agent, form: SupplementForm, today: date, shelf: Shelf) -> Iterator[Said]:
    if agent.most_per_day is None:
        return
    most, unit = agent.most_per_day, agent.unit
    if unit == "mg/kg":
        if form.person.weight_kg is None:
            yield (
                "weight_unknown",
                f"{one.name}: its limit is by body weight, which is not known.",
                Advice.ASK,
                None,
                _ASK_CLINICIAN,
            )
            return
        most, unit = most * form.person.weight_kg, "mg"
    daily = None if one.amount is None else _same_unit(one.amount * one.doses_per_day, one.unit, unit)
    if daily is None:
        yield (
            "dose_unknown",
            f"{one.name}: the dose is not known in {unit}; at most {most:g} {unit} a day.",
            Advice.ASK,
            None,
            (Ask("patient", "bring the label"),),
        )
    elif daily > most:
        yield (
            "dose",
            f"{one.name}: {daily:g} {unit} a day is above {most:g}.",
            Advice.STOP,
            Level.HOLD,
            (Ask("clinician", "lower the dose or stop"),),
        )


def _same_unit(amount: float, unit: str, wanted: str) -> float | None:
    return amount if unit.lower() == wanted.lower() else in_unit(amount, unit, wanted)


def _surgery(one: Supplement, agent: Agent, form: SupplementForm, today: date, shelf: Shelf) -> Iterator[Said]:
    days = shelf.card("diet/supplement_rules").data["surgery_days"]
    if agent.stop_before_surgery and form.surgery is not None and 0 <= (form.surgery - today).days <= days:
        yield (
            "surgery",
            f"{one.name}: stop it {days} days before surgery on {form.surgery}.",
            Advice.STOP,
            Level.HOLD,
            _ASK_CLINICIAN,
        )


def _liver(one: Supplement, agent: Agent, form: SupplementForm, today: date, shelf: Shelf) -> Iterator[Said]:
    if agent.liver:
        yield (
            "liver",
            f"{one.name} can injure the liver.",
            Advice.ASK,
            Level.CLINICIAN,
            (Ask("clinician", "liver tests before and during; stop when they rise or with jaundice or dark urine"),),
        )


def _is_in(drug: str, names: list[str]) -> bool:
    taken = words(drug)
    return any(_inside(words(name), taken) for name in names)


def _inside(phrase: tuple[str, ...], text: tuple[str, ...]) -> bool:
    return any(text[at : at + len(phrase)] == phrase for at in range(len(text) - len(phrase) + 1))


_CHECKS: tuple[_Check, ...] = (_offered, _pregnancy, _drugs, _conditions, _dose, _surgery, _liver)
