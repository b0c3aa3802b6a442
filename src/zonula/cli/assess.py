"""`zonula assess CASE_DIR`: steps 1 to 4 of one patient in one assessment.

A case is a folder: `records/` (FHIR, C-CDA, CSV), and beside it, each only if it exists, `questionnaires/` (QuestionnaireResponse files),
`celiac.yaml`, `hla.txt`, one `genotype.*` file, `skin-test.yaml`, `skin-test-before.yaml` and `panel.yaml`.
"""

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from zonula.chart import State
from zonula.cli.files import as_json, day, read_text, write_json, write_text, write_texts
from zonula.cli.progress import Progress
from zonula.errors import UserError

if TYPE_CHECKING:
    from zonula.journey import Evidence
    from zonula.questionnaires import Questionnaire, Response

EXAMPLES = Path(__file__).parent.parent / "examples"
KNOWN = {
    "records",
    "questionnaires",
    "templates",
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
        "--template", type=Path, metavar="DIR", help="write an empty case folder with templates to copy and fill in"
    )
    parser.add_argument("--patient", metavar="ID", help="which patient, when the records hold several")
    parser.add_argument("--today", type=day, metavar="DATE", help="assess as of this day (default: the day it is)")
    parser.add_argument("--json", metavar="FILE", help="write the assessment as JSON; - prints it instead of the text")
    parser.add_argument("--html", metavar="FILE", help="write the assessment as one self-contained page")


def run(arguments: argparse.Namespace) -> int:
    """Read the case, assess it and write what was asked for. Returns 0; raises UserError for what the caller can mend."""
    if arguments.template:
        return _template(arguments.template)
    if arguments.json and arguments.json == arguments.html:
        raise UserError("--json and --html name the same file.", "Give each its own.")
    records, case = _folders(arguments)
    today = arguments.today or date.today()
    # Read before anything else can go wrong, so that an alarm in the answers is shown even when the rest is refused.
    answers, refused = _answers(case / "questionnaires")
    try:
        if refused:
            raise refused
        return _assess(arguments, records, case, tuple(answers), today)
    except UserError:
        _print_alarms(answers, today)
        raise


def _assess(
    arguments: argparse.Namespace,
    records: Path,
    case: Path,
    answers: "tuple[tuple[Questionnaire, Response], ...]",
    today: date,
) -> int:
    from zonula import __version__
    from zonula.chart_import import read_paths
    from zonula.cli.review import chosen, import_of
    from zonula.journey import assess
    from zonula.knowledge import shelf
    from zonula.reports.assessment_page import assessment_html, assessment_text, page_of

    evidence = _evidence(case, answers)
    with Progress() as progress:
        charts, documents = read_paths([records], progress)
    if not charts:
        raise UserError(f"{records}: no patient could be read.", "Look at `zonula import-check`.")
    chart = chosen(charts, arguments.patient)
    assessment = assess(chart, evidence, today, shelf(), import_of(chart, documents))
    page = page_of(assessment, __version__)
    texts = {}
    if arguments.json:
        texts[arguments.json] = as_json(msgspec.to_builtins(assessment))
    if arguments.html:
        texts[arguments.html] = assessment_html(page)
    write_texts(texts)
    if "-" not in texts:
        print(assessment_text(page))
    return 0


def _print_alarms(answers: "Iterable[tuple[Questionnaire, Response]]", today: date) -> None:
    from zonula.questionnaires import alarms

    for form, response in answers:
        for finding in alarms(form, response, today):
            if finding.state is State.YES:
                print(f"[{finding.level}] {finding.says}")
                for ask in finding.asks:
                    print(f"    {ask.who}: {ask.what}")


def _folders(arguments: argparse.Namespace) -> tuple[Path, Path]:
    if arguments.example:
        if arguments.case is not None:
            raise UserError("A case folder and --example were both given.", "Give one of them.")
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
        if entry.name not in KNOWN and not entry.name.startswith((".", "genotype."))
    )
    if strangers:
        raise UserError(
            f"{case}: {' '.join(strangers[0].split())} is not part of a case.",
            f"A case holds: {', '.join(sorted(KNOWN))}, genotype.*",
        )
    return case / "records", case


def _evidence(case: Path, answers: "tuple[tuple[Questionnaire, Response], ...]" = ()) -> "Evidence":
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
    if (case / "skin-test-before.yaml").exists() and sessions[0] is None:
        raise UserError(
            f"{case}: skin-test-before.yaml without skin-test.yaml.", "Name the newest test skin-test.yaml."
        )
    typing = (
        "\n".join(line.split("#")[0] for line in read_text(str(case / "hla.txt")).splitlines())
        if (case / "hla.txt").exists()
        else ""
    )
    return Evidence(
        responses=answers,
        celiac=read_evidence(case / "celiac.yaml") if (case / "celiac.yaml").exists() else None,
        hla=typing.strip(),
        genotype=read_genotype_file(genotypes[0]) if genotypes else None,
        skin_session=sessions[0],
        skin_session_before=sessions[1],
        panel=panel,
    )


def _answers(folder: Path) -> "tuple[list[tuple[Questionnaire, Response]], UserError | None]":
    """Every readable response with its form, and what is wrong with the first file that is not."""
    from zonula.questionnaires import form_of, read_responses

    found: list[tuple[Questionnaire, Response]] = []
    refused: UserError | None = None
    if folder.exists() and not folder.is_dir():
        return found, UserError(f"{folder}: not a folder.", "Put the answers into a folder of that name.")
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        try:
            if path.suffix != ".json" or not path.is_file():
                raise UserError(f"{path}: not a QuestionnaireResponse file.", "Only .json files belong there.")
            found += [
                (form_of(response, path.name), response) for response in read_responses(path.read_bytes(), path.name)
            ]
        except OSError as wrong:
            refused = refused or UserError(f"{path}: cannot be read ({wrong.strerror}).")
        except UserError as wrong:
            refused = refused or wrong
    return found, refused


def _template(folder: Path) -> int:
    from zonula.laboratory_tests.celiac import TEMPLATE as CELIAC
    from zonula.laboratory_tests.hla import TEMPLATE as HLA
    from zonula.questionnaires import empty_response, shipped

    examples = folder / "templates"
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(f"{folder}: is there already and not an empty folder.", "Name a new folder.")
        for part in (folder / "records", folder / "questionnaires", examples / "questionnaires"):
            part.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise UserError(f"{folder}: {wrong.strerror or wrong}.", "Name a folder that can be made.") from None
    # Apart from the case itself: an example value left in place must never be read as this patient's.
    skin = EXAMPLES.parent / "skin_prick_tests" / "template.yaml"
    write_text(str(examples / "skin-test.yaml"), skin.read_text(encoding="utf-8"))
    write_text(str(examples / "celiac.yaml"), CELIAC)
    write_text(str(examples / "hla.txt"), HLA)
    for name in ("symptom-domains", "safety-screen", "phq-9", "gad-7"):
        content = msgspec.to_builtins(empty_response(shipped(name)))
        write_json(str(examples / "questionnaires" / f"{name}.json"), content)
    print(
        f"Wrote {folder}. Put the records into {folder / 'records'}; copy from {examples} what applies to beside it, and fill it in."
    )
    return 0
