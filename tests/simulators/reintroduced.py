"""Lets a virtual diarist live through run-in, elimination and re-introduction under a policy, and counts what happens."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from virtual_diarist import Person, Traps


@dataclass
class Outcome:
    days: int = 0
    true: int = 0
    found: int = 0
    missed: int = 0
    false: int = 0
    undecided: int = 0
    cleared: int = 0
    harmless: int = 0
    breaches: int = 0
    burden: float = 0.0
    slowest: float = 0.0
    p: list[float] = field(default_factory=list)
    y: list[int] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)


def event(row: tuple) -> dict[str, Any]:
    time_, kind, item, amount, value = row
    return {"time": time_, "kind": kind, "item": item, "amount": amount, "value": value}


def start_message(person: Person, rows: list, limits: dict[str, float]) -> dict[str, Any]:
    return {
        "type": "start", "patient": "p", "start": person.start.date().isoformat(),
        "today": (person.start + timedelta(days=person.day - 1)).date().isoformat(), "ratings_per_day": person.per_day,
        "groups": [
            {"group": n, "prior": float(person.prior[g]), "excluded": bool(person.excluded[g]), "first_max": float(person.first_max[g])}
            for g, n in enumerate(person.group_names)
        ],
        "foods": [
            {"item": person.item_names[i], "group": person.group_names[g], "servings": s}
            for i, recipe in enumerate(person.recipe) for g, s in recipe.items()
        ],
        "limits": limits, "history": [event(row) for row in rows],
    }  # fmt: skip


def run(
    seed: int, reply: Any, traps: Traps | None = None, run_in: int = 14, elimination: int = 30, **shape: Any
) -> Outcome:
    """reply: message -> answer. The caller's rules are checked here, not trusted."""
    person = Person(np.random.default_rng([seed, 23]), traps or Traps(), datetime(2031, 1, 6), **shape)
    limits = {"max_groups_per_day": 4, "max_servings": 2.0, "max_days": 150}
    rows = person.beliefs()
    for _ in range(run_in):
        rows += person.live()[0]
    rows.append((person._stamp(person.day * 24.0), "phase", "elimination", None, None))
    for _ in range(elimination):
        rows += person.live(elimination=True)[0]
    rows.append((person._stamp(person.day * 24.0), "phase", "reintroduction", None, None))
    out = Outcome(true=len(person.triggers))
    person.burden = 0.0
    index = {n: g for g, n in enumerate(person.group_names)}
    given: set[int] = set()

    def ask(message: dict[str, Any]) -> dict[str, Any]:
        begun = time.process_time()
        answer = json.loads(json.dumps(reply(message)))
        out.slowest = max(out.slowest, time.process_time() - begun)
        return answer

    answer = ask(start_message(person, rows, limits))
    while answer["type"] == "challenge":
        if out.days >= limits["max_days"]:
            answer = ask({"type": "limit"})
            out.breaches += answer["type"] != "stop"
            break
        plan: dict[int, float] = {}
        for item in answer["items"]:
            g = index[item["group"]]
            top = limits["max_servings"] if g in given else min(limits["max_servings"], person.first_max[g])
            out.breaches += person.excluded[g] or item["amount"] > top + 1e-9 or item["amount"] <= 0 or g in plan
            plan[g] = min(item["amount"], top)
        out.breaches += len(plan) > limits["max_groups_per_day"]
        out.plans.append(answer)
        day = (person.start + timedelta(days=person.day)).date().isoformat()
        rows, accepted = person.live(elimination=True, challenges=plan)
        given |= {index[r[2]] for r in rows if r[1] == "challenge"}
        out.days += 1
        answer = ask({"type": "day", "date": day, "accepted": accepted, "events": [event(r) for r in rows]})
    out.burden = person.burden
    for name, decided in answer["groups"].items():
        real = bool(person.is_trigger[index[name]])
        word = decided["decision"]
        out.p.append(decided["p"])
        out.y.append(int(real))
        out.found += real and word == "trigger"
        out.missed += real and word == "safe"
        out.undecided += word == "undecided"
        out.false += not real and word == "trigger"
        out.cleared += not real and word == "safe"
        out.harmless += not real
    return out
