"""`zonula mechanism`: the page that explains how one problem in the gut could show up as twelve symptoms, and what is hypothesis in that."""

import argparse

from zonula.cli.files import write_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--html", metavar="FILE", required=True, help="where the page is written; - prints it")


def run(arguments: argparse.Namespace) -> int:
    """Write the page. Returns 0."""
    from zonula.knowledge import shelf
    from zonula.reports.mechanism_page import mechanism_html

    write_text(arguments.html, mechanism_html(shelf()))
    if arguments.html != "-":
        print(f"Wrote {arguments.html}: an explanation with invented bodies, never evidence about people.")
    return 0
