"""200 patients send a week of diary at the same moment, each in one sync and once more: no entry lost or doubled, no 5xx; p50 and p99.

    python benchmarks/bench_diary_sync.py                              the embedded database
    python tools/postgresql.py python benchmarks/bench_diary_sync.py   PostgreSQL

The peer in the same run is the same week sent by one patient after the other.
"""

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PATIENTS, DAYS, MEALS = 200, 7, 5
TOKEN = "t" * 32
PREPARE = """
import json, sys
from zonula_web.commands.site import ready
ready()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from zonula_web.access.models import Clinic, Person
from zonula_web.audit.actor import acting
from zonula_web.records import read
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.actions.patients import new_patient
made = []
with acting("system:benchmark"):
    clinic = Clinic.objects.create(name="Benchmark")
    for number in range(int(sys.argv[1])):
        patient = new_patient(clinic=clinic, name=f"Virtual {number}", today=read.today(clinic))
        person = Person.objects.create_user(f"p{number}@bench.invalid", None, name=patient.name)
        patient.person = person
        patient.save(update_fields=["person"])
        state_consent(patient=patient, by=person, data="diary", given=True)
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        made.append((str(patient.id), session.session_key))
print(json.dumps({"made": made, "cookies": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME]}))
"""
COUNT = """
from zonula_web.commands.site import ready
ready(migrate=False)
from zonula_web.records.models import DiaryEntry
print(DiaryEntry.objects.count())
"""


def week() -> list[dict]:
    """Meals, a check-in and a line about each day."""
    found = []
    for day in range(1, DAYS + 1):
        bodies = [
            ("meal", {"at": f"2026-11-{day:02}T{7 + 3 * meal:02}:00", "items": [{"name": "Rice", "food": "rice"}]})
            for meal in range(MEALS)
        ]
        bodies += [
            ("symptoms", {"at": f"2026-11-{day:02}T21:00", "felt": {"itch": {"worst": day % 11}}}),
            ("day", {"at": f"2026-11-{day:02}T21:00", "sleep_hours": 7.5}),
        ]
        found += [
            {
                "id": str(uuid.uuid4()),
                "base": 0,
                "kind": kind,
                "body": body,
                "recorded_at": f"2026-11-{day:02}T21:01:00Z",
            }
            for kind, body in bodies
        ]
    return found


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="zonula-bench-"))
    environment = os.environ | {"ZONULA_DATA": str(folder / "data"), "ZONULA_LOG": "error"}
    said = subprocess.run(
        [sys.executable, "-c", PREPARE, str(PATIENTS + 20)], env=environment, check=True, capture_output=True, text=True
    )
    prepared = json.loads(said.stdout.splitlines()[-1])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "zonula", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return measure(port, prepared, environment)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def measure(port: int, prepared: dict, environment: dict) -> int:
    until_it_answers(port)
    session, csrf = prepared["cookies"]

    def send(one: tuple[tuple[str, str], list[dict]]) -> tuple[int, float, int]:
        (patient, key), entries = one
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {
            "Content-Type": "application/json",
            "Cookie": f"{session}={key}; {csrf}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Origin": f"http://127.0.0.1:{port}",
        }
        connection.request("POST", f"/patients/{patient}/diary/sync/", json.dumps({"entries": entries}), headers)
        answer = connection.getresponse()
        body = answer.read()
        accepted = len(json.loads(body)["accepted"]) if answer.status == 200 else 0
        return answer.status, time.perf_counter() - began, accepted

    work = [(one, week()) for one in prepared["made"]]
    alone, together = work[:20], work[20:]
    for one in alone[:4]:  # both workers import what they need
        send((one[0], []))
    one_by_one = [send(one) for one in alone]
    with ThreadPoolExecutor(PATIENTS) as pool:
        began = time.perf_counter()
        first = list(pool.map(send, together))
        took = time.perf_counter() - began
        again = list(pool.map(send, together))
    expected = len(work) * DAYS * (MEALS + 2)
    stored = int(
        subprocess.run(
            [sys.executable, "-c", COUNT], env=environment, check=True, capture_output=True, text=True
        ).stdout.splitlines()[-1]
    )
    statuses = sorted({status for status, _, _ in (*one_by_one, *first, *again)})
    print(f"database                      {'PostgreSQL' if environment.get('ZONULA_DATABASE') else 'embedded'}")
    print(f"patients, entries of each     {PATIENTS}, {DAYS * (MEALS + 2)}")
    for name, rows in (("one after the other", one_by_one), (f"{PATIENTS} at once", first), ("the same again", again)):
        seconds = sorted(second for _, second, _ in rows)
        print(
            f"{name:22} p50 {1000 * statistics.median(seconds):8.0f} ms   p99 {1000 * seconds[int(0.99 * (len(seconds) - 1))]:8.0f} ms   worst {1000 * seconds[-1]:8.0f} ms"
        )
    print(f"entries a second, at once     {sum(count for _, _, count in first) / took:.0f}")
    print(f"statuses                      {statuses}\nentries expected, stored      {expected}, {stored}")
    whole = statuses == [200] and stored == expected
    print("no entry lost or doubled, no 5xx" if whole else "ENTRIES LOST OR REQUESTS FAILED")
    return 0 if whole else 1


def until_it_answers(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


if __name__ == "__main__":
    sys.exit(main())
