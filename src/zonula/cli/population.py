"""`zonula population stage|screen|report|validate`: the same rules for everyone in a bulk export."""

import argparse
import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from zonula.cli.files import day, write_json, write_text
from zonula.errors import UserError

if TYPE_CHECKING:
    from zonula.population.engines import Engine
    from zonula.population.stage import Manifest

_SHOWN = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    stage = commands.add_parser("stage", help="flatten an export once into Parquet tables")
    stage.add_argument(
        "input", nargs="+", type=Path, metavar="IN", help="NDJSON (plain, .gz, .zst), Bundles, or folders of them"
    )
    stage.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    stage.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    stage.add_argument("--json", metavar="FILE", help="the manifest; - for the terminal")
    stage.add_argument("--log", metavar="FILE", help="progress as JSON lines, added to; - for the error stream")
    stage.set_defaults(act=_stage)
    screen = commands.add_parser("screen", help="ask the rules of a staged folder")
    screen.add_argument("staged", type=Path, metavar="STAGED")
    screen.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    screen.add_argument(
        "--rules", nargs="*", default=[], metavar="RULE", help="rule ids or chapters; all when left out"
    )
    screen.add_argument("--today", type=day, default=None, metavar="DATE", help="the day the charts are seen on")
    screen.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
    screen.add_argument("--threads", type=int, default=1, metavar="N", help="of DuckDB")
    screen.add_argument("--memory", default="1500MB", metavar="SIZE", help="bound of DuckDB's memory")
    screen.add_argument("--master", default="local[2]", metavar="URL", help="of Spark")
    screen.add_argument("--csv", metavar="FILE", help="the answers as CSV; - for the terminal")
    screen.add_argument("--json", metavar="FILE", help="counts and checksums per rule; - for the terminal")
    screen.add_argument("--log", metavar="FILE", help="progress as JSON lines, added to; - for the error stream")
    screen.set_defaults(act=_screen)
    _configure_reports(commands)


def _configure_reports(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = commands.add_parser("report", help="attrition, prevalence, overlap, and the worklist of a screening")
    report.add_argument("screened", type=Path, metavar="SCREENED")
    report.add_argument("--html", metavar="FILE", help="one page with plots")
    report.add_argument("--json", metavar="FILE", help="counts with small cells suppressed; - for the terminal")
    report.add_argument(
        "--worklist",
        metavar="FILE",
        help="patients with reasons, CSV or (.json) for the clinic application; for inside the clinic only",
    )
    report.add_argument("--for", dest="rule", default=None, metavar="RULE", help="the rule the worklist is of")
    report.set_defaults(act=_report)
    validate = commands.add_parser("validate", help="sensitivity, specificity and PPV against chart review labels")
    validate.add_argument(
        "labels",
        metavar="LABELS.csv",
        help="columns patient,rule,truth (yes, no or unknown), or the folder `truth` of zonula simulate",
    )
    validate.add_argument("screened", type=Path, metavar="SCREENED")
    validate.add_argument("--json", metavar="FILE", help="- for the terminal")
    validate.set_defaults(act=_validate)


def run(arguments: argparse.Namespace) -> int:
    """Dispatch to the sub-command."""
    return int(arguments.act(arguments))


class _Clock:
    """Progress with throughput and time left: on the error stream when it is a terminal, and as JSON lines into `log`."""

    def __init__(self, log: str | None = None) -> None:
        self._what, self._start = "", time.monotonic()
        self._log = log
        self._tell("")

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._start = what, now
        if self._log:
            spent = now - self._start
            line = {"step": what, "done": done, "of": total, "seconds": round(spent, 3)}
            line |= {"left": round(spent / done * (total - done), 3)} if done else {}
            self._tell(json.dumps(line) + "\n")
        if not sys.stderr.isatty():
            return
        left = (now - self._start) / done * (total - done) if done else 0.0
        sys.stderr.write(f"\r\x1b[K{what} {done} of {total}, about {left:.0f} s left")
        sys.stderr.write("\n" if done == total else "")
        sys.stderr.flush()

    def _tell(self, text: str) -> None:
        if self._log == "-":
            sys.stderr.write(text)
        elif self._log:
            try:
                with Path(self._log).open("a", encoding="utf-8") as out:
                    out.write(text)
            except OSError as wrong:
                raise UserError(f"{self._log}: could not be written ({wrong.strerror or wrong}).") from None


def _stage(arguments: argparse.Namespace) -> int:
    from zonula.population.stage import stage

    manifest = stage(arguments.input, arguments.out, processes=arguments.processes, progress=_Clock(arguments.log))
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(manifest))
    if arguments.json != "-":
        write_text("-", "\n".join(_manifest_lines(manifest, arguments.out)) + "\n")
    return 0


