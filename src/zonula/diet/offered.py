"""What no plan offers, and when a dietitian must be asked."""

from collections.abc import Iterator
from datetime import date

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.diet.catalogue import catalogue
from zonula.diet.exclusions import Exclusion
from zonula.diet.requirements import Person
from zonula.diet.said import from_card
from zonula.diet.words import words
from zonula.knowledge import Shelf


class DietitianRules(msgspec.Struct, frozen=True):
    """The card `dietitian_required`. major: groups that count, each once."""

    major_groups: int
    age_below: int
    age_above: int
    major: tuple[str, ...]


def not_offered(asked: str, today: date, shelf: Shelf) -> Finding | None:
    """A finding when the text asks for a practice that is not offered (fasting, enemas …); None otherwise."""
    card, text = shelf.card("diet/not_offered"), words(asked)
    for practice in card.data:
        for word in practice["words"]:
            phrase = words(word)
            if any(text[at : at + len(phrase)] == phrase for at in range(len(text))):
                return from_card(
                    card,
                    f"not_offered.{practice['id']}",
                    f"{asked}: not offered, it harms and has shown no benefit here.",
                    today,
                    state=State.NO,
                    level=Level.HOLD,
                    asks=(Ask("clinician", "talk about why it was asked for"),),
                )
    return None


def dietitian(excluded: tuple[Exclusion, ...], person: Person, today: date, shelf: Shelf) -> Finding | None:
    """A finding when the exclusions or the person ask for a dietitian; None when nothing known asks for one."""
    card = shelf.card("diet/dietitian_required")
    reasons = tuple(_reasons(excluded, person, msgspec.convert(card.data, DietitianRules), shelf))
    if not reasons:
        return None
    return from_card(
        card,
        "dietitian",
        f"A dietitian is needed: {', '.join(reasons)}.",
        today,
        level=Level.CLINICIAN,
        asks=(Ask("dietitian", "see the patient before or soon after the diet begins"),),
    )


def _reasons(excluded: tuple[Exclusion, ...], person: Person, rules: DietitianRules, shelf: Shelf) -> Iterator[str]:
    groups = {_major(one.tag, rules.major, shelf) for one in excluded} - {""}
    if len(groups) >= rules.major_groups:
        yield f"{len(groups)} major food groups are left out ({', '.join(sorted(groups))})"
    if person.age is not None and not rules.age_below <= person.age <= rules.age_above:
        yield f"the age of {person.age}"
    for state, what in ((person.pregnant, "pregnancy"), (person.breastfeeding, "breastfeeding")):
        if state is State.YES:
            yield what


def _major(tag: str, major: tuple[str, ...], shelf: Shelf) -> str:
    if tag == "gluten":
        return "gluten_grains"
    foods = catalogue(shelf)
    if tag not in foods.foods or foods.foods[tag].kind != "group":
        return ""
    return next((group for group in reversed(foods.lines[tag]) if group in major), "")
