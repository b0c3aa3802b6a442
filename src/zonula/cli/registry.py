"""`zonula registry key|export|pool|study`: many clinics without moving patients' data."""

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zonula.cli.files import read_text, write_json, write_text
from zonula.cli.outcomes import _lines as registry_lines
from zonula.cli.outcomes import seed
from zonula.errors import UserError

if TYPE_CHECKING:
    from zonula.outcomes import Signed


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
    export.add_argument(
        "--previous", metavar="FILE", help="the export sent before; refused when the difference would reveal patients"
    )
    export.add_argument("--seed", type=seed, default=20261124)
    export.set_defaults(act=_export)
    pooling = commands.add_parser("pool", help="combine clinics' aggregates")
    pooling.add_argument("files", nargs="+", metavar="FILE")
    pooling.add_argument(
        "--keys", metavar="FILE", help="JSON object of clinic and public key; any other key is refused"
    )
    pooling.add_argument("--json", metavar="FILE", help="- for the terminal")
    pooling.set_defaults(act=_pool)
    study = commands.add_parser("study", help="check and seal a study declaration, or allocate one site")
    study.add_argument("declaration", metavar="FILE")
    study.add_argument("--seal", metavar="SEEDFILE", help="write a new secret seed there and print both hashes")
    study.add_argument("--allocate", metavar="SITE", help="print the site's sequence (needs --seed-file and --sealed)")
    study.add_argument("--stratum", default="", metavar="STRATUM", help="of a stratified study")
    study.add_argument(
        "--flow", metavar="CSV", help="site,arm,allocated,received,lost,analysed: print the flow and report"
    )
    study.add_argument("--out", default="-", metavar="FILE", help="of the report (Markdown); default the terminal")
    study.add_argument("--seed-file", metavar="SEEDFILE")
    study.add_argument("--sealed", metavar="HASH")
    study.set_defaults(act=_study)


def run(arguments: argparse.Namespace) -> int:
    """Dispatch to the sub-command."""
    return int(arguments.act(arguments))


def _key(arguments: argparse.Namespace) -> int:
    path = _new(arguments.file)
    _keep_secret(path, Ed25519PrivateKey.generate().private_bytes_raw())
    print(f"Wrote {path}. Whoever has it can sign as this clinic.")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    import numpy as np

    from zonula.knowledge import shelf
    from zonula.outcomes import aggregate, check_previous, declared, outcome, read_registry, sign, verify

    try:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read_text(arguments.key).strip()))
    except ValueError:
        raise UserError(f"{arguments.key}: not a signing key.", "Make one with `zonula registry key FILE`.") from None
    courses, refused = read_registry(registry_lines(arguments.registry), arguments.registry)
    wanted = arguments.clinic.strip()
    here = [course for course in courses if course.clinic == wanted]
    if not here:
        there = ", ".join(sorted({course.clinic for course in courses})[:10])
        raise UserError(f"No patient of clinic {wanted!r} in {arguments.registry}.", f"Clinics there: {there}.")
    left_out, courses = len(courses) - len(here), here
    rules = declared(shelf())
    outcomes = [outcome(course, rules) for course in courses]
    content = aggregate(arguments.clinic, courses, outcomes, rules, np.random.default_rng(arguments.seed))
    if arguments.previous:
        check_previous(verify(_signed(arguments.previous), arguments.previous), content, rules.least_cell)
    write_json(arguments.out, msgspec.to_builtins(sign(content, key)))
    others = f" {left_out} patients of other clinics were left out." if left_out else ""
    print(f"Wrote {arguments.out}: {content.patients} patients, no rows. {len(refused)} lines were skipped.{others}")
    return 0


def _pool(arguments: argparse.Namespace) -> int:
    from zonula.outcomes import check_keys, pool, verify

    signed = [_signed(name) for name in arguments.files]
    aggregates = [verify(one, name) for one, name in zip(signed, arguments.files, strict=True)]
    report = pool(aggregates)
    check_keys(signed, _known_keys(arguments.keys) if arguments.keys else None)
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(report, str_keys=True))
    if arguments.json != "-":
        print(f"{len(report.clinics)} clinics: {', '.join(report.clinics)}")
        for one in signed:
            trust = "known" if arguments.keys else "not checked against --keys"
            print(f"  {one.aggregate.clinic} signed with {one.public_key} ({trust})")
        print(report.says)
        for on_day, share in report.recovered.items():
            spread = "" if share.i_squared is None else f", I² {share.i_squared:.0f} %"
            print(
                f"  by day {on_day}: {100 * share.estimate:.0f} % recovered ({100 * share.low:.0f} to {100 * share.high:.0f} %; {share.clinics} clinics{spread})"
            )
    return 0


def _signed(name: str) -> "Signed":
    from zonula.outcomes import read_signed

    try:
        return read_signed(Path(name).read_bytes(), name)
    except OSError as wrong:
        raise UserError(f"{name}: {wrong.strerror or wrong}.") from None


def _known_keys(name: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(read_text(name), type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
        raise UserError(f"{name}: not a list of keys: {wrong}.", 'Write {"clinic": "public key"}.') from None


def _study(arguments: argparse.Namespace) -> int:
    from zonula.outcomes import allocation, parse_study, read_flow, seal, study_report

    study = parse_study(read_text(arguments.declaration), arguments.declaration)
    print(f"{study.title}\n  declaration {study.fingerprint}")
    if arguments.seal:
        path = _new(arguments.seal)
        secret = secrets.token_bytes(32)
        _keep_secret(path, secret)
        print(
            f"  sealed seed {seal(secret)}\nPublish both hashes before the first patient; keep {path} secret until unblinding."
        )
    if arguments.allocate:
        if not arguments.seed_file or not arguments.sealed:
            raise UserError("--allocate needs --seed-file and --sealed.")
        try:
            secret = bytes.fromhex(read_text(arguments.seed_file).strip())
        except ValueError:
            raise UserError(f"{arguments.seed_file}: not a seed.", "Give the file that --seal wrote.") from None
        sequence = allocation(study, arguments.allocate, secret, arguments.sealed, arguments.stratum)
        write_text("-", "".join(f"{number},{arm}\n" for number, arm in enumerate(sequence, 1)))
    if arguments.flow:
        flows = read_flow(read_text(arguments.flow), arguments.flow)
        write_text(arguments.out, study_report(study, flows))
    return 0


def _keep_secret(path: Path, secret: bytes) -> None:
    try:
        path.touch(mode=0o600)
        path.write_text(secret.hex() + "\n", encoding="ascii")
    except OSError as wrong:
        raise UserError(f"{path}: {wrong.strerror or wrong}.") from None


def _new(name: str) -> Path:
    path = Path(name)
    if path.exists():
        raise UserError(f"{name} exists.", "A secret is never overwritten.")
    return path