def _manifest_lines(manifest: "Manifest", out: Path) -> list[str]:
    lines = [f"{manifest.patients} patients, {manifest.facts} facts from {len(manifest.documents)} files, in {out}"]
    refused = [each for each in manifest.documents if each.refusal]
    lines += [f"  {each.name}: nothing was taken from it: {each.refusal}" for each in refused[:_SHOWN]]
    odd = [each for each in manifest.documents if each.skipped or each.warned]
    lines += [f"  {each.name}: {each.skipped} skipped, {each.warned} warnings" for each in odd[:_SHOWN]]
    more = max(0, len(refused) - _SHOWN) + max(0, len(odd) - _SHOWN)
    lines += [f"  … and {more} more files with something to say; the manifest names them"] if more else []
    if manifest.skipped:
        lines.append(f"  every skipped line with file, number and reason: {out / 'skipped.ndjson'}")
    return lines


def _engine(arguments: argparse.Namespace) -> "Engine":
    if arguments.engine == "spark":
        from zonula.population.engines.spark import SparkEngine

        spark: Engine = SparkEngine(arguments.master)
        return spark
    from zonula.population.engines.duckdb import DuckEngine

    return DuckEngine(threads=arguments.threads, memory=arguments.memory, spill=arguments.out / ".spill")


def _screen(arguments: argparse.Namespace) -> int:
    from zonula.population.answers import write_csv
    from zonula.population.screen import chosen, screen
    from zonula.population.staged import Staged

    staged = Staged(arguments.staged)
    asked = chosen(arguments.rules)
    today = arguments.today or date.today()
    try:
        found = screen(staged, asked, arguments.out, _engine(arguments), arguments.engine, today, _Clock(arguments.log))
        if arguments.csv:
            write_csv(arguments.out, sys.stdout if arguments.csv == "-" else Path(arguments.csv))
    except OSError as wrong:
        raise UserError(f"{arguments.out}: could not be written ({wrong.strerror or wrong}).") from None
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(found))
    if "-" not in (arguments.json, arguments.csv):
        print(f"{found.patients} patients, {len(found.rules)} rules, as of {found.today}, in {arguments.out}")
        for counted in sorted(found.rules, key=lambda each: -each.yes)[:_SHOWN]:
            print(f"  {counted.yes:>8} yes  {counted.unknown:>8} unknown  {counted.rule}: {counted.says}")
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from zonula.knowledge import shelf
    from zonula.population.answers import worklist, write_worklist
    from zonula.population.report import report
    from zonula.reports.population_page import population_html, population_text

    found = report(arguments.screened, shelf())
    if arguments.worklist:
        write_worklist(worklist(arguments.screened, arguments.rule), Path(arguments.worklist))
    if arguments.html:
        write_text(arguments.html, population_html(found))
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(found))
    if arguments.json != "-":
        print(population_text(found))
    return 0


def _validate(arguments: argparse.Namespace) -> int:
    from zonula.cli.files import read_text
    from zonula.population.validate import truth_labels, validate
    from zonula.reports.population_page import validation_text

    labels = Path(arguments.labels)
    if labels.is_dir():
        found = validate(
            truth_labels(labels), arguments.labels, arguments.screened, reviewed="the truth of virtual patients"
        )
    else:
        found = validate(read_text(arguments.labels), arguments.labels, arguments.screened)
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(found))
    if arguments.json != "-":
        print(validation_text(found))
    return 0
