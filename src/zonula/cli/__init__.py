"""The command line: one module per command, imported only when it is asked for."""

import argparse
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import entry_points

from zonula import __version__
from zonula.errors import UserError

# command -> (module, one-line help). A test checks that each module exists, has help, and is documented.
COMMANDS: dict[str, tuple[str, str]] = {
    "review": ("zonula.cli.review", "read a patient's records and write the chart review"),
    "import-check": (
        "zonula.cli.import_check",
        "read documents and report what was kept and what was skipped, and why",
    ),
    "questionnaire": ("zonula.cli.questionnaire", "list, check and score questionnaires"),
    "celiac": ("zonula.cli.celiac", "where the exclusion of celiac disease stands, per guideline"),
    "hla": ("zonula.cli.hla", "read HLA-DQ typing or a genotype file"),
    "skin-test": ("zonula.cli.skin_test", "check and read a skin prick test session"),
    "assess": ("zonula.cli.assess", "chart, questionnaires, laboratory and skin test in one assessment"),
    "plan": ("zonula.cli.plan", "walk a treatment protocol: start, record events, see today"),
    "diet": ("zonula.cli.diet", "may it be eaten, what does it bring, a week's menu, residues, lessons"),
    "supplements": ("zonula.cli.supplements", "supplements against drugs, conditions, pregnancy and upper limits"),
    "outcomes": ("zonula.cli.outcomes", "what became of a clinic's patients, benefit and harm side by side"),
    "registry": ("zonula.cli.registry", "many clinics without moving patients' data: export, pool, declare a study"),
    "simulate": ("zonula.cli.simulate", "virtual patients with known truth, for trying and testing"),
    "mechanism": (
        "zonula.cli.mechanism",
        "a page: how one problem in the gut could show up as twelve symptoms, and what is hypothesis in that",
    ),
    "population": (
        "zonula.cli.population",
        "the rules for everyone in a bulk export: stage, screen, report, validate",
    ),
    "triggers": (
        "zonula.cli.triggers",
        "which foods cause symptoms: analyse a diary, plan challenges, run blinded trials",
    ),
}

# Help lines of the commands of the web application, which is imported only when one of them is asked for.
BROUGHT = {
    "serve": "the clinic in the browser",
    "demo": "a clinic full of virtual patients in the browser, to look around",
    "createuser": "make the first person of a clinic",
    "backup": "copy the clinic's database while it runs, and prove that the copy can be restored",
    "restore": "put a backup in the place of the database",
}

DONE, OUR_BUG, USER_ERROR = 0, 1, 2


def known_commands() -> dict[str, tuple[str, str]]:
    """Our commands, and those that a shell installed beside us brings (entry points `zonula.commands`): the core imports no shell."""
    brought = {
        point.name: (point.value, f"{point.name}: see its --help") for point in entry_points(group="zonula.commands")
    }
    return COMMANDS | {
        name: (module, BROUGHT.get(name, help_line)) for name, (module, help_line) in sorted(brought.items())
    }


def main(words: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when done, 2 for usage or unreadable input (one line), 1 for a bug of ours."""
    words = list(sys.argv[1:] if words is None else words)
    chosen = next((word for word in words if not word.startswith("-")), None)
    parser = argparse.ArgumentParser(prog="zonula", description="Zonula reads, weighs and tests; it does not diagnose.")
    parser.add_argument("--version", action="version", version=f"zonula {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (module, help_line) in known_commands().items():
        command = commands.add_parser(name, help=help_line, description=help_line[0].upper() + help_line[1:] + ".")
        if name == chosen:
            implementation = import_module(module)
            implementation.configure(command)
            command.set_defaults(run=implementation.run)
    try:
        arguments = parser.parse_args(words)
        return int(arguments.run(arguments))
    except UserError as wrong:
        print(f"zonula: {wrong}", file=sys.stderr)
        return USER_ERROR
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except KeyboardInterrupt:
        print("zonula: interrupted", file=sys.stderr)
        return USER_ERROR
    except Exception:
        traceback.print_exc()
        print(
            "zonula: this is a bug of ours. Please report it with the lines above, without patient data.",
            file=sys.stderr,
        )
        return OUR_BUG
