"""`zonula demo`: a clinic full of virtual patients, to look around. Its data are in a folder of their own and are made anew on request."""

import argparse
import os
import secrets
import shutil
from pathlib import Path

from zonula.errors import UserError

EMAIL = "demo@zonula.invalid"
FOLDER = "zonula-demo"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument(
        "--data", type=Path, default=Path(FOLDER), metavar="DIR", help="where the demonstration keeps its data"
    )
    parser.add_argument(
        "--patients", type=int, default=12, help="virtual patients beside the three that ship with Zonula"
    )
    parser.add_argument("--fresh", action="store_true", help="throw the demonstration's old data away first")


def run(arguments: argparse.Namespace) -> int:
    """Make the demonstration clinic when it is not there, print how to sign in, and serve it."""
    if any(name.startswith("ZONULA_DATABASE") for name in os.environ):
        raise UserError("ZONULA_DATABASE is set.", "The demonstration keeps to its own folder; unset it.")
    from zonula_web.commands.serve import can_listen
    from zonula_web.folder import held

    if arguments.patients < 0:
        raise UserError(f"{arguments.patients} patients cannot be.", "Give --patients 0 or more.")
    can_listen(arguments.bind, arguments.port)
    folder = arguments.data.resolve()
    if arguments.fresh:
        _is_ours(folder)
    other = "Stop it, or name another folder with --data."
    with held(folder, f"A demonstration runs in {folder} already.", other, alone=True):
        if arguments.fresh:
            _throw_away(folder)
        os.environ["ZONULA_DATA"] = str(folder)
        return _served(arguments)


def _served(arguments: argparse.Namespace) -> int:
    from zonula_web.commands.site import ready

    ready()
    from zonula_web.commands.serve import serve
    from zonula_web.demonstration import clinic

    password = f"demo-{secrets.token_urlsafe(12)}"
    clinic.make(
        arguments.patients, lambda made: print(f"  virtual patients made: {made} of {arguments.patients}", flush=True)
    )
    clinic.everyone_signs_in_with(password)
    print(f"\n  Zonula demonstration   http://{arguments.bind}:{arguments.port}/\n")
    for person in clinic.people():
        print(f"  {person.role:14} {person.email}")
    print(f"  password       {password}\n\nEvery patient is virtual. Stop with Ctrl-C.", flush=True)
    return serve(arguments.bind, arguments.port, 1)


def _is_ours(folder: Path) -> None:
    """Raises UserError when the folder holds anything that a demonstration does not make: it is left alone."""
    ours = {
        "zonula.db", "zonula.db-wal", "zonula.db-shm", "zonula.db.queue", "secret", "serving", "backups", "demonstration",
    }  # fmt: skip
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if (there and "demonstration" not in there) or there - ours:
        raise UserError(f"{folder} is not a demonstration's folder.", "Name another folder with --data.")


def _throw_away(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "serving":  # we hold it
            path.unlink()
