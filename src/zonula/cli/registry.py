"""`zonula registry export|pool|key|allocate`: many clinics without moving patients' data."""

import argparse
import secrets
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zonula.cli.files import read_text, write_json, write_text
from zonula.cli.outcomes import _lines as registry_lines
from zonula.errors import UserError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    key = commands.add_parser("key", help="make the clinic's signing key (keep it secret)")
    key.add_argument("file", metavar="FILE")
    key.set_defaults(act=_key)
    export = commands.add_parser("export", help="this clinic's aggregate: no rows, small cells suppressed, signed")
    export.add_argument("registry", metavar="REGISTRY")
    export.add_argument("--clinic", required=True, metavar="NAME")
    export.add_argument("--key", required=True, metavar="FILE", help="from `zonula registry key`")
    export.add_argument("--out", required=True, metavar="FILE")
    export.add_argument("--seed", type=int, default=20261124)
    export.set_defaults(act=_export)
    pooling = commands.add_parser("pool", help="combine clinics' aggregates")
    pooling.add_argument("files", nargs="+", metavar="FILE")
    pooling.add_argument("--json", metavar="FILE", help="- for the terminal")
    pooling.set_defaults(act=_pool)
    study = commands.add_parser("study", help="check and seal a study declaration, or allocate one site")
    study.add_argument("declaration", metavar="FILE")
    study.add_argument("--seal", metavar="SEEDFILE", help="write a new secret seed there and print both hashes")
    study.add_argument("--allocate", metavar="SITE", help="print the site's sequence (needs --seed-file and --sealed)")
    study.add_argument("--seed-file", metavar="SEEDFILE")
    study.add_argument("--sealed", metavar="HASH")
    study.set_defaults(act=_study)


def run(arguments: argparse.Namespace) -> int:
    """Dispatch to the sub-command."""
    return int(arguments.act(arguments))


def _key(arguments: argparse.Namespace) -> int:
    path = _new(arguments.file)
    path.touch(mode=0o600)
    path.write_text(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n", encoding="ascii")
    print(f"Wrote {path}. Whoever has it can sign as this clinic.")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    import numpy as np

    from zonula.knowledge import shelf
    from zonula.outcomes import aggregate, declared, outcome, read_registry, sign

    try:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read_text(arguments.key).strip()))
    except ValueError:
        raise UserError(f"{arguments.key}: not a signing key.", "Make one with `zonula registry key FILE`.") from None
    courses, refused = read_registry(registry_lines(arguments.registry), arguments.registry)
    rules = declared(shelf())
    outcomes = [outcome(course, rules) for course in courses]
    content = aggregate(arguments.clinic, courses, outcomes, rules, np.random.default_rng(arguments.seed))
    write_json(arguments.out, msgspec.to_builtins(sign(content, key)))
    print(f"Wrote {arguments.out}: {content.patients} patients, no rows. {len(refused)} lines were skipped.")
    return 0


def _pool(arguments: argparse.Namespace) -> int:
    from zonula.outcomes import pool, read_signed, verify

    aggregates = []
    for name in arguments.files:
        try:
            data = Path(name).read_bytes()
        except OSError as wrong:
            raise UserError(f"{name}: {wrong.strerror or wrong}.") from None
        aggregates.append(verify(read_signed(data, name), name))
    report = pool(aggregates)
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(report, str_keys=True))
    if arguments.json != "-":
        print(f"{len(report.clinics)} clinics: {', '.join(report.clinics)}")
        print(report.says)
        for on_day, share in report.recovered.items():
            spread = "" if share.i_squared is None else f", I² {share.i_squared:.0f} %"
            print(
                f"  by day {on_day}: {100 * share.estimate:.0f} % recovered ({100 * share.low:.0f} to {100 * share.high:.0f} %; {share.clinics} clinics{spread})"
            )
    return 0


def _study(arguments: argparse.Namespace) -> int:
    from zonula.outcomes import allocation, parse_study, seal

    study = parse_study(read_text(arguments.declaration), arguments.declaration)
    print(f"{study.title}\n  declaration {study.fingerprint}")
    if arguments.seal:
        path = _new(arguments.seal)
        seed = secrets.token_bytes(32)
        path.touch(mode=0o600)
        path.write_text(seed.hex() + "\n", encoding="ascii")
        print(
            f"  sealed seed {seal(seed)}\nPublish both hashes before the first patient; keep {path} secret until unblinding."
        )
    if arguments.allocate:
        if not arguments.seed_file or not arguments.sealed:
            raise UserError("--allocate needs --seed-file and --sealed.")
        sequence = allocation(
            study, arguments.allocate, bytes.fromhex(read_text(arguments.seed_file).strip()), arguments.sealed
        )
        write_text("-", "".join(f"{number},{arm}\n" for number, arm in enumerate(sequence, 1)))
    return 0


def _new(name: str) -> Path:
    path = Path(name)
    if path.exists():
        raise UserError(f"{name} exists.", "A secret is never overwritten.")
    return path
