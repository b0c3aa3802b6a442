"""Third-party files in the package are what their table says: unchanged, licensed, none unlisted."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "src" / "zonula_web" / "static" / "vendor"
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \|.*\| `(?P<sha256>[0-9a-f]{64})` \|$", re.M)


def listed(table: str) -> dict[str, str]:
    return {row["file"]: row["sha256"] for row in ROW.finditer(table)}


def present(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDORED.md"
    }


def test_every_vendored_file_is_listed_with_its_hash():
    assert present(VENDOR) == listed((VENDOR / "VENDORED.md").read_text(encoding="utf-8"))


def test_every_vendored_package_brings_its_licence():
    assert [folder.name for folder in VENDOR.iterdir() if folder.is_dir() and not (folder / "LICENSE").exists()] == []


def test_a_changed_byte_is_seen(tmp_path):
    (tmp_path / "part.js").write_bytes(b"one")
    before = present(tmp_path)
    (tmp_path / "part.js").write_bytes(b"two")
    assert present(tmp_path) != before
