"""A protocol as a picture drawn by the server: its stages below one another, each step a numbered line; the numbers stand in the list beside it."""

from typing import NamedTuple

from zonula.treatment_protocols import Protocol
from zonula.treatment_protocols.protocol import Step

LEFT, BOX, ROW, HIGH, TOP, LANE = 8, 210, 74, 46, 8, 26
RIGHT = LEFT + BOX


class Box(NamedTuple):
    """One stage. kind: here, strict, final or empty, for its class; note: what it is, in a word."""

    title: str
    note: str
    y: int
    kind: str


class Line(NamedTuple):
    """One step: lines out of its stages, one down or up its lane, and an arrow into its stage. timed: it happens by itself."""

    number: int
    path: str
    x: int
    y: int
    timed: bool


class Picture(NamedTuple):
    """The whole. says: for those who do not see it; list: number and words of each step."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    says: str
    list: tuple[tuple[int, str], ...]


def picture(protocol: Protocol, here: str = "") -> Picture:
    """The picture; `here` is the stage a patient is in."""
    places = {stage.id: TOP + number * ROW for number, stage in enumerate(protocol.stages)}
    boxes = []
    for stage in protocol.stages:
        limit = f"at most {stage.max_days} days" if stage.max_days else ""
        words = [word for word in ("strict" if stage.restricts else "", limit, "end" if stage.final else "") if word]
        if stage.id == here:
            words.insert(0, "the patient is here")
        kind = "here" if stage.id == here else "strict" if stage.restricts else "final" if stage.final else ""
        boxes.append(Box(stage.title, ", ".join(words), places[stage.id], kind))
    lines = [_line(number, step, places) for number, step in enumerate(protocol.steps, 1)]
    titles = {stage.id: stage.title for stage in protocol.stages}
    told = tuple(
        (number, f"{_named(step)}: {', '.join(titles[one] for one in step.from_)} to {titles[step.to]}{_gated(step)}")
        for number, step in enumerate(protocol.steps, 1)
    )
    return Picture(
        boxes=tuple(boxes),
        lines=tuple(lines),
        width=RIGHT + LANE * (len(lines) + 1),
        height=TOP + ROW * len(boxes) - (ROW - HIGH) + 8,
        says="; ".join(words for _, words in told),
        list=told,
    )


def _line(number: int, step: Step, places: dict[str, int]) -> Line:
    """Each step has a lane of its own, so that lines cross but never run on one another."""
    x = RIGHT + LANE * number
    spread = number % 5 - 2
    to = places[step.to] + HIGH // 2 + spread * 7
    starts = [places[one] + HIGH // 2 + spread * 7 + 3 for one in step.from_]
    parts = [f"M{RIGHT} {y}H{x}" for y in starts]
    parts.append(f"M{x} {min(*starts, to) if starts else to}V{max(*starts, to)}")
    parts.append(f"M{x} {to}H{RIGHT + 1}m6 -4l-6 4l6 4")
    middle = (min(*starts, to) + max(*starts, to)) // 2
    return Line(number, "".join(parts), x, middle, step.after_days is not None)


def _named(step: Step) -> str:
    name = step.event.replace("_", " ").capitalize()
    return f"{name} (by itself after {step.after_days} days)" if step.after_days is not None else name


def _gated(step: Step) -> str:
    return f", behind {len(step.gates)} gates" if len(step.gates) > 1 else ", behind one gate" if step.gates else ""
