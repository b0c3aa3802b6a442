"""Every command has a module, help and a place in the documents; whose fault an error is decides its exit code."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from zonula import cli
from zonula.cli import COMMANDS, known_commands, main
from zonula.errors import UserError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("command", known_commands())
def test_each_command_has_help_and_stands_in_the_readme(command, capsys):
    module, line = known_commands()[command]
    assert line
    assert "see its --help" not in line
    assert import_module(module).__doc__
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert len(capsys.readouterr().out) > 100
    assert f"zonula {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_help_names_every_command_without_importing_any(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(command in said for command in known_commands())
    assert set(known_commands()) - set(COMMANDS) >= {"serve", "demo", "createuser", "backup", "restore"}


def test_unknown_commands_and_options_are_usage_errors(capsys):
    for words in ([], ["fly"], ["review", "--fly"]):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 2
    assert "usage" in capsys.readouterr().err


class _Command:
    def __init__(self, act):
        self.act = act

    def configure(self, parser):
        parser.set_defaults()

    def run(self, arguments):
        raise self.act


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (UserError("The file is torn.", "Mend it."), 2, "zonula: The file is torn. Mend it.\n"),
        (KeyboardInterrupt(), 2, "zonula: interrupted\n"),
        (ZeroDivisionError("oops"), 1, "this is a bug of ours"),
    ],
)
def test_whose_fault_it_is_decides_the_exit_code(raised, code, said, monkeypatch, capsys):
    monkeypatch.setattr(cli, "import_module", lambda name: _Command(raised))
    assert main(["review"]) == code
    error = capsys.readouterr().err
    assert said in error
    assert ("Traceback" in error) == (code == 1)


def test_the_program_starts_quickly_because_it_imports_little():
    """`zonula --version` must not pull in the numerical libraries."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from zonula.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass\nprint(*sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"numpy", "scipy", "numba", "pyarrow", "jinja2", "typst", "lxml", "pandas", "duckdb"} & set(loaded)
