"""A process that writes without end and says after each commit what it wrote, to be killed at any moment.

argv: `after` (say it once the database has it) or `before` (the control: say it first, which must lose something).
"""

import sys
from pathlib import Path

from zonula_web.commands.site import ready

ready(migrate=False)

import zonula  # noqa: E402
from zonula_web.access.models import Clinic, Person  # noqa: E402
from zonula_web.audit.actor import acting  # noqa: E402
from zonula_web.jobs.work import run_next  # noqa: E402
from zonula_web.records import read  # noqa: E402
from zonula_web.records.actions.importing import ask_import  # noqa: E402
from zonula_web.records.actions.patients import new_patient  # noqa: E402

FILE = Path(zonula.__file__).parent / "examples/tobias-renner/tobias-renner.fhir.json"


def main() -> None:
    first = sys.argv[1] == "before"
    clinic, by = Clinic.objects.get(), Person.objects.get()
    number = int(sys.argv[2])
    with acting(f"person:{by.id}"):
        while True:
            number += 1
            if first:
                print(f"patient {number}", flush=True)
            patient = new_patient(clinic=clinic, name="Tobias Renner", number=str(number), today=read.today(clinic))
            if not first:
                print(f"patient {number}", flush=True)
            job = ask_import(patient=patient, by=by, files=[(FILE.name, FILE.read_bytes())])
            print(f"job {job.id}", flush=True)
            run_next()


main()
