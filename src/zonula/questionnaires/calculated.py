"""Values a form calculates for display (`calculatedExpression`).

Only the sum of answer points is evaluated, in the few FHIRPath spellings forms use for it. Every other expression is shown
and not computed: a half-understood formula is worse than none.
"""

import re
from collections.abc import Iterator

import msgspec

from zonula.questionnaires.definition import ItemType
from zonula.questionnaires.form import Answers, Form, Node
from zonula.questionnaires.score import Shown

_SUM = re.compile(
    r"%resource(?:\.repeat\(item\)|\.descendants\(\)|(?:\.item)+)"
    r"(?:\.where\(\s*linkId\s*(?P<compare>!?=)\s*'(?P<link>[^']+)'\s*\))?"
    r"(?:\.item)*\.answer(?:\.value|\.valueCoding)?\.(?:weight|ordinal)\(\)"
    r"(?:\.sum\(\)|\.aggregate\(\s*\$this\s*\+\s*\$total\s*,\s*0\s*\))"
)
_NUMBERS = frozenset({ItemType.DECIMAL, ItemType.INTEGER, ItemType.QUANTITY})


class Formula(msgspec.Struct, frozen=True):
    """A calculated item. summed: the linkIds of the scored questions it adds, or None when it is not such a sum."""

    link_id: str
    text: str
    expression: str
    summed: tuple[str, ...] | None


def formulas(form: Form) -> tuple[Formula, ...]:
    """The calculated items of a form, in order."""
    found = []
    for link_id, node in form.nodes.items():
        expression = node.item.calculated
        if expression:
            sum_of = _SUM.fullmatch(expression.strip()) if node.item.type in _NUMBERS else None
            summed = None if sum_of is None else tuple(_scored(form, sum_of["compare"], sum_of["link"]))
            found.append(Formula(link_id, node.item.text or link_id, expression, summed))
    return tuple(found)


def shown(calculated: tuple[Formula, ...], answers: Answers) -> Iterator[Shown]:
    """What each formula gives. A sum with a scored question unanswered is not given: unknown is not zero."""
    for formula in calculated:
        value, remark = None, "shown, not computed"
        if formula.summed is not None:
            points = [answers.points(link) for link in formula.summed]
            known = [each for each in points if each is not None]
            remark = (
                f"{len(points) - len(known)} of {len(points)} answers missing"
                if points
                else "no question carries points"
            )
            if points and len(known) == len(points):
                value, carried = sum(known), answers.points(formula.link_id)
                remark = "" if carried in (None, value) else "the response carries another value"
        yield Shown(formula.link_id, formula.text, value, formula.expression, remark)


def _scored(form: Form, compare: str | None, link: str | None) -> Iterator[str]:
    if compare == "=" and link is not None:
        nodes = [form.nodes[item.link_id] for item in form.nodes[link].item.walk()] if link in form.nodes else []
    else:
        nodes = [node for other, node in form.nodes.items() if other != link]
    yield from (node.item.link_id for node in nodes if _has_points(node))


def _has_points(node: Node) -> bool:
    return any(points is not None for points in node.points.values())
