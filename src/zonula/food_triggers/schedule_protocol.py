"""The conversation of `zonula triggers schedule`: one JSON object in, one out. No input or output happens here.

What cannot be used is answered with `{"type":"error","what","cure"}`; the person's state stays as it was and the conversation
goes on. Parts that cannot be used (an event without a time) are left out and told in `notes` of the answer.
"""

import json
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

    def answer(self, line: bytes) -> dict[str, Any] | None:
        """The answer to one line, None after `end`. Never raises on what a line may hold."""
        try:
            try:
                message = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError):
                raise UserError("the line is not JSON in UTF-8.", "Send one JSON object per line.") from None
            return self.reply(message)
        except UserError as wrong:
            return {"type": "error", "what": wrong.what, "cure": wrong.cure}

    def reply(self, message: object) -> dict[str, Any] | None:
        """The answer to one message, None after `end`. Raises UserError, and changes nothing, when it cannot be used."""
        if not isinstance(message, dict):
            raise UserError("a message must be a JSON object with a type.")
        kind = message.get("type")
        if kind == "end":
            return None
        if kind == "start":
            self.state = Reintroduction.begin(message, self.never)
        elif kind not in ("day", "limit"):
            raise UserError(f"a message of type {str(kind)[:40]!r} is not known.", "Known: start, day, limit, end.")
        elif self.state is None:
            raise UserError("the first message must be of type start.")
        elif kind == "day":
            self.state.live(message)
        chosen = self.policy.finish(self.state) if kind == "limit" else self.policy.next(self.state)
        notes = self.state.notes()
        return said(chosen) | ({"notes": notes} if notes else {})


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


def warm_up(policy: Policy) -> None:
    """Plan one day for nobody, so that compiled code is loaded before the first person waits for an answer."""
    days = [f"2031-01-{day:02d}" for day in range(6, 20)]
    history: list[dict[str, Any]] = [
        {"time": f"{day}T{hour:02d}:00", "kind": "symptom", "item": "any", "value": (n + hour) % 5}
        for n, day in enumerate(days)
        for hour in (8, 20)
    ]
    history += [{"time": f"{day}T12:00", "kind": "challenge", "item": "one", "amount": 1.0} for day in days[3::4]]
    groups = [{"group": name, "first_max": 1.0} for name in ("one", "another")]
    Conversation(policy).reply({"type": "start", "start": days[0], "groups": groups, "history": history})
