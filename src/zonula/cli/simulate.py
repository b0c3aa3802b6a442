"""`zonula simulate`: virtual patients' diaries with known truth, for trying and testing; never evidence about people."""

import argparse
from pathlib import Path

from zonula.errors import UserError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--patients", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="same seed, same bytes")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="an empty or new folder; the truth goes into DIR/truth"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the diaries. Returns 0."""
    from zonula.knowledge import shelf
    from zonula.simulation import write_diaries

    if arguments.patients < 1 or arguments.seed < 0:
        raise UserError("--patients must be at least 1 and --seed at least 0.")
    out: Path = arguments.out
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out} is not empty.", "Name a new folder.")
    try:
        rows = write_diaries(arguments.patients, arguments.seed, out, shelf())
    except OSError as wrong:
        raise UserError(f"{out}: {wrong.strerror or wrong}.") from None
    print(f"Wrote {arguments.patients} virtual diaries, {rows} rows, to {out}; the truth is in {out / 'truth'}.")
    print(f"Read them with: zonula triggers analyse {out} {out / 'answer.json'}")
    return 0
