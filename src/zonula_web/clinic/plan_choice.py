"""The protocols that ship, each with what it is, how well it is supported and what stands behind it."""

from typing import NamedTuple

from zonula.chart import Grade
from zonula.reports.reasons import Reason
from zonula.reports.wording import GRADES
from zonula.treatment_protocols import GATES, shipped
from zonula_web.clinic.protocol_picture import Picture, picture
from zonula_web.clinic.said import reason_of
from zonula_web.records import read


class Choice(NamedTuple):
    """One protocol. hypothesis: the clinic's own belief, under test; first_gates: what is asked before eating is restricted."""

    name: str
    title: str
    says: str
    why: str
    grade: str
    hypothesis: bool
    stages: tuple[str, ...]
    first_gates: tuple[str, ...]
    reason: Reason
    picture: Picture


def choices() -> tuple[Choice, ...]:
    """All of them, the clinic's own first, then in the order of the shelf."""
    shelf = read.knowledge()
    found = []
    for card in shelf.cards("treatment_protocols/protocols"):
        name = card.id.rsplit("/", 1)[1]
        protocol = shipped(shelf, name, GATES)
        gates = dict.fromkeys(gate for step in protocol.steps for gate in step.gates)
        found.append(
            Choice(
                name=name,
                title=protocol.title,
                says=card.meaning,
                why=card.why_it_matters,
                grade=GRADES[card.grade],
                hypothesis=card.grade is Grade.CLINIC_HYPOTHESIS,
                stages=tuple(stage.title for stage in protocol.stages if not stage.final),
                first_gates=tuple(shelf.card(f"treatment_protocols/gate_{gate}").title for gate in gates),
                reason=reason_of((card.id,)),
                picture=picture(protocol),
            )
        )
    return tuple(sorted(found, key=lambda one: not one.hypothesis))
