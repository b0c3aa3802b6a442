"""A PostgreSQL of their own for the tests in this folder; without one they are skipped, and the last lines of the run say why."""

from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[3] / "tools" / "postgresql.py"
SPEC = spec_from_file_location("zonula_tools_postgresql", PROGRAM)
program = module_from_spec(SPEC)
SPEC.loader.exec_module(program)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """postgresql://user:password@127.0.0.1:port/database of an empty database, thrown away after the session."""
    try:
        with program.server() as url:
            yield url
    except program.NoPostgresqlError as reason:
        pytest.skip(f"NO POSTGRESQL: {reason}")
