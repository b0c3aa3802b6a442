"""`zonula serve`: the clinic in the browser."""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from zonula.errors import UserError
from zonula_web.configuration import SETTINGS

# Seconds: what a request or a job gets to finish after the signal to stop; how often we look whether both live; the pause before a
# worker that died is started again, doubled each time it dies at once.
GRACE, LOOK, FIRST_PAUSE, LONGEST_PAUSE, LIVED = 8.0, 0.5, 1.0, 60.0, 60.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "--bind", default="127.0.0.1", metavar="ADDRESS", help="address to listen at (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--workers", type=int, default=2, help="processes that answer requests (default 2)")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "Settings, from the environment:\n" + "\n".join(
        f"  {name:18} {setting.meaning} (default: {setting.default or 'none'})" for name, setting in SETTINGS.items()
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the settings, bring the database up to date, and serve until told to stop."""
    can_listen(arguments.bind, arguments.port)
    from zonula_web.commands.site import ready

    ready()
    from zonula_web.backups.restoring import serving

    with serving():
        return _announced(arguments)


def _announced(arguments: argparse.Namespace) -> int:
    _first_steps(f"http://{arguments.bind}:{arguments.port}/")
    return serve(arguments.bind, arguments.port, arguments.workers)


def can_listen(bind: str, port: int) -> None:
    """Say before anything is made what would go wrong later. Raises UserError when the address cannot be listened at."""
    if not 0 < port < 65536:
        raise UserError(f"{port} is not a port.", "Choose one from 1 to 65535 with --port.")
    try:
        family = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((bind, port))
    except OSError as wrong:
        raise UserError(
            f"{bind}:{port} cannot be listened at: {wrong.strerror}.",
            "Is it running already? Choose another with --port.",
        ) from None


def serve(bind: str, port: int, workers: int) -> int:
    """Run the web server and one worker for background jobs until a signal comes or the server ends; then let both finish what they do.

    A worker that dies is started again. Whoever does not finish in time is killed: what they were writing is then not written at all.
    Returns 0 when told to stop, 1 when the server ended by itself. Raises UserError when fewer than one process shall answer.
    """
    from zonula_web.settings import CONFIGURATION

    if workers < 1:
        raise UserError(f"{workers} processes answer nothing.", "Give --workers at least 1.")
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "zonula_web.wsgi:application", "--host", bind]
    server += ["--port", str(port), "--workers", str(workers), "--blocking-threads", "2", "--log-level", "warning"]
    server += ["--workers-kill-timeout", "6", "--respawn-failed-workers"]
    environment = os.environ | {"ZONULA_DATA": str(CONFIGURATION.data)}

    def start(command: list[str]) -> subprocess.Popen[bytes]:
        # A group of its own: Ctrl-C reaches this process only, which then stops both in order.
        return subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_end_with_us)  # noqa: S603, PLW1509

    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    jobs = [sys.executable, "-m", "zonula_web.jobs"]
    web, worker = start(server), start(jobs)
    started, pause = time.monotonic(), FIRST_PAUSE
    try:
        while not told and web.poll() is None:
            if worker.poll() is not None:
                pause = FIRST_PAUSE if time.monotonic() - started > LIVED else min(2 * pause, LONGEST_PAUSE)
                print(f"The worker for background jobs ended ({worker.returncode}); it starts again.", file=sys.stderr)
                time.sleep(pause)
                worker, started = start(jobs), time.monotonic()
            time.sleep(LOOK)
    finally:
        _end(web, worker)
    return 0 if told else 1


def _end_with_us() -> None:
    """Between fork and exec of a child: when we are killed without a chance to tell it, Linux does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _end(*processes: subprocess.Popen[bytes]) -> None:
    """Ask all to stop, wait, and kill with everything they started whoever is left."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"Process {process.pid} did not end in time and is killed.", file=sys.stderr)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        process.wait()


def _first_steps(address: str) -> None:
    from zonula_web.access.models import Person

    if Person.objects.exists():
        print(f"Zonula answers at {address}   (stop with Ctrl-C)", flush=True)
    else:
        print(
            f"Zonula answers at {address}, but nobody can sign in yet.\nMake the first person: zonula createuser --help",
            flush=True,
        )
