"""`zonula assess CASE_DIR`: steps 1 to 4 of one patient in one assessment.

A case is a folder: `records/` (FHIR, C-CDA, CSV), and beside it, each only if it exists, `questionnaires/` (QuestionnaireResponse files),
`celiac.yaml`, `hla.txt`, one `genotype.*` file, `skin-test.yaml`, `skin-test-before.yaml` and `panel.yaml`.
"""

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from zonula.cli.files import day, read_text, write_json, write_text
from zonula.cli.progress import Progress
from zonula.errors import UserError

if TYPE_CHECKING:
    from zonula.journey import Evidence
    from zonula.questionnaires import Questionnaire, Response

EXAMPLES = Path(__file__).parent.parent / "examples"
KNOWN = {
    "records",
    "questionnaires",
    "celiac.yaml",
    "hla.txt",
    "skin-test.yaml",
    "skin-test-before.yaml",
    "panel.yaml",
    "README.md",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "case", nargs="?", type=Path, metavar="CASE_DIR", help="the folder of one patient (see docs/assessment.md)"
    )
    parser.add_argument("--example", action="store_true", help="assess the fictional patient that ships with Zonula")
    parser.add_argument(
        "--template", type=Path, metavar="DIR", help="write an empty case folder with templates to fill in"
    )
    parser.add_argument("--patient", metavar="ID", help="which patient, when the records hold several")
    parser.add_argument("--today", type=day, metavar="DATE", help="assess as of this day (default: the day it is)")
    parser.add_argument("--json", metavar="FILE", help="write the assessment as JSON; - prints it instead of the text")
    parser.add_argument("--html", metavar="FILE", help="write the assessment as one self-contained page")


def run(arguments: argparse.Namespace) -> int:
    """Read the case, assess it and write what was asked for. Returns 0; raises UserError for what the caller can mend."""
    if arguments.template:
        return _template(arguments.template)
    records, case = _folders(arguments)
    from zonula import __version__
    from zonula.chart_import import read_paths
    from zonula.cli.review import chosen, import_of
    from zonula.journey import assess
    from zonula.knowledge import shelf

    today = arguments.today or date.today()
    with Progress() as progress:
        charts, documents = read_paths([records], progress)
    if not charts:
        raise UserError(f"{records}: no patient could be read.", "Look at `zonula import-check`.")
    chart = chosen(charts, arguments.patient)
    assessment = assess(chart, _evidence(case), today, shelf(), import_of(chart, documents))
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(assessment))
    if arguments.json == "-":
        return 0
    from zonula.reports.assessment_page import assessment_html, assessment_text, page_of

    page = page_of(assessment, __version__)
    print(assessment_text(page))
    if arguments.html:
        write_text(arguments.html, assessment_html(page))
    return 0


def _folders(arguments: argparse.Namespace) -> tuple[Path, Path]:
    if arguments.example:
        return EXAMPLES / "mara-lindqvist", EXAMPLES / "mara-lindqvist-workup"
    case: Path | None = arguments.case
    if case is None:
        raise UserError(
            "No case folder was named.", "Name one, try --example, or write an empty one with --template DIR."
        )
    if not case.is_dir():
        raise UserError(f"{case}: not a folder.", "A case is a folder; write an empty one with --template DIR.")
    if not (case / "records").is_dir():
        raise UserError(f"{case}: has no folder `records`.", "Put the patient's documents there.")
    strangers = sorted(
        entry.name
        for entry in case.iterdir()
        if entry.name not in KNOWN and entry.stem != "genotype" and not entry.name.startswith(".")
    )
    if strangers:
        raise UserError(
            f"{case}: {strangers[0]} is not part of a case.", f"A case holds: {', '.join(sorted(KNOWN))}, genotype.*"
        )
    return case / "records", case


def _evidence(case: Path) -> "Evidence":
    from zonula.journey import Evidence
    from zonula.knowledge import shelf
    from zonula.laboratory_tests import read_genotype_file
    from zonula.laboratory_tests.celiac import read_evidence
    from zonula.skin_prick_tests import parse_panel, parse_session, shipped_panel

    panel = (
        parse_panel(read_text(str(case / "panel.yaml")), "panel.yaml")
        if (case / "panel.yaml").exists()
        else shipped_panel(shelf())
    )
    sessions = [
        parse_session(read_text(str(case / name)), name, panel) if (case / name).exists() else None
        for name in ("skin-test.yaml", "skin-test-before.yaml")
    ]
    genotypes = sorted(case.glob("genotype.*"))
    if len(genotypes) > 1:
        raise UserError(f"{case}: {len(genotypes)} genotype files.", "Keep one.")
    typing = (
        "\n".join(line.split("#")[0] for line in read_text(str(case / "hla.txt")).splitlines())
        if (case / "hla.txt").exists()
        else ""
    )
    return Evidence(
        responses=tuple(_responses(case / "questionnaires")),
        celiac=read_evidence(case / "celiac.yaml") if (case / "celiac.yaml").exists() else None,
        hla=typing.strip(),
        genotype=read_genotype_file(genotypes[0]) if genotypes else None,
        skin_session=sessions[0],
        skin_session_before=sessions[1],
        panel=panel,
    )


def _responses(folder: Path) -> "Iterator[tuple[Questionnaire, Response]]":
    from zonula.questionnaires import form_of, read_responses

    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.json")):
        for response in read_responses(path.read_bytes(), path.name):
            yield form_of(response, path.name), response


def _template(folder: Path) -> int:
    from zonula.laboratory_tests.celiac import TEMPLATE as CELIAC
    from zonula.laboratory_tests.hla import TEMPLATE as HLA
    from zonula.questionnaires import empty_response, shipped

    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder}: is not empty.", "Name a new folder.")
    for part in ("records", "questionnaires"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    skin = EXAMPLES.parent / "skin_prick_tests" / "template.yaml"
    write_text(str(folder / "skin-test.yaml"), skin.read_text(encoding="utf-8"))
    write_text(str(folder / "celiac.yaml"), CELIAC)
    write_text(str(folder / "hla.txt"), HLA)
    for name in ("symptom-domains", "safety-screen", "phq-9", "gad-7"):
        write_json(str(folder / "questionnaires" / f"{name}.json"), msgspec.to_builtins(empty_response(shipped(name))))
    print(
        f"Wrote {folder}. Put the records into {folder / 'records'}, fill in the rest, and delete what does not apply."
    )
    return 0
