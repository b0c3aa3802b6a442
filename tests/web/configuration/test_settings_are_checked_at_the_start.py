"""What the person who runs Zonula sets is checked once, at the start, with the name of the setting and what to write instead."""

import os
import subprocess
import sys

import pytest

from zonula.errors import UserError
from zonula_web.configuration import SETTINGS, read, secret

KEY = "ab" * 32


def test_with_nothing_set_the_site_is_safe_and_local():
    found = read({})
    assert found.embedded
    assert found.hosts == ("localhost", "127.0.0.1", "[::1]")
    assert found.key == found.mail == ""
    assert found.proxies == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZONULA_DATABASE", "mysql://x"),
        ("ZONULA_DATABASE", "postgresql://host"),
        ("ZONULA_DATABASE", "postgresql://u:p@host:port/name"),
        ("ZONULA_KEY_FILE", "/nowhere"),
        ("ZONULA_HOSTS", "*"),
        ("ZONULA_HOSTS", " , "),
        ("ZONULA_HTTPS", "yes"),
        ("ZONULA_PROXIES", "-1"),
        ("ZONULA_PROXIES", "١"),
        ("ZONULA_TIME_ZONE", "Europe/Atlantis"),
        ("ZONULA_TIME_ZONE", "../../etc/passwd"),
        ("ZONULA_MAIL", "http://mail"),
        ("ZONULA_UPLOAD_MB", "0"),
        ("ZONULA_LOG", "loud"),
        ("ZONULA_DATABSE", "a typing error is not ignored"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name, value):
    with pytest.raises(UserError) as refused:
        read({name: value})
    assert name in str(refused.value)


def test_a_key_is_32_bytes_in_hexadecimal(tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY + "\n")
    assert read({"ZONULA_KEY_FILE": str(path)}).key == KEY
    path.write_text("correct horse battery staple")
    with pytest.raises(UserError):
        read({"ZONULA_KEY_FILE": str(path)})
    path.write_text(KEY)
    with pytest.raises(UserError):
        read({"ZONULA_KEY_FILE": str(path), "ZONULA_DATABASE": "postgresql://u:p@h/n"})


def test_neither_password_nor_key_is_ever_shown(tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY)
    found = [
        read({"ZONULA_DATABASE": "postgresql://u:hunter2@h/n", "ZONULA_MAIL": "smtp://a:hunter3@m"}),
        read({"ZONULA_KEY_FILE": str(path)}),
    ]
    shown = repr(found) + str(found)
    assert not [word for word in ("hunter2", "hunter3", KEY) if word in shown]


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path):
    made = secret(tmp_path / "data")
    assert secret(tmp_path / "data") == made
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o077 == 0
    assert secret(tmp_path / "other") != made


def test_a_wrong_setting_ends_the_start_with_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "zonula", "serve"],
        env=os.environ | {"ZONULA_PROXIES": "many"}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "ZONULA_PROXIES" in done.stderr


def test_every_setting_is_in_the_operators_page():
    from pathlib import Path

    said = subprocess.run(
        [sys.executable, "-m", "zonula", "serve", "--help"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert not [name for name in SETTINGS if name not in said]
    assert "zonula serve --help" in (Path(__file__).parents[3] / "docs/operations.md").read_text(encoding="utf-8")
