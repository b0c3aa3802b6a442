"""Names of tests are the same in every process: bytes made while collecting (a gzip holds the time) never enter them.

And a part of the machine that is missing (a browser, a PostgreSQL) is never a quiet skip: the run ends with what was not tested.
"""

import atexit
import os
import shutil
import tempfile
from collections import Counter

import django
import pytest

# The site under test keeps its data in a folder of its own; it is set before anything imports the settings.
os.environ["DJANGO_SETTINGS_MODULE"] = "zonula_web.settings"
os.environ["ZONULA_DATA"] = tempfile.mkdtemp(prefix="zonula-test-")
atexit.register(shutil.rmtree, os.environ["ZONULA_DATA"], ignore_errors=True)
django.setup()


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """Processes share a PostgreSQL and need databases of their own there; the embedded one is in each process's memory."""
    from django.conf import settings

    if settings.CONFIGURATION.embedded:
        return
    from pytest_django.fixtures import _set_suffix_to_test_databases

    worker = getattr(request.config, "workerinput", {}).get("workerid")
    if worker:
        _set_suffix_to_test_databases(suffix=worker)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """A stable id for bytes; everything else keeps pytest's own."""
    return f"{argname}-bytes" if isinstance(val, bytes) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each missing part: how many tests did not run, and why."""
    missing = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple) and report.longrepr[2].startswith("Skipped: NO ")
    )
    for reason, count in missing.items():
        terminalreporter.write_line(f"{count} TESTS DID NOT RUN: {reason}", red=True, bold=True)
