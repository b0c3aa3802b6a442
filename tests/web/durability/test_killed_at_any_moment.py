"""kill -9 in the middle of writes and imports: everything that was acknowledged is there, and no import is half done."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlcipher3

HERE = Path(__file__).parent
KILLS = int(os.environ.get("ZONULA_TEST_KILLS", "5"))


def embedded(data: Path) -> dict[str, str]:
    """The environment of a clinic whose database is a file in this folder, whatever database the other tests run on."""
    ours = {name: value for name, value in os.environ.items() if name != "ZONULA_DATABASE"}
    return ours | {"ZONULA_DATA": str(data)}


@pytest.fixture
def data(tmp_path):
    made = subprocess.run(
        [sys.executable, "-m", "zonula", "createuser", "a@b.invalid", "--name", "Ada", "--clinic", "C"],
        env=embedded(tmp_path), input="lamp river nine copper\n", text=True, check=False, capture_output=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return tmp_path


def run_and_kill(data: Path, said_when: str, start: int, seconds: float) -> list[str]:
    """What the writer had said when it was killed."""
    writer = subprocess.Popen(
        [sys.executable, str(HERE / "writer.py"), said_when, str(start)],
        env=embedded(data), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert writer.stdout is not None
    said = [writer.stdout.readline().strip()]  # it began
    assert said[0], writer.stderr.read() if writer.stderr else ""
    time.sleep(seconds)
    os.killpg(writer.pid, signal.SIGKILL)
    rest = writer.communicate()[0]
    return said + [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]


def rows(data: Path, question: str) -> list[tuple[object, ...]]:
    database = sqlcipher3.connect(str(data / "zonula.db"))
    try:
        return database.execute(question).fetchall()
    finally:
        database.close()


def there(data: Path, said: list[str]) -> list[str]:
    """What was said and is not in the database."""
    numbers = {row[0] for row in rows(data, "SELECT number FROM records_patient")}
    jobs = {row[0] for row in rows(data, "SELECT id FROM jobs_job")}
    lost = []
    for line in said:
        kind, _, name = line.strip().partition(" ")
        if name not in numbers if kind == "patient" else name.replace("-", "") not in jobs:
            lost.append(line.strip())
    return lost


def test_nothing_acknowledged_is_lost_and_nothing_is_half_imported(data):
    dice, said = random.Random(20261124), []
    for kill in range(KILLS):
        said += run_and_kill(data, "after", 1000 * kill, dice.uniform(0.05, 0.6))
    assert there(data, said) == []
    assert rows(data, "PRAGMA integrity_check") == [("ok",)]
    half = """SELECT j.id FROM jobs_job j JOIN records_patient p ON p.id = j.patient_id
              WHERE (j.state = 'done') <> EXISTS (SELECT 1 FROM records_document d WHERE d.patient_id = p.id)
              OR (j.state = 'done') <> EXISTS (SELECT 1 FROM records_chart c WHERE c.patient_id = p.id)"""
    assert rows(data, half) == []
    doubled = "SELECT patient_id FROM records_document GROUP BY patient_id HAVING count(*) > 1"
    assert rows(data, doubled) == []


def test_the_test_can_fail_a_writer_that_speaks_too_early_loses_something(data):
    """The control: killed right after it spoke, before it wrote."""
    said = []
    for kill in range(12):
        said += run_and_kill(data, "before", 1000 * kill, 0.0)
        if there(data, said):
            return
    pytest.fail("the control lost nothing, so the test above proves nothing")
