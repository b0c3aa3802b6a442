"""A disk that is really full: the command ends in one line, leaves nothing that looks finished, and goes on once there is room."""

import os
import resource
import signal
import subprocess
import sys

from zonula.population.staged import Staged


def _little_room():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that writing fails instead of killing
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))


def test_no_room_is_said_in_one_line_and_the_next_run_finishes(export, tmp_path):
    command = [sys.executable, "-m", "zonula", "population", "stage", str(export()), "--out", str(tmp_path / "out"), "--processes", "1"]  # fmt: skip
    # Coverage would want to write its own file at the end, and complain in our place.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    full = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=_little_room, env=alone)
    assert full.returncode == 2, full.stderr
    assert "could not be written" in full.stderr
    assert "Traceback" not in full.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert Staged(tmp_path / "out").manifest.patients == 12
