"""`zonula hla FILE|TYPING…`: what an HLA-DQ typing, or a genotype file, means for celiac disease."""

import argparse
from datetime import date
from pathlib import Path

import msgspec

from zonula.chart import Finding
from zonula.cli.files import day, write_json
from zonula.errors import UserError
from zonula.laboratory_tests.documents import HlaDocument, hla_document
from zonula.laboratory_tests.genotype import genotype_findings, read_genotype_file
from zonula.laboratory_tests.hla import TEMPLATE, meaning_of, read_typing, typing_findings


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "typing",
        nargs="*",
        metavar="FILE|TYPING",
        help="a genotype file (23andMe, AncestryDNA, MyHeritage, FTDNA, VCF; plain, gz or zip), a text file with a typing, "
        "or the alleles themselves, e.g. DQA1*05:01 DQB1*02:01",
    )
    parser.add_argument("--template", action="store_true", help="write a commented typing file to standard output")
    parser.add_argument("--json", metavar="FILE", help="write the answer as JSON; - prints it instead of the text")
    parser.add_argument("--today", type=day, metavar="DATE", help="judge as of this day (default: the day it is)")


def run(arguments: argparse.Namespace) -> int:
    """Print what the typing or the file means; exit 2 when it cannot be read."""
    if arguments.template:
        print(TEMPLATE, end="")
        return 0
    if not arguments.typing:
        raise UserError("no file and no typing given.", "For example: zonula hla 'DQA1*05:01, DQB1*02:01'")
    document = _read(arguments.typing, arguments.today or date.today())
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(document))
    if arguments.json == "-":
        return 0
    for finding in document.findings:
        _say(finding)
    print("\nHLA-DQ shows susceptibility, not disease. It does not diagnose.")
    return 0


def _read(words: list[str], today: date) -> HlaDocument:
    path = Path(words[0])
    if len(words) == 1 and (path.exists() or (path.suffix and "DQ" not in words[0].upper())):
        typing_text = _typing_file(path)
        if typing_text is None:
            reading = read_genotype_file(path)
            return hla_document(today, genotype_file=reading, findings=genotype_findings(reading, today))
        words = [typing_text]
    typing = read_typing("\n".join(words))
    meaning = meaning_of(typing)
    return hla_document(today, typing=typing, meaning=meaning, findings=typing_findings(meaning, today))


def _typing_file(path: Path) -> str | None:
    """The text of a short file that holds a typing; None when the file is something else."""
    try:
        with path.open("rb") as stream:
            head = stream.read(10_000)
    except OSError as wrong:
        raise UserError(f"{path.name}: cannot be read ({wrong.strerror}).", "Check the path.") from None
    if len(head) == 10_000 or head.startswith((b"\x1f\x8b", b"PK")):
        return None
    lines = head.decode("utf-8", "replace").splitlines()
    text = "\n".join(line.split("#")[0] for line in lines)
    return text if "DQ" in text.upper() else None


def _say(finding: Finding) -> None:
    print(f"\n- {finding.says}")
    for ask in finding.asks:
        print(f"    {ask.who}: {ask.what}")
    print(
        f"    [{', '.join(finding.according_to)}; {finding.grade}{'' if finding.verified else '; not verified at its source'}]"
    )
