"""Two workers beside each other, one of them killed in the middle: every job is done, and takes effect once."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import sqlcipher3

JOBS = 8
PATIENCE = 120.0
# As many patients as jobs, each with one document waiting to be imported.
FILL = f"""
from zonula_web.commands.site import ready
ready()
from pathlib import Path
import zonula
from zonula_web.access.actions import new_member
from zonula_web.audit.actor import acting
from zonula_web.records import read
from zonula_web.records.actions.importing import ask_import
from zonula_web.records.actions.patients import new_patient
file = Path(zonula.__file__).parent / "examples/tobias-renner/tobias-renner.fhir.json"
with acting("system:test"):
    member = new_member(email="a@b.invalid", name="Ada", password=None, clinic_name="C", role="clinician")
    for number in range({JOBS}):
        patient = new_patient(clinic=member.clinic, name="Tobias Renner", number=str(number), today=read.today(member.clinic))
        ask_import(patient=patient, by=member.person, files=[(file.name, file.read_bytes())])
"""


@pytest.fixture
def data(tmp_path):
    filled = subprocess.run(
        [sys.executable, "-c", FILL], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert filled.returncode == 0, filled.stderr
    return tmp_path


def environment(data: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("ZONULA_", "DJANGO_"))}
    return ours | {"ZONULA_DATA": str(data)}


def worker(data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "zonula_web.jobs"], env=environment(data), stderr=subprocess.DEVNULL)


def asked(data: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlcipher3.connect(str(data / "zonula.db"), timeout=20)) as database:
        return database.execute(question).fetchall()


def until(data: Path, question: str, wanted: list[tuple[object, ...]]) -> None:
    give_up = time.monotonic() + PATIENCE
    while asked(data, question) != wanted:
        assert time.monotonic() < give_up, asked(data, "SELECT state, attempts, says FROM jobs_job")
        time.sleep(0.05)


def lease_runs_out(data: Path) -> None:
    """As if the time of a lease had passed since the worker died."""
    with closing(sqlcipher3.connect(str(data / "zonula.db"), timeout=20)) as database:
        database.create_function("zonula_actor", 0, lambda: "system:test")
        database.create_function("zonula_sha256", 1, lambda text: hashlib.sha256(text.encode()).hexdigest())
        database.execute("UPDATE jobs_job SET leased_until = '2020-01-01 00:00:00' WHERE state = 'running'")
        database.commit()


def test_every_job_is_done_once_whoever_dies(data):
    first, second = worker(data), worker(data)
    try:
        until(data, "SELECT count(*) > 0 FROM jobs_job WHERE state = 'running'", [(1,)])
        first.send_signal(signal.SIGKILL)
        first.wait()
        until(data, "SELECT count(*) <= 1 FROM jobs_job WHERE state <> 'done'", [(1,)])
        lease_runs_out(data)
        until(data, "SELECT count(*) FROM jobs_job WHERE state = 'done'", [(JOBS,)])
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    finally:
        for process in (first, second):
            if process.poll() is None:
                process.kill()
                process.wait()
    assert asked(data, "SELECT count(DISTINCT patient_id), count(*) FROM records_document") == [(JOBS, JOBS)]
    ((attempts,),) = asked(data, "SELECT sum(attempts) FROM jobs_job")
    assert attempts in (JOBS, JOBS + 1), "none was taken twice, but the one whose worker died"
    assert asked(data, "SELECT count(*) FROM jobs_upload") == [(0,)]
    assert asked(data, "PRAGMA integrity_check") == [("ok",)]
