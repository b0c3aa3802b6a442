"""Every page of a patient's journey, as the site makes it: CPU milliseconds for the first look and again, and who is over 200 ms.

Two patients of the demonstration clinic: the shipped one with fourteen years of records, and a virtual life with plan and diary. A first look
finds nothing derived; again finds what the first look derived. The peer in the same run is the sign-in page, which knows no patient.
"""

import os
import statistics
import tempfile
import time

GOAL = 200.0
STEPS = ("", "documents/", "chart/", "facts/", "questionnaires/", "laboratory/", "skin/", "assessment/", "plan/", "plan/situation/",
         "plan/diet/", "days/", "foods/", "outcome/", "print/", "print/summary/", "consent/", "log/")  # fmt: skip


def cpu_ms(browser, address) -> float:
    started = time.process_time()
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status_code
    return 1000 * (time.process_time() - started)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZONULA_DATA"] = folder
        from zonula_web.commands.site import ready

        ready()
        from zonula_web.wsgi import application

        assert application
        from django.test import Client

        from zonula_web.access.models import Person
        from zonula_web.audit.actor import acting
        from zonula_web.demonstration import clinic
        from zonula_web.records import read

        clinic.make(1)
        browser = Client(headers={"host": "localhost"})
        with acting("system:bench"):
            browser.force_login(Person.objects.get(email="clinician@zonula.invalid"))
        read.derived._kept.clear()
        print(f"{'page':36} {'first':>8} {'again':>8}   CPU ms")
        sign_in = Client(headers={"host": "localhost"})
        peer_first = cpu_ms(sign_in, "/account/login/")
        peer = statistics.median(cpu_ms(sign_in, "/account/login/") for _ in range(5))
        print(f"{'sign-in (peer)':36} {peer_first:8.1f} {peer:8.1f}")
        firsts, agains = [], []
        addresses = [("patients", "/patients/")]
        with acting("system:bench"):
            addresses += [
                (f"{who.number} {step}", f"/patients/{who.id}/{step}")
                for who in read.Patient.objects.filter(number__in=("D001", "V001"))
                for step in STEPS
            ]
        for name, address in addresses:
            first = cpu_ms(browser, address)
            again = statistics.median(cpu_ms(browser, address) for _ in range(3))
            firsts.append(first)
            agains.append(again)
            print(
                f"{name:36} {first:8.1f} {again:8.1f}   {again / peer:5.1f} x sign-in{'   OVER' if max(first, again) > GOAL else ''}"
            )
        for name, some in (("first", firsts), ("again", agains)):
            print(
                f"{name}: median {statistics.median(some):.0f} ms, worst {max(some):.0f} ms, {sum(one > GOAL for one in some)} of {len(some)} over {GOAL:.0f} ms"
            )


main()
