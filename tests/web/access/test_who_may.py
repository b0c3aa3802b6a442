"""The table of who may open which page, page by page and role by role, against the site itself.

The administrator of these tests is a clinician who also manages people.
"""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from zonula_web.access.gate import PUBLIC, SIGNED_IN
from zonula_web.access.invitations import invite
from zonula_web.access.models import Person
from zonula_web.access.rights import Right, Role
from zonula_web.audit.models import Event
from zonula_web.records import read
from zonula_web.records.actions.answers import make_link
from zonula_web.records.actions.patients import new_patient

pytestmark = pytest.mark.django_db
TABLE = yaml.safe_load((Path(__file__).parent / "who_may.yaml").read_text(encoding="utf-8"))
# Pages of the sign-in library: it guards them itself; that they are the only ones without a gate of ours is checked below.
LIBRARY = ("account_", "mfa_", "usersessions_")
NOT_BY_GET = 405
OTHERS = ("stranger", "other patient", "former member")


def pages(patterns=None, before=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern


OURS = {pattern.name: (route, pattern) for route, pattern in pages() if not (pattern.name or "").startswith(LIBRARY)}


def test_every_page_has_a_name_a_gate_and_a_row():
    assert None not in OURS
    without_gate = [
        name
        for name, (_, page) in OURS.items()
        if getattr(page.callback, "gate", None) not in {PUBLIC, SIGNED_IN, *Right}
    ]
    assert without_gate == []
    assert sorted(OURS) == sorted(TABLE)


def test_only_the_sign_in_library_has_pages_without_our_gate():
    theirs = [pattern for _, pattern in pages() if (pattern.name or "").startswith(LIBRARY)]
    assert {pattern.callback.__module__.partition(".")[0] for pattern in theirs} == {"allauth"}


@pytest.fixture
def everyone(member, clinic, patient):
    """A browser for each kind of person, with the record all of them ask for."""
    own = Person.objects.create_user("vera@home.invalid", None, name="Vera Probst")
    patient.person = own
    patient.save(update_fields=["person"])
    other = Person.objects.create_user("other@home.invalid", None, name="Otto Other")
    elsewhere = new_patient(clinic=clinic, name="Otto Other", today=read.today(clinic))
    elsewhere.person = other
    elsewhere.save(update_fields=["person"])
    former = member(Role.STAFF, administrator=True)
    former.memberships.update(ended_at="2026-01-01T00:00:00Z")
    people = {
        "patient": own,
        "administrator": member(Role.CLINICIAN, administrator=True),
        "clinician": member(Role.CLINICIAN),
        "dietitian": member(Role.DIETITIAN),
        "staff": member(Role.STAFF),
        "researcher": member(Role.RESEARCHER),
        "stranger": member(Role.CLINICIAN, clinic_name="Other clinic", administrator=True),
        "other patient": other,
        "former member": former,
    }
    browsers = {"visitor": Client()}
    for name, person in people.items():
        browsers[name] = Client()
        browsers[name].force_login(person)
    return browsers


@pytest.fixture
def arguments(patient, clinic, member):
    """What stands in the addresses: this patient's own things, made when a page needs them."""
    makers = {
        "patient_id": lambda: patient.id,
        "membership_id": lambda: 1,
        "secret": lambda: invite(clinic=clinic, by=None, email="new@home.invalid", name="New", role="staff"),
    }

    def form_link():
        return make_link(
            patient=patient, by=member(Role.STAFF, clinic_name="Third clinic"), form="symptom-domains", days=2
        )

    def of(pattern):
        names = pattern.pattern.converters
        if pattern.name.startswith("answer"):
            return {"secret": form_link()}
        return {name: makers[name]() if name in makers else _missing(converter) for name, converter in names.items()}

    return of


def _missing(converter):
    """A thing that is not there."""
    return {"UUIDConverter": uuid4(), "IntConverter": 10**6}.get(type(converter).__name__, "none")


@pytest.mark.parametrize("name", sorted(OURS))
def test_who_may_open(name, everyone, arguments):
    from django.urls import reverse

    row, (_, pattern) = TABLE[name], OURS[name]
    address = reverse(name, kwargs=arguments(pattern))
    about_a_patient = "patient_id" in pattern.pattern.converters
    may = {who for who, browser in everyone.items() if _opens(browser, address)}
    expected = set(row["may"])
    if not about_a_patient:
        own_clinic = {"stranger"} if expected & {"clinician", "administrator"} else set()
        anyone = set(OTHERS) if getattr(pattern.callback, "gate", "") in (PUBLIC, SIGNED_IN) else set()
        expected |= own_clinic | anyone  # in the own clinic, about oneself, or public
    assert may == expected, address


def _opens(browser, address):
    """Whether the gate let them in. What a patient's page shows of a thing that is not there is not the gate's business."""
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    answer = browser.get(address)
    if answer.status_code == NOT_BY_GET:
        answer = browser.post(address, {})
    assert answer.status_code < 500, address
    if address.startswith("/patients/") and address.count("/") > 2 and not address.startswith("/patients/new/"):
        return Event.objects.filter(id__gt=last, action="saw").exists()
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/account/login/")
    return not to_sign_in and answer.status_code not in (403, 404)


def test_a_patient_of_another_clinic_does_not_exist_for_us(signed_in, patient):
    answer = signed_in(Role.CLINICIAN, clinic_name="Other clinic").get(f"/patients/{patient.id}/")
    nobody = signed_in(Role.STAFF).get(f"/patients/{UUID(int=1)}/")
    assert answer.status_code == nobody.status_code == 404
