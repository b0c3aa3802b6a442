"""`zonula serve` and `zonula demo` as processes: told before it is too late, a dead worker replaced, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from zonula.errors import UserError
from zonula_web.commands.serve import can_listen
from zonula_web.folder import held

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
PATIENCE = 90.0


def test_a_port_that_is_taken_is_told_at_once():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UserError, match="cannot be listened at"):
            can_listen("127.0.0.1", other.getsockname()[1])
    for port in (0, 65536, -1):
        with pytest.raises(UserError, match="is not a port"):
            can_listen("127.0.0.1", port)


def test_a_folder_has_one_demonstration_or_restore_or_any_number_of_sites(tmp_path):
    def use(alone):
        return held(tmp_path, "taken", "wait", alone=alone)

    with use(alone=False), use(alone=False), pytest.raises(UserError, match="taken"), use(alone=True):
        pass
    for other in (True, False):
        with use(alone=True), pytest.raises(UserError, match="taken"), use(alone=other):
            pass


@contextmanager
def serving(data: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZONULA_", "DJANGO_"))}
    command = [sys.executable, "-m", "zonula", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        command, env=environment | {"ZONULA_DATA": str(data)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: answers(port))
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def answers(port):
    with socket.socket() as caller:
        caller.settimeout(10)
        try:
            caller.connect(("127.0.0.1", port))
            caller.sendall(b"GET /health/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in caller.recv(20)
        except OSError:
            return False


def family(data: Path, what: str = "") -> set[int]:
    """Living processes that serve this folder."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and f"ZONULA_DATA={data}\0".encode() in (entry / "environ").read_bytes()
                and what.encode() in (entry / "cmdline").read_bytes()
            ):
                found.add(int(entry.name))
        except OSError:
            continue
    return found


def until(holds):
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_a_dead_worker_is_replaced_and_a_signal_ends_everything(tmp_path):
    with serving(tmp_path) as process:
        (worker,) = family(tmp_path, "zonula_web.jobs")
        os.kill(worker, signal.SIGKILL)
        until(lambda: family(tmp_path, "zonula_web.jobs") - {worker})
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert time.monotonic() - asked < 10
        assert family(tmp_path) == set()


def test_killed_without_warning_it_leaves_no_orphan(tmp_path):
    with serving(tmp_path) as process:
        process.kill()
        process.wait()
        until(lambda: family(tmp_path) == set())
