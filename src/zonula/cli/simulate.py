"""`zonula simulate`: whole virtual lives with known truth, for trying and testing; never evidence about people."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from zonula.cli.files import day
from zonula.errors import UserError

if TYPE_CHECKING:
    from zonula.simulation import Part

_FIRST, _LAST = 1950, 2200


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--patients", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="same seed, same bytes")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="an empty or new folder; the truth goes into DIR/truth"
    )
    parser.add_argument(
        "--parts",
        metavar="PART,…",
        help="only these: charts, questionnaires, laboratory, genotype, skin, plan, diary, outcomes (default: all of them)",
    )
    parser.add_argument(
        "--format",
        choices=("folders", "ndjson"),
        default="folders",
        help="ndjson: the charts of everyone as one FHIR bulk export in DIR/bulk; alone unless --parts asks for more",
    )
    parser.add_argument(
        "--today", type=day, metavar="DATE", default=date(2026, 11, 24), help="the last day of every life (%(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the lives. Returns 0."""
    from zonula.cli.progress import Progress
    from zonula.simulation import Part, write_lives

    if arguments.patients < 1 or arguments.seed < 0:
        raise UserError("--patients must be at least 1 and --seed at least 0.")
    out: Path = arguments.out
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out} is not empty.", "Name a new folder.")
    if not _FIRST <= arguments.today.year <= _LAST:
        raise UserError(f"--today lies outside the years {_FIRST} to {_LAST}.", "Give a day people live on.")
    parts = _parts(arguments)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with Progress() as progress:
            written = write_lives(
                arguments.patients,
                arguments.seed,
                out,
                parts,
                arguments.today,
                lambda done: progress("virtual lives", done - 1, arguments.patients),
            )
    except OSError as wrong:
        raise UserError(f"{out}: {wrong.strerror or wrong}.") from None
    print(f"Wrote {written.patients} virtual lives to {out}; the truth is in {out / 'truth'}.")
    first = out / "patients" / "v00000"
    if {Part.CHARTS, Part.QUESTIONNAIRES} <= parts:
        print(f"Assess one with:  zonula assess {first / 'case'} --today {arguments.today}")
    elif Part.CHARTS in parts:
        print(f"Review one with:  zonula review {first / 'case' / 'records'} --today {arguments.today}")
    if Part.PLAN in parts:
        print(f"Its plan:         zonula plan today {first / 'plan.json'} --situation {first / 'situation.yaml'}")
    if Part.DIARY in parts:
        print(f"The diaries:      zonula triggers analyse {out / 'diary'} {out / 'answer.json'}  ({written.rows} rows)")
    if Part.OUTCOMES in parts:
        print(f"The registry:     zonula outcomes report {out / 'outcomes.jsonl'}")
    if Part.BULK in parts:
        print(f"The bulk export:  zonula population stage {out / 'bulk'} --out STAGED  ({written.resources} resources)")
    return 0


def _parts(arguments: argparse.Namespace) -> "frozenset[Part]":
    from zonula.simulation import EVERY_FILE, Part

    parts = EVERY_FILE if arguments.format == "folders" else frozenset[Part]()
    if arguments.parts is not None:
        named = [name.strip() for name in arguments.parts.split(",")]
        known = sorted(EVERY_FILE)
        for name in named:
            if name not in known:
                raise UserError(f"There is no part {name!r}.", f"Parts: {', '.join(known)}.")
        parts = frozenset(Part(name) for name in named)
    if arguments.format == "ndjson":
        parts = parts - {Part.CHARTS} | {Part.BULK}
    return parts
