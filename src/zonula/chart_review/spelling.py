"""Nodes spelled out as indented text, for the printed rules and for whoever opens a rule."""

from collections.abc import Mapping

from zonula.chart_review import nodes as n

_WIDTH = 116


def spelled(node: n.Node, names: Mapping[n.Node, str] | None = None, indent: int = 0) -> str:
    """The node as it would be written in Python: on one line when that fits, else one part per line.

    names: nodes that have a name of their own and are written by it.
    """
    names = names or {}
    flat = _flat(node, names)
    if len(flat) + indent <= _WIDTH or node in names:
        return flat
    pad = " " * (indent + 4)
    inner = ",\n".join(
        pad + (spelled(value, names, indent + 4) if isinstance(value, n.Node) else _word(value))
        for value in _values(node)
    )
    return f"{type(node).__name__}(\n{inner},\n{' ' * indent})"


def _values(node: n.Node) -> list[object]:
    """The parts, with a join's members as parts of their own and empty defaults left out."""
    values: list[object] = []
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, tuple):
            values.extend(value)
        elif isinstance(value, bool):
            values.extend([f"{name}=True"] if value else [])
        elif value != "":
            values.append(value)
    return values


def _flat(node: n.Node, names: Mapping[n.Node, str]) -> str:
    if node in names:
        return names[node]
    parts = (_flat(value, names) if isinstance(value, n.Node) else _word(value) for value in _values(node))
    return f"{type(node).__name__}({', '.join(parts)})"


def _word(value: object) -> str:
    return str(value) if value == "answer=True" else f'"{value}"'
