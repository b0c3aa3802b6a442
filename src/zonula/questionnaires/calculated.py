"""Values a form calculates for display (`calculatedExpression`).

Only the sum of answer points is evaluated, in the few FHIRPath spellings forms use for it. Every other expression is shown
and not computed: a half-understood formula is worse than none.
"""

import re
from collections.abc import Iterator

from zonula.questionnaires.definition import ItemType
from zonula.questionnaires.form import Answers, Node
from zonula.questionnaires.score import Shown

_SUM = re.compile(
    r"%resource(?:\.repeat\(item\)|\.descendants\(\)|(?:\.item)+)"
    r"(?:\.where\(\s*linkId\s*(?P<compare>!?=)\s*'(?P<link>[^']+)'\s*\))?"
    r"(?:\.item)*\.answer(?:\.value|\.valueCoding)?\.(?:weight|ordinal)\(\)"
    r"(?:\.sum\(\)|\.aggregate\(\s*\$this\s*\+\s*\$total\s*,\s*0\s*\))"
)
_NUMBERS = frozenset({ItemType.DECIMAL, ItemType.INTEGER, ItemType.QUANTITY})


def shown(answers: Answers) -> Iterator[Shown]:
    """The calculated items of the form, in order. A sum with a scored question unanswered is not given (unknown is not zero)."""
    for link_id, node in answers.form.nodes.items():
        expression = node.item.calculated
        if not expression:
            continue
        text = node.item.text or link_id
        sum_of = _SUM.fullmatch(expression.strip())
        if sum_of is None or node.item.type not in _NUMBERS:
            yield Shown(link_id, text, None, expression, "shown, not computed")
            continue
        scored = [other for other in _within(answers, sum_of["compare"], sum_of["link"]) if _has_points(other)]
        points = [answers.points(other.item.link_id) for other in scored]
        known = [value for value in points if value is not None]
        if not scored or len(known) < len(points):
            remark = f"{len(points) - len(known)} of {len(points)} answers missing"
            yield Shown(link_id, text, None, expression, remark if scored else "no question here carries points")
        else:
            total, carried = sum(known), answers.points(link_id)
            differs = "" if carried is None or carried == total else "the response carries another value"
            yield Shown(link_id, text, total, expression, differs)


def _within(answers: Answers, compare: str | None, link: str | None) -> list[Node]:
    nodes = answers.form.nodes
    if compare == "=" and link is not None:
        return [nodes[item.link_id] for item in nodes[link].item.walk()] if link in nodes else []
    return [node for other, node in nodes.items() if other != link]


def _has_points(node: Node) -> bool:
    return any(points is not None for points in node.points.values())
