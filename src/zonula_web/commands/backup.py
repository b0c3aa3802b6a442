"""`zonula backup`: a copy of everything, made while the clinic works and proved by opening it."""

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("folder", nargs="?", type=Path, help="where the copy goes (default: backups in ZONULA_DATA)")
    parser.add_argument(
        "--rows", action="store_true", help="write rows instead of the database's file, to move to another database"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make it, and say what it holds."""
    from zonula_web.commands.site import ready

    ready()
    from zonula_web.audit.actor import acting
    from zonula_web.audit.record import record
    from zonula_web.backups.making import make
    from zonula_web.backups.manifest import read
    from zonula_web.settings import CONFIGURATION

    with acting("system:backup"):
        record("backed up", detail="rows" if arguments.rows else "")
        made = make(arguments.folder or CONFIGURATION.data / "backups", rows=arguments.rows)
    manifest = read(made)
    print(f"{made}\n  proved: {sum(manifest.counts.values())} rows in {len(manifest.counts)} tables, audit log whole.")
    if not manifest.encrypted:
        print("  It is not encrypted. Keep it where the database itself may be kept.")
    else:
        print("  It opens with the key of ZONULA_KEY_FILE only: keep the key elsewhere, and safe.")
    return 0
