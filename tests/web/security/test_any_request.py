"""Whatever is sent to whichever page, the site answers, and never with an error of its own: every address, every form, hostile values.

The forms are read from the pages themselves, so a new form is covered the day it is written. What is sent goes out as raw bytes: half
characters, NUL, fields twice, a megabyte in one field. `make test-postgresql` sends the same to PostgreSQL.
"""

import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote_from_bytes, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import html

import zonula
from zonula_web.access.invitations import invite
from zonula_web.access.models import Person
from zonula_web.access.rights import Role
from zonula_web.demonstration.lives import take_work_up
from zonula_web.records.actions.answers import make_link
from zonula_web.records.actions.tasks import write_task
from zonula_web.records.models import Document

pytestmark = pytest.mark.django_db
WORK_UP = Path(zonula.__file__).parent / "examples" / "mara-lindqvist-workup"
FEW = settings(
    max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
HOSTILE = (
    b"", b" ", b"\x00", b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", b"-1", b"0", b"1e999", b"NaN", b"-inf", b"9" * 30, b"9" * 5000,
    "٣".encode(), "²".encode(), b"2026-02-31", b"9999-12-31", b"0001-01-01", b"2026-11-24T25:00", b"<script>alert(1)</script>",
    b"' OR 1=1 --", b"{}", b"[]", b"[[1],{}]", b"null", b'{"a":' * 500, b"../../etc/passwd", b"%s%n{0}", b"\r\nSet-Cookie: a=b",
    "🧃\u202e".encode(), "Z͑ͫ".encode() * 200, b"true", b"on", b"other", b"1,5", b"12/31/2026", b"A" * 1_000_000,
)  # fmt: skip
PARTS = {
    "str": ("2026-02-31", "9999-12-31", "0001-01-01", "x" * 3000, "%C2%B2", "%00", "%ED%A0%80", "..", "2026-11-24"),
    "slug": ("x" * 3000, "0", "symptom-domains", "-"),
    "int": ("0", str(2**31), str(2**63), "9" * 30, "9" * 5000),
    "uuid": ("00000000-0000-0000-0000-000000000000",),
}
KINDS = {"StringConverter": "str", "SlugConverter": "slug", "IntConverter": "int", "UUIDConverter": "uuid"}


def views(patterns=None, outer=()):
    """Every named page that its parts are enough to reach: its name and the kinds of its parts."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        converters = {**dict(outer), **pattern.pattern.converters}
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, tuple(converters.items()))
        elif (
            isinstance(pattern, URLPattern)
            and pattern.name
            and not pattern.pattern.regex.groupindex.keys() - converters.keys()
        ):
            yield pattern.name, {part: KINDS[type(one).__name__] for part, one in converters.items()}


class Site:
    """A clinic in the middle of its work, and the browsers of a clinician, of the patient and of a visitor.

    forms: name of the page they are sent to, to {address: {field: values that the page offers}}.
    """

    def __init__(self, clinic, mara, member):
        clinician = member(Role.CLINICIAN, administrator=True)
        take_work_up(mara, WORK_UP, clinician)
        mara.person = Person.objects.create_user("mara@home.invalid", None, name="Mara Lindqvist")
        mara.save(update_fields=["person"])
        write_task(patient=mara, by=clinician, what="Ring her")
        self.patient = mara
        self.browsers = {"clinician": Client(), "patient": Client(), "visitor": Client()}
        self.browsers["clinician"].force_login(clinician)
        self.browsers["patient"].force_login(mara.person)
        link = make_link(patient=mara, by=clinician, form="symptom-domains", days=2)
        joining = invite(clinic=clinic, by=None, email="n@home.invalid", name="N", role="staff")
        self.secrets = {"answer": link, "answer_look": link, "join": joining}
        self.known = {
            "patient_id": mara.id, "day": "2026-10-12", "form": "symptom-domains", "membership_id": 1,
            "number": Document.objects.filter(patient=mara).first().pk,
        }  # fmt: skip
        self.forms = defaultdict(dict)
        started = self.browsers["clinician"].post(reverse("plan_start", args=[mara.id]), {"protocol": "low_fodmap"})
        assert started.status_code == 302
        for page in ("facts", "skin", "questionnaires"):
            self.walk(reverse(page, args=[mara.id]))
        for name, kinds in views():
            if name not in ("account_logout", "answer", "answer_look", "join"):
                self.walk(self.address(name, kinds))
        for name in self.secrets:
            self.walk(reverse(name, args=[self.secrets[name]]), "visitor")

    def address(self, name, kinds):
        missing = {"uuid": "00000000-0000-0000-0000-00000000000a", "int": 10**6}
        known = self.known | ({"secret": self.secrets[name]} if name in self.secrets else {})
        return reverse(name, kwargs={part: known.get(part, missing.get(kind, "none")) for part, kind in kinds.items()})

    def walk(self, address, who="clinician"):
        """Look at a page; keep its forms, and of its links one of each kind of page as what is known."""
        answer = self.browsers[who].get(address)
        assert answer.status_code < 500, address
        if (
            answer.streaming
            or not answer.headers.get("Content-Type", "").startswith("text/html")
            or not answer.content.strip()
        ):
            return
        page = html.fromstring(answer.content)
        for link in page.xpath("//a/@href"):
            self._know(urljoin(address, link))
        for form in page.xpath("//form|//*[@hx-post]"):
            within = form if form.tag == "form" else next(iter(form.xpath("ancestor::form")), form)
            to = form.get("hx-post") or (within.get("action") if within.get("method", "").lower() == "post" else None)
            if to is None and within.get("method", "").lower() != "post":
                continue
            to = urljoin(address, to or address)
            fields = defaultdict(list)
            for field in within.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]|.//button[@name]"):
                offered = field.xpath(".//option/@value") or [field.get("value") or field.text or "1"]
                fields[field.get("name")] += [one.encode() for one in offered[:30]]
            name = self._name(to)
            if name and len(self.forms[name]) < 3:
                self.forms[name][to] = dict(fields)

    def _name(self, address):
        try:
            return resolve(urlsplit(address).path).url_name
        except Resolver404:
            return None

    def _know(self, address):
        if urlsplit(address).path.startswith("/patients/"):
            try:
                match = resolve(urlsplit(address).path)
            except Resolver404:
                return
            for part, value in match.kwargs.items():
                self.known.setdefault(part, value)


@pytest.fixture
def site(clinic, mara, member):
    """All pages looked at once."""
    return Site(clinic, mara, member)


def as_bytes(pairs):
    return b"&".join(quote_from_bytes(name).encode() + b"=" + quote_from_bytes(value).encode() for name, value in pairs)


def submissions(fields):
    """Any of the form's fields, with values it offers or hostile ones, some twice, and a field it does not know."""
    one = st.one_of(
        *(
            st.tuples(st.just(name.encode()), st.sampled_from([*offered, *HOSTILE]))
            for name, offered in sorted(fields.items())
        ),
        st.tuples(st.just(b"stranger"), st.sampled_from(HOSTILE)),
    )
    whole = st.tuples(
        *(st.tuples(st.just(name.encode()), st.sampled_from(offered)) for name, offered in sorted(fields.items()))
    )
    return st.tuples(whole, st.lists(one, max_size=4), st.booleans()).map(
        lambda drawn: as_bytes(
            [pair for pair in drawn[0] if drawn[2] and pair[0] not in {name for name, _ in drawn[1]}] + drawn[1]
        )
    )


def failing(browser, method, address, body=b""):
    """What went wrong with a request, or nothing."""
    try:
        kind = "application/x-www-form-urlencoded"
        answer = browser.generic(method, address, body, content_type=kind) if method == "POST" else browser.get(address)
    except Exception as error:
        place = error.__traceback__
        while place.tb_next:
            place = place.tb_next
        return f"{method} {address[:150]} {body[:300]!r}: {type(error).__name__}: {str(error)[:200]} ({place.tb_frame.f_code.co_filename.rpartition('src/')[2]}:{place.tb_lineno})"
    return f"{method} {address[:150]} {body[:300]!r}: {answer.status_code}" if answer.status_code >= 500 else ""


def attacked(browser, address, fields):
    """Send a few submissions of one form; what went wrong."""
    wrong = []

    @FEW
    @given(submissions(fields))
    def send(body):
        wrong.append(failing(browser, "POST", address, body))

    send()
    return [said for said in wrong if said]


def test_no_form_brings_the_site_down(site):
    assert len(site.forms) >= 35, "the forms were found"
    wrong = []
    last = ("member", "account_logout")  # they may end what the others need
    for name, places in sorted(site.forms.items(), key=lambda item: item[0] in last):
        browser = site.browsers["visitor" if name in site.secrets else "clinician"]
        for address, fields in places.items():
            wrong += [f"{name}: {said}" for said in attacked(browser, address, fields)]
    assert not wrong, f"{len(wrong)} answers:\n" + "\n".join(wrong)


def test_no_address_brings_the_site_down(site):
    wrong = []
    query = as_bytes(
        [
            (name, value)
            for name in (b"q", b"page", b"day", b"days", b"from", b"to", b"next")
            for value in (b"9" * 30, b"\xed\xa0\x80")
        ]
    )
    for name, kinds in views():
        if name == "account_logout":
            continue
        address = site.address(name, kinds)
        asked = [f"{address}?{query.decode()}", f"{address}?q=%00", *(
            re.sub(rf"(?<=/){re.escape(str(part))}(?=/|$)", value, address, count=1)
            for part in {str(site.known.get(part, "none")) for part in kinds if part != "patient_id"} for kind in set(kinds.values()) for value in PARTS[kind]
        )]  # fmt: skip
        for who in ("clinician", "patient"):
            wrong += [
                f"{name}: {said}" for one in dict.fromkeys(asked) if (said := failing(site.browsers[who], "GET", one))
            ]
    assert not wrong, f"{len(wrong)} answers:\n" + "\n".join(wrong)


def test_a_nul_is_refused_alike_on_both_databases(signed_in, patient):
    browser = signed_in(Role.CLINICIAN)
    address = reverse("patients")
    assert browser.get(address, {"q": "a\x00b"}).status_code == 400
    assert browser.post(reverse("patient_new"), {"name": "Ada\x00"}).status_code == 400
    assert browser.post(reverse("patient_new"), {"na\x00me": "Ada"}).status_code == 400
    visitor = Client()
    assert visitor.get(reverse("account_login"), headers={"cookie": 'sid="a\\000b"'}).status_code == 400
    assert browser.get(address, {"q": "Ada"}).status_code == 200
