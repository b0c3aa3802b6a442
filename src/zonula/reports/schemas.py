"""The JSON schemas we publish, printed alike by every Python: 3.13 strips the indentation of docstrings, 3.11 keeps it."""

from typing import Any

import msgspec


def published(struct: Any) -> dict[str, Any]:
    """The JSON schema of a struct with every description on one line."""
    schema: dict[str, Any] = one_line(msgspec.json.schema(struct))
    return schema


def one_line(schema: Any) -> Any:
    """The same schema with the white space of its descriptions folded."""
    if isinstance(schema, dict):
        return {
            key: " ".join(value.split()) if key == "description" and isinstance(value, str) else one_line(value)
            for key, value in schema.items()
        }
    return [one_line(part) for part in schema] if isinstance(schema, list) else schema
