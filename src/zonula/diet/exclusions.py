"""What a person leaves out, and whether a food or a label fits: allowed, not allowed because, or cannot tell.

Adding an exclusion never allows more, the order never matters, and what is not understood is never allowed.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from zonula.chart import Ask, Finding, State
from zonula.diet.catalogue import ROOM, Catalogue, Part, catalogue
from zonula.diet.labels import read_label
from zonula.diet.search import food_called, near
from zonula.diet.words import group_names, words
from zonula.errors import UserError
from zonula.knowledge import Card, Shelf


class Answer(StrEnum):
    """Whether a food fits the exclusions."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not_allowed"
    CANNOT_TELL = "cannot_tell"


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing left out. tag: an id of the catalogue or `gluten`. said: the word that was used. except_forms: baked, cooked or raw
    forms that are eaten all the same."""

    tag: str
    said: str
    except_forms: tuple[str, ...] = ()


class FoodCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. understood_as: ids of the catalogue; near: foods to ask back about when the text is not known."""

    asked: str
    answer: Answer
    because: tuple[str, ...]
    understood_as: tuple[str, ...]
    not_understood: tuple[str, ...]
    near: tuple[str, ...]
    finding: Finding


def exclusions(named: Iterable[str], shelf: Shelf) -> tuple[Exclusion, ...]:
    """Exclusions from words such as `milk`, `gluten`, `tree nuts` or `egg except baked`. Raises UserError for an unknown word."""
    found: dict[tuple[str, tuple[str, ...]], Exclusion] = {}
    for said in named:
        word, _, forms = said.partition(" except ")
        kept = tuple(sorted(form.strip() for form in forms.replace(" and ", ",").split(",") if form.strip()))
        unknown = [form for form in kept if form not in ("baked", "cooked", "raw")]
        if unknown:
            raise UserError(f"{said}: {unknown[0]} is not a form.", "Forms are baked, cooked and raw.")
        for tag in tags_of(word, shelf):
            found[tag, kept] = Exclusion(tag=tag, said=word.strip(), except_forms=kept)
    return tuple(found[key] for key in sorted(found))


def tags_of(word: str, shelf: Shelf) -> tuple[str, ...]:
    """What an exclusion word means. Raises UserError when it is unknown or too vague to leave out safely."""
    for row in shelf.code_list(f"{ROOM}/exclusion_words"):
        if words(row.code.replace("_", " ")) == words(word.replace("_", " ")):
            if not row.more["means"]:
                raise UserError(f"{word} cannot be excluded as one word: {row.display}.")
            return tuple(row.more["means"].split("|"))
    found = group_names(shelf).get(words(word.replace("_", " ")))
    if found is None:
        suggestion = ", ".join(near(word, shelf))
        raise UserError(
            f"{word!r} is not a food or food group we know.", f"Did you mean {suggestion}?" if suggestion else ""
        )
    return (found,)


def check(asked: str, excluded: tuple[Exclusion, ...], today: date, shelf: Shelf) -> FoodCheck:
    """Judge a food, a dish or the text of a label."""
    foods = catalogue(shelf)
    food = food_called(asked, shelf)
    unknown: tuple[str, ...] = ()
    if food is not None:
        understood: tuple[str, ...] = (food.id,)
        parts = [*foods.parts(food.id)]
    else:
        label = read_label(asked, shelf)
        understood, unknown = label.contains, label.unknown
        parts = [part for one in label.contains for part in foods.parts(one)]
        for one, how in (
            *((one, "possibly") for one in label.may_contain),
            *((one, "the label warns of") for one in label.warned),
        ):
            parts += [msgspec.structs.replace(part, name=f"{how} {part.name}", sure=False) for part in foods.parts(one)]
        if not words(asked):
            unknown = (asked.strip() or "(nothing was written)",)
    answer, because = _judge(parts, unknown, excluded, foods)
    suggestions = tuple(dict.fromkeys(name for word in unknown[:5] for name in near(word, shelf)))
    card = shelf.card(f"{ROOM}/exclusion_check")
    return FoodCheck(
        asked=asked,
        answer=answer,
        because=because,
        understood_as=understood,
        not_understood=unknown,
        near=suggestions,
        finding=_finding(asked, answer, because, card, today),
    )


def _judge(
    parts: list[Part], unknown: tuple[str, ...], excluded: tuple[Exclusion, ...], foods: Catalogue
) -> tuple[Answer, tuple[str, ...]]:
    no = list(dict.fromkeys(_reasons(parts, excluded, foods, Answer.NOT_ALLOWED)))
    if no:
        return Answer.NOT_ALLOWED, tuple(no)
    doubt = list(dict.fromkeys(_reasons(parts, excluded, foods, Answer.CANNOT_TELL)))
    if excluded:
        doubt += [f"{word!r} is not known to us" for word in unknown]
    return (Answer.CANNOT_TELL, tuple(doubt)) if doubt else (Answer.ALLOWED, ())


def _reasons(parts: list[Part], excluded: tuple[Exclusion, ...], foods: Catalogue, wanted: Answer) -> Iterator[str]:
    for exclusion in excluded:
        for part in parts:
            if fits(part, exclusion, foods) is wanted:
                doubt = "" if wanted is Answer.NOT_ALLOWED else " (read the label or ask)"
                yield f"{exclusion.said}: {part.name}{doubt}"


def fits(part: Part, exclusion: Exclusion, foods: Catalogue) -> Answer:
    """What one exclusion says about one part of a food."""
    if exclusion.except_forms and part.form in exclusion.except_forms:
        return Answer.ALLOWED
    if exclusion.tag in part.tags:
        return Answer.NOT_ALLOWED if part.sure else Answer.CANNOT_TELL
    if any(exclusion.tag in foods.below[group] for group in part.vague if group in foods.below):
        return Answer.CANNOT_TELL
    if any(group in ("gluten_grains", "baked_goods") for group in part.vague) and exclusion.tag == "gluten":
        return Answer.NOT_ALLOWED if part.sure else Answer.CANNOT_TELL
    return Answer.ALLOWED


def food_answer(food: str, excluded: tuple[Exclusion, ...], shelf: Shelf) -> Answer:
    """The answer for a food of the catalogue, without words."""
    foods = catalogue(shelf)
    return _judge(list(foods.parts(food)), (), excluded, foods)[0]


def _finding(asked: str, answer: Answer, because: tuple[str, ...], card: Card, today: date) -> Finding:
    says = {
        Answer.ALLOWED: f"{asked}: allowed.",
        Answer.NOT_ALLOWED: f"{asked}: not allowed because of {'; '.join(because)}.",
        Answer.CANNOT_TELL: f"{asked}: cannot tell, {'; '.join(because)}.",
    }[answer]
    return Finding(
        id=f"{ROOM}.check",
        says=says,
        as_of=today,
        state={Answer.ALLOWED: State.YES, Answer.NOT_ALLOWED: State.NO, Answer.CANNOT_TELL: State.UNKNOWN}[answer],
        value=answer.value,
        according_to=(card.id,),
        grade=card.grade,
        verified=card.verified,
        asks=(Ask("patient", "read the label or ask before eating it"),) if answer is Answer.CANNOT_TELL else (),
    )
