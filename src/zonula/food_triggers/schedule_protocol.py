"""The conversation of `zonula triggers schedule`: one JSON object in, one out. No input or output happens here."""

from typing import Any, Protocol

from zonula.errors import UserError
from zonula.food_triggers.reintroduction import Plan, Reintroduction, Stop


class Policy(Protocol):
    """A named way to choose the next challenges."""

    @property
    def name(self) -> str: ...

    def next(self, state: Reintroduction) -> Plan | Stop:
        """Tomorrow's plan, or the stop."""

    def finish(self, state: Reintroduction) -> Stop:
        """The stop when the days are used up."""


class Conversation:
    """Answers messages in turn; one person after another."""

    def __init__(self, policy: Policy, never: frozenset[str] = frozenset()) -> None:
        self.policy, self.never = policy, never
        self.state: Reintroduction | None = None

    def reply(self, message: object) -> dict[str, Any] | None:
        """The answer to one message, None after `end`. Raises UserError when there is no person to answer about."""
        if not isinstance(message, dict):
            raise UserError("a message must be a JSON object with a type.")
        kind = message.get("type")
        if kind == "end":
            return None
        if kind == "start":
            self.state = Reintroduction.begin(message, self.never)
            return said(self.policy.next(self.state))
        if self.state is None:
            raise UserError("the first message must be of type start.")
        if kind == "limit":
            return said(self.policy.finish(self.state))
        if kind == "day":
            self.state.live(message)
            return said(self.policy.next(self.state))
        raise UserError(f"a message of type {kind!r} is not known.", "Known: start, day, limit, end.")


def said(chosen: Plan | Stop) -> dict[str, Any]:
    """A plan or stop as the contract's JSON, with the reason."""
    if isinstance(chosen, Plan):
        items = [{"group": dose.group, "amount": dose.amount} for dose in chosen.doses]
        return {"type": "challenge", "items": items, "why": chosen.why}
    return {
        "type": "stop",
        "groups": {
            name: {"p": round(decision.probability, 6), "decision": decision.decision}
            for name, decision in chosen.decisions.items()
        },
        "why": chosen.why,
    }
