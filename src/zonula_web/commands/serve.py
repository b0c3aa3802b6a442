"""`zonula serve`: the clinic in the browser."""

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from zonula.errors import UserError
from zonula_web.configuration import SETTINGS


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
    from zonula_web.commands.site import ready

    ready()
    from zonula_web.backups.restoring import serving

    with serving():
        return _announced(arguments)


def _announced(arguments: argparse.Namespace) -> int:
    _first_steps(f"http://{arguments.bind}:{arguments.port}/")
    return serve(arguments.bind, arguments.port, arguments.workers)


def serve(bind: str, port: int, workers: int) -> int:
    """Run the web server and one worker for background jobs until a signal comes; then let both finish what they do."""
    from zonula_web.settings import CONFIGURATION

    if not 0 < port < 65536:
        raise UserError(f"{port} is not a port.")
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "zonula_web.wsgi:application", "--host", bind]
    server += ["--port", str(port), "--workers", str(workers), "--blocking-threads", "2", "--log-level", "warning"]
    server += ["--workers-kill-timeout", "10", "--respawn-failed-workers"]
    environment = os.environ | {"ZONULA_DATA": str(CONFIGURATION.data)}
    running = [
        subprocess.Popen(server, env=environment),  # noqa: S603
        subprocess.Popen([sys.executable, "-m", "zonula_web.jobs"], env=environment),
    ]

    def stop(_number: int, _frame: FrameType | None) -> None:
        for process in running:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ended = running[0].wait()
    stop(0, None)
    running[1].wait()
    return 0 if ended in (0, -signal.SIGTERM, -signal.SIGINT) else 1


def _first_steps(address: str) -> None:
    from zonula_web.access.models import Person

    if Person.objects.exists():
        print(f"Zonula answers at {address}   (stop with Ctrl-C)", flush=True)
    else:
        print(
            f"Zonula answers at {address}, but nobody can sign in yet.\nMake the first person: zonula createuser --help",
            flush=True,
        )
