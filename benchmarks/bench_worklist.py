"""Who needs attention today, of 2,000 patients: read from tasks that were derived before, beside deriving them when the page is asked for.

Both are run over the same records in a database of their own; the derived list is extrapolated from a part, because it takes minutes.
CPU seconds, the best of three; imports and the first reading of the cards are not counted.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PATIENTS, DERIVED, TASKS_EACH = 2_000, 20, 5


def best(what: Callable[[], object], times: int = 3) -> float:
    costs = []
    for _ in range(times):
        begun = time.process_time()
        what()
        costs.append(time.process_time() - begun)
    return min(costs)


def main() -> None:
    """Make the clinic and print both costs and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZONULA_DATA"] = folder
        from zonula_web.commands.site import ready

        ready()
        from zonula_web.audit.actor import acting

        with acting("system:bench"):
            measure()


def measure() -> None:
    """Both ways over one clinic."""
    import zonula
    from zonula_web.access.models import Clinic
    from zonula_web.records import attention, read
    from zonula_web.records.actions.importing import import_documents
    from zonula_web.records.actions.patients import new_patient
    from zonula_web.records.matters import matters
    from zonula_web.records.models import Attention, Patient, Task

    clinic = Clinic.objects.create(name="Bench")
    day = read.today(clinic)
    records = Path(zonula.__file__).parent / "examples" / "mara-lindqvist"
    files = [(path.name, path.read_bytes()) for path in sorted(records.iterdir())]
    for number in range(DERIVED):
        one = new_patient(clinic=clinic, name=f"Mara Lindqvist {number}", today=day)
        import_documents(patient=one, by=None, files=files)
    others = [Patient(clinic=clinic, name=f"Person {number}") for number in range(PATIENTS - DERIVED)]
    Patient.objects.bulk_create(others)
    Task.objects.bulk_create(
        Task(
            patient=one, key=f"matter {place}", kind="red flag", level="EUPHC"[place % 5], what="Look.", why="It is so."
        )
        for one in others
        for place in range(TASKS_EACH)
    )
    Attention.objects.bulk_create(Attention(patient=one, version=0, day=day) for one in others)
    charted = list(Patient.objects.filter(name__startswith="Mara").select_related("clinic"))

    def derived() -> None:
        read.derived._kept.clear()
        for one in charted:
            matters(one, day)

    derived()  # reads the cards
    while attention.refresh_next():
        pass
    page = best(lambda: attention.worklist(clinic))
    each = best(derived) / DERIVED
    print(
        f"the list of {PATIENTS} patients, {Task.objects.filter(done_at=None).count()} open tasks: {1000 * page:.0f} ms"
    )
    print(f"one record derived: {1000 * each:.0f} ms; {PATIENTS} of them on request: {each * PATIENTS:.0f} s")
    print(f"ratio {each * PATIENTS / page:,.0f}")


if __name__ == "__main__":
    main()
