"""The clinic's manual says what is: its table of rights is the table of rights, its pictures exist, the commands it names exist."""

import re
from pathlib import Path

from zonula.cli import known_commands
from zonula_web.access.rights import ADMINISTRATOR, BY_ROLE, PATIENT_OWN, Right, Role

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs" / "clinic.md").read_text(encoding="utf-8")


def test_the_table_of_rights_is_the_one_that_holds():
    rows = re.findall(r"^\| (.+?) \|((?: (?:yes)? ?\|)+)$", MANUAL, re.M)
    printed = {
        name: [cell.strip() == "yes" for cell in cells.split("|")[:-1]] for name, cells in rows if name in set(Right)
    }
    holders = [*(BY_ROLE[role] for role in Role), PATIENT_OWN]
    expected = {right.value: [right in rights for rights in holders] for right in Right}
    assert printed == {name: row for name, row in expected.items() if any(row)}
    assert f"| | {' | '.join(Role)} | patient |" in MANUAL
    assert f"besides: {', '.join(right for right in Right if right in ADMINISTRATOR)}." in MANUAL


def test_pictures_and_commands_exist():
    for document in ("docs/clinic.md", "docs/operations.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        pictures = re.findall(r"screenshots/[\w.-]+", text)
        assert [name for name in pictures if not (ROOT / "docs" / name).exists()] == []
        named = set(re.findall(r"`zonula ([a-z-]+)", text)) | set(re.findall(r"^ +zonula ([a-z-]+)", text, re.M))
        assert named
        assert named <= set(known_commands())
        targets = set(re.findall(r"`make ([a-z-]+)", text))
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert all(f"\n{target}:" in makefile for target in targets)
