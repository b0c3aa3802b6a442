"""A backup is good only once it was opened: made while people write, proved, refused when a bit is wrong, put back whole."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PASSWORD = "lamp river nine copper\n"


def zonula(data: Path, *words: str, answer: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZONULA_")}
    environment |= {"ZONULA_DATA": str(data), **settings}
    return subprocess.run(
        [sys.executable, "-m", "zonula", *words],
        env=environment,
        input=answer,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def make_clinic(data: Path, **settings: str) -> None:
    made = zonula(
        data,
        "createuser",
        "ada@real.invalid",
        "--name",
        "Ada Canary",
        "--clinic",
        "Canary clinic",
        answer=PASSWORD,
        **settings,
    )
    assert made.returncode == 0, made.stderr


def only(folder: Path, ending: str) -> Path:
    (found,) = folder.glob(f"*{ending}")
    return found


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A data folder with a clinic and one backup of each kind. Not to be written to."""
    data = tmp_path_factory.mktemp("clinic") / "data"
    make_clinic(data)
    assert zonula(data, "backup").returncode == 0
    assert zonula(data, "backup", "--rows").returncode == 0
    return data


def test_what_was_written_after_the_backup_is_gone_and_what_was_before_is_back(clinic, tmp_path):
    data = tmp_path / "data"
    make_clinic(data)
    assert zonula(data, "backup").returncode == 0
    zonula(data, "createuser", "late@real.invalid", "--name", "Late", "--clinic", "Canary clinic", answer=PASSWORD)
    restored = zonula(data, "restore", str(only(data / "backups", ".zbackup")))
    assert restored.returncode == 0, restored.stderr
    again = zonula(
        data, "createuser", "late@real.invalid", "--name", "Late", "--clinic", "Canary clinic", answer=PASSWORD
    )
    assert again.returncode == 0, "the address is free again"
    twice = zonula(
        data, "createuser", "ada@real.invalid", "--name", "Ada", "--clinic", "Canary clinic", answer=PASSWORD
    )
    assert twice.returncode == 2, "who was there before is there again"
    assert list(data.glob("zonula.db.before-*")), "the replaced database is kept beside"


def test_rows_move_to_another_database(clinic, tmp_path):
    moved = zonula(tmp_path / "new", "restore", str(only(clinic / "backups", ".zrows")))
    assert moved.returncode == 0, moved.stderr
    assert zonula(tmp_path / "new", "backup").returncode == 0, "its audit log is whole there too"


def test_rows_are_not_mixed_into_a_database_that_holds_something(clinic):
    refused = zonula(clinic, "restore", str(only(clinic / "backups", ".zrows")))
    assert refused.returncode == 2
    assert "not empty" in refused.stderr


@pytest.mark.parametrize("place", ["the content", "the manifest", "the end"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(clinic, tmp_path, place):
    data = clinic
    before = (data / "zonula.db").read_bytes()
    whole = only(clinic / "backups", ".zbackup").read_bytes()
    with zipfile.ZipFile(only(clinic / "backups", ".zbackup")) as archive:
        start = archive.getinfo("zonula.db" if place == "the content" else "manifest.json").header_offset + 100
    damaged = tmp_path / "damaged.zbackup"
    damaged.write_bytes(
        whole[:-40] if place == "the end" else whole[:start] + bytes([whole[start] ^ 1]) + whole[start + 1 :]
    )
    refused = zonula(data, "restore", str(damaged))
    assert refused.returncode == 2, refused.stdout
    assert "Traceback" not in refused.stderr
    assert (data / "zonula.db").read_bytes() == before


def test_encrypted_nothing_can_be_read_without_the_key(clinic, tmp_path):
    key = tmp_path / "key"
    key.write_text("ab" * 32)
    data = tmp_path / "data"
    make_clinic(data, ZONULA_KEY_FILE=str(key))
    assert zonula(data, "backup", ZONULA_KEY_FILE=str(key)).returncode == 0
    files = [path for path in data.rglob("*") if path.is_file()]
    assert only(data / "backups", ".zbackup") in files
    assert not [path.name for path in files if b"Canary" in path.read_bytes()]
    plain = (clinic / "zonula.db", *clinic.glob("zonula.db-wal"))
    assert any(b"Canary" in path.read_bytes() for path in plain), "the control: without a key it can be read"
    for wrong in ({}, {"ZONULA_KEY_FILE": str(_other(tmp_path))}):
        refused = zonula(data, "backup", **wrong)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr


def _other(folder: Path) -> Path:
    other = folder / "other"
    other.write_text("cd" * 32)
    return other
