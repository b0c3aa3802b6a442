"""Signing in: by invitation only, with a password that cannot be guessed, a second factor for members, and sessions that end."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from zonula.errors import UserError
from zonula_web.access import people as staff
from zonula_web.access.invitations import accept, invite
from zonula_web.access.models import Clinic, Invitation, Membership, Person
from zonula_web.access.passwords import checked_password
from zonula_web.access.rights import Role

pytestmark = pytest.mark.django_db
GOOD = "lamp river nine copper"


@pytest.fixture(autouse=True)
def _no_counters_from_before(db):
    from django.core.management import call_command

    call_command("createcachetable", verbosity=0)
    cache.clear()


@pytest.fixture
def real_clinic(tester):
    return Clinic.objects.create(name="Real clinic")


def joined(clinic, role="clinician", email="ada@real.invalid", **fields):
    return accept(
        secret=invite(clinic=clinic, by=None, email=email, name="Ada Real", role=role, **fields), password=GOOD
    )


def sign_in(email, password, **headers):
    browser = Client(**headers)
    return browser, browser.post("/account/login/", {"login": email, "password": password})


@pytest.mark.parametrize(
    "password",
    ["short", "password123456789", "qwertyuiopasdfgh", "sunshine-sunshine-1", "ada.real@real.invalid", "x" * 2000],
)
def test_passwords_that_can_be_guessed_are_refused(password):
    with pytest.raises(UserError):
        checked_password(password, Person(email="ada.real@real.invalid", name="Ada Real"))


@pytest.mark.parametrize(
    "password",
    [GOOD, "der blaue Hut am Fenster", "river tiger copper dragon", "Xk29 vLm0 qq77 zz", "пять синих рыб в реке"],
)
def test_long_ones_of_any_composition_are_fine(password):
    checked_password(password, Person(email="ada@real.invalid", name="Ada Real"))


def test_an_invitation_works_once(real_clinic):
    secret = invite(clinic=real_clinic, by=None, email="Ada@Real.invalid", name="Ada Real", role="clinician")
    browser = Client()
    assert "Ada Real" in browser.get(f"/join/{secret}/").content.decode()
    assert browser.post(f"/join/{secret}/", {"password": GOOD, "again": GOOD}).status_code == 302
    assert Membership.objects.get(person__email="ada@real.invalid").role == "clinician"
    assert Client().get(f"/join/{secret}/").status_code == 404
    with pytest.raises(UserError):
        accept(secret=secret, password=GOOD)


def test_the_secret_of_a_link_is_not_in_the_database(real_clinic):
    secret = invite(clinic=real_clinic, by=None, email="ada@real.invalid", name="Ada", role="staff")
    assert secret not in str(list(Invitation.objects.values()))


def test_an_old_link_and_a_replaced_link_are_refused(real_clinic):
    first = invite(clinic=real_clinic, by=None, email="ada@real.invalid", name="Ada", role="staff")
    invite(clinic=real_clinic, by=None, email="ada@real.invalid", name="Ada", role="staff")
    assert Client().get(f"/join/{first}/").status_code == 404


def test_a_member_sets_up_a_second_factor_before_seeing_anything(real_clinic):
    joined(real_clinic)
    browser, answer = sign_in("ada@real.invalid", GOOD)
    assert answer.status_code == 302
    refused = browser.get("/patients/")
    assert refused.status_code == 302
    assert refused["Location"] == "/account/2fa/"
    Authenticator.objects.create(user=Person.objects.get(), type="totp", data={})
    assert browser.get("/patients/").status_code == 200


def test_nobody_signs_up(db):
    answer = Client().post("/account/signup/", {"email": "me@home.invalid", "password1": GOOD})
    assert Person.objects.count() == 0
    assert answer.status_code in (200, 302, 403)


def test_guessing_is_stopped_and_a_colleague_behind_the_same_address_still_signs_in(real_clinic):
    joined(real_clinic)
    joined(real_clinic, email="noor@real.invalid")
    for _ in range(8):
        sign_in("ada@real.invalid", "wrong wrong wrong wrong")
    browser, _ = sign_in("ada@real.invalid", GOOD)
    assert "_auth_user_id" not in browser.session
    colleague, _ = sign_in("noor@real.invalid", GOOD)
    assert "_auth_user_id" in colleague.session


def test_wrong_address_and_wrong_password_are_answered_alike(real_clinic):
    joined(real_clinic)
    _, known = sign_in("ada@real.invalid", "wrong wrong wrong wrong")
    _, unknown = sign_in("nobody@real.invalid", "wrong wrong wrong wrong")
    told = [re.findall(r'class="note alarm".*?</div>', answer.content.decode(), re.S) for answer in (known, unknown)]
    assert told[0] == told[1] != []


@pytest.mark.parametrize(("field", "seconds"), [("seen", 16 * 60), ("begun", 13 * 3600)])
def test_an_idle_or_old_session_ends_on_the_server(signed_in, field, seconds):
    browser = signed_in(Role.STAFF)
    assert browser.get("/patients/").status_code == 200
    session = browser.session
    session[field] = int(time.time()) - seconds
    session.save()
    answer = browser.get("/patients/")
    assert answer["Location"].endswith("ended=1")
    assert Session.objects.count() <= 1
    assert "_auth_user_id" not in browser.session


def test_who_loses_a_role_is_signed_out_everywhere(member, clinic):
    joined(clinic, role="staff", email="sam@test.invalid")
    boss = member(Role.CLINICIAN, administrator=True)
    browser, _ = sign_in("sam@test.invalid", GOOD)
    assert browser.get("/patients/").status_code == 200
    assert UserSession.objects.filter(user__email="sam@test.invalid").exists()
    staff.end_membership(
        clinic=clinic, by=boss, membership_id=Membership.objects.get(person__email="sam@test.invalid").id
    )
    assert browser.get("/patients/")["Location"].startswith("/account/login/")
    again, _ = sign_in("sam@test.invalid", GOOD)
    assert "_auth_user_id" not in again.session


def test_a_clinic_keeps_an_administrator(member, clinic):
    boss = member(Role.CLINICIAN, administrator=True)
    with pytest.raises(UserError, match="without an administrator"):
        staff.end_membership(clinic=clinic, by=boss, membership_id=boss.memberships.get().id)


def test_inviting_in_the_browser_shows_the_link_once_and_as_a_code(signed_in):
    browser = signed_in(Role.STAFF, administrator=True)
    answer = browser.post("/people/", {"name": "New One", "email": "new@home.invalid", "role": "dietitian"})
    page = answer.content.decode()
    assert re.search(r"http://testserver/join/[\w-]{30,}/", page)
    assert "<svg" in page
    assert "/join/" not in browser.get("/people/").content.decode()


def test_consent_is_by_kind_and_its_history_stays(signed_in, patient):
    own = Person.objects.create_user("vera@home.invalid", None, name="Vera")
    patient.person = own
    patient.save(update_fields=["person"])
    browser = Client()
    browser.force_login(own)
    address = f"/patients/{patient.id}/consent/"
    assert "not asked yet" in browser.get(address).content.decode()
    browser.post(address, {"data": "genotype", "given": "yes"})
    browser.post(address, {"data": "genotype", "given": "no"})
    from zonula_web.records.consent import agreed
    from zonula_web.records.models import Consent

    assert not agreed(patient, "genotype")
    assert not agreed(patient, "diary")
    assert [row.given for row in Consent.objects.order_by("id")] == [True, False]
    clinician = signed_in(Role.CLINICIAN)
    clinician.post(address, {"data": "diary", "given": "yes"})
    assert not agreed(patient, "diary"), "a consent on paper says where the paper is"
    clinician.post(address, {"data": "diary", "given": "yes", "note": "folder 12"})
    assert agreed(patient, "diary")
    staff_browser = signed_in(Role.STAFF)
    staff_browser.post(address, {"data": "research", "given": "yes", "note": "x"})
    assert not agreed(patient, "research"), "staff cannot consent for a patient"


@pytest.mark.parametrize(("role", "finds"), [(Role.RESEARCHER, False), (Role.STAFF, True)])
def test_the_bar_offers_only_what_may_be_opened(signed_in, role, finds):
    browser = signed_in(role)
    for page in ("/you/", "/account/2fa/"):
        bar = browser.get(page, follow=True).content.decode().split("</nav>")[0]
        assert ('href="/patients/"' in bar) is finds
