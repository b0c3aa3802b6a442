"""`zonula demo`: a clinic full of virtual patients, to look around. Its data are in a folder of their own and are made anew on request."""

import argparse
import os
import secrets
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
    os.environ["ZONULA_DATA"] = str(arguments.data.resolve())
    if arguments.fresh:
        _throw_away(arguments.data)
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


def _throw_away(folder: Path) -> None:
    """Only files that a demonstration makes; a folder that holds anything else is left alone."""
    ours = {"zonula.db", "zonula.db-wal", "zonula.db-shm", "zonula.db.queue", "secret", "demonstration"}
    if not folder.exists():
        return
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if strangers or not (folder / "demonstration").exists():
        raise UserError(f"{folder} is not a demonstration's folder.", "Name another folder with --data.")
    for path in folder.iterdir():
        path.unlink()
