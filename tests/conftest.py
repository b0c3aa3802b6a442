"""Names of tests are the same in every process: bytes made while collecting (a gzip holds the time) never enter them."""

import pytest


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """A stable id for bytes; everything else keeps pytest's own."""
    return f"{argname}-bytes" if isinstance(val, bytes) else None
