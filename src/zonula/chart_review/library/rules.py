"""All rules as one list: id, question, card. The population engine compiles the same list."""

from functools import cache

import msgspec

from zonula.chart_review import nodes as n
from zonula.chart_review.library import domains, red_flags, suspicions
from zonula.chart_review.library.burden import BURDEN
from zonula.chart_review.library.phrases import done
from zonula.chart_review.vocabulary import ROOM
from zonula.knowledge import shelf


class Rule(msgspec.Struct, frozen=True):
    """One question asked of every chart. id: `<chapter>.<name>`; card: the card it belongs to; says: the sentence when the answer is yes."""

    id: str
    when: n.Truth
    card: str
    says: str

    @property
    def chapter(self) -> str:
        """domain, suspicion, criterion, red_flag, burden or workup."""
        return self.id.split(".", 1)[0]

    @property
    def according_to(self) -> tuple[str, ...]:
        """The rule's own card, then every other card whose figures it reads."""
        return tuple(dict.fromkeys((self.card, *n.cited_cards(self.when))))


@cache
def rules() -> tuple[Rule, ...]:
    """The library, in the order it is printed: domains, suspicions and their criteria, red flags, burden, work-up."""
    knowledge = shelf()
    found: list[Rule] = []
    for domain in domains.DOMAINS:
        card = domains.card_of(domain)
        says = f"{knowledge.card(card).title} is recorded"
        found.append(Rule(f"domain.{domain}", domains.presence(domain), card, says))
    for label, criteria in suspicions.SUSPICIONS.items():
        card = suspicions.card_of(label)
        data = knowledge.card(card).data
        says = f"{data['label']} was proposed by somebody"
        found.append(Rule(f"suspicion.{label}", n.Exists(suspicions.proposing(label)), card, says))
        for name, truth in (*criteria.supporting.items(), *criteria.opposing.items()):
            found.append(Rule(f"criterion.{label}.{name}", truth, card, data["criteria"][name]))
    for flag, truth in red_flags.RED_FLAGS.items():
        card = red_flags.card_of(flag)
        found.append(Rule(f"red_flag.{flag}", truth, card, knowledge.card(card).data["says"]))
    for name, (truth, card, says) in BURDEN.items():
        found.append(Rule(f"burden.{name}", truth, card, says))
    for test, described in knowledge.card(f"{ROOM}/tests").data.items():
        found.append(Rule(f"workup.{test}", done(test), f"{ROOM}/tests", f"{described['title']} was done"))
    return tuple(found)
