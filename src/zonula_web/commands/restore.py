"""`zonula restore`: put a backup in the place of the database. The old one stays beside it."""

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("backup", type=Path, help="a file that `zonula backup` wrote")
    parser.add_argument("--check", action="store_true", help="only say whether it could be restored")


def run(arguments: argparse.Namespace) -> int:
    """Restore, then bring the database to this version's form."""
    from zonula_web.commands.site import ready

    ready(migrate=False)
    from zonula_web.audit.actor import acting
    from zonula_web.audit.record import record
    from zonula_web.backups.restoring import check, restore, sign_everyone_out

    with acting("system:restore"):
        if arguments.check:
            manifest = check(arguments.backup)
            print(f"Whole: {sum(manifest.counts.values())} rows of {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
            return 0
        manifest = restore(arguments.backup)
        ready()
        sign_everyone_out()
        record("restored", detail=f"backup of {manifest.made_at:%Y-%m-%dT%H:%M:%SZ}")
    print(
        f"Restored: {sum(manifest.counts.values())} rows as of {manifest.made_at:%Y-%m-%d %H:%M} UTC. Everyone signs in again."
    )
    return 0
