"""The protocol's table as a Mermaid state diagram, printed into the documents and the pages."""

from zonula.treatment_protocols.protocol import Protocol, Step


def mermaid(protocol: Protocol, here: str = "") -> str:
    """The diagram; `here` marks the stage a patient is in."""
    lines = ["stateDiagram-v2", f"    [*] --> {protocol.start}"]
    for stage in protocol.stages:
        limit = f" (at most {stage.max_days} days)" if stage.max_days else ""
        lines.append(f"    {stage.id} : {stage.title}{limit}")
    for step in protocol.steps:
        lines += [f"    {origin} --> {step.to} : {_label(step)}" for origin in step.from_]
    lines += [f"    {stage.id} --> [*]" for stage in protocol.stages if stage.final]
    if here:
        lines += ["    classDef here stroke-width:4px", f"    class {here} here"]
    return "\n".join(lines) + "\n"


def _label(step: Step) -> str:
    words = step.event.replace("_", " ")
    if step.after_days is not None:
        return f"{words} (by itself after {step.after_days} days)"
    gates = f" [{len(step.gates)} gates]" if step.gates else ""
    return f"{words}{gates}"
