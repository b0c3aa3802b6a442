"""How people come in: by an invitation, with a passkey or an authenticator app, and out again everywhere."""

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

PASSWORD = "lamp river nine copper"


@pytest.fixture
def visitor(browser: Browser, clinic: Any) -> Iterator[BrowserContext]:
    """A browser of somebody else. By name, because a passkey belongs to a name and never to a number."""
    context = browser.new_context(
        base_url=f"http://localhost:{urlsplit(clinic.url).port}", viewport={"width": 1280, "height": 900}
    )
    yield context
    context.close()


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def invited(page: Page, clinic: Any) -> tuple[str, str]:
    """A new member's link and address; the administrator is signed out again."""
    sign_in(page, clinic.people["clinician"], clinic.password)
    page.goto("/people/")
    email = f"invited-{time.time_ns()}@zonula.invalid"
    page.locator("#name").fill("Invited Dietitian")
    page.locator("#email").fill(email)
    page.locator("#role").select_option("dietitian")
    page.get_by_role("button", name="Make the link").click()
    link = urlsplit(page.locator("#link").input_value()).path
    page.get_by_role("button", name="Sign out").click()
    return link, email


def joined(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("navigation", name="Main")).to_contain_text("Patients")


def one_time_code(secret: str, steps: int = 0) -> str:
    """RFC 6238, as an authenticator app computes it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_an_invited_dietitian_joins_with_a_passkey_and_signs_in_with_it(
    story: Any, clinic: Any, visitor: BrowserContext, browser: Browser
) -> None:
    page = visitor.new_page()
    with story.given("an administrator who invites a dietitian"):
        link, _ = invited(page, clinic)
    with story.when("the dietitian opens the link and chooses a password"):
        page.goto(link)
        page.locator("#password").fill("password123456789")
        page.locator("#again").fill("password123456789")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("alert")).to_contain_text("guess")
        joined(page, link)
    with story.then("the patients are there, and the link is used up"):
        expect(page.get_by_role("navigation", name="Main")).to_contain_text("Patients")
        expect(page.get_by_role("navigation", name="Main")).not_to_contain_text("People")
        assert page.goto(link).status == 404
    with story.when("a passkey is added"):
        devtools = visitor.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
        page.goto("/account/2fa/webauthn/add/")
        if "reauthenticate" in page.url:
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name=re.compile("confirm", re.I)).click()
        page.get_by_label("Name").fill("my phone")
        page.get_by_label(re.compile("passwordless", re.I)).check()
        page.get_by_role("button", name="Add").click()
        page.wait_for_url(re.compile("2fa"))
    with story.then("it is enough to sign in"):
        page.get_by_role("button", name="Sign out").click()
        page.goto("/account/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("navigation", name="Main")).to_contain_text("Patients")


def test_an_authenticator_app_is_asked_for_and_its_code_works_once(
    story: Any, clinic: Any, visitor: BrowserContext
) -> None:
    page = visitor.new_page()
    with story.given("a member who sets up an authenticator app"):
        link, email = invited(page, clinic)
        joined(page, link)
        page.goto("/account/2fa/totp/activate/")
        if "reauthenticate" in page.url:
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name=re.compile("confirm", re.I)).click()
        secret = page.locator("#authenticator_secret").input_value()
        code = one_time_code(secret)
        page.get_by_label(re.compile("code", re.I)).fill(code)
        page.get_by_role("button", name=re.compile("activate", re.I)).click()
        page.wait_for_load_state()
    with story.when("the password alone is given"):
        page.get_by_role("button", name="Sign out").first.click()
        sign_in(page, email, PASSWORD)
    with story.then("a code is asked for, a wrong one is refused, and nothing is seen meanwhile"):
        enter(page, "000000")
        expect(page.locator(".error").first).to_contain_text("Incorrect")
        page.goto("/patients/")
        expect(page).to_have_url(re.compile("login|authenticate"))
    with story.when("the right code is given"):
        fresh = one_time_code(secret, steps=1)  # the phone's clock is half a minute ahead
        enter(page, fresh)
        expect(page.get_by_role("navigation", name="Main")).to_contain_text("Patients")
    with story.then("whoever saw it cannot use it again"):
        page.get_by_role("button", name="Sign out").first.click()
        sign_in(page, email, PASSWORD)
        enter(page, fresh)
        expect(page.locator(".error").first).to_contain_text("Incorrect")


def enter(page: Page, code: str) -> None:
    page.get_by_label(re.compile("code", re.I)).first.fill(code)
    page.get_by_role("button", name=re.compile("^sign in$", re.I)).first.click()
    page.wait_for_load_state()


def test_signed_in_elsewhere_is_listed_and_ended(
    story: Any, clinic: Any, browser: Browser, visitor: BrowserContext
) -> None:
    page = visitor.new_page()
    with story.given("somebody signed in at two places"):
        sign_in(page, clinic.people["staff"], clinic.password)
        other = browser.new_context(base_url=f"http://localhost:{urlsplit(clinic.url).port}")
        there = other.new_page()
        sign_in(there, clinic.people["staff"], clinic.password)
        expect(there.get_by_role("navigation", name="Main")).to_contain_text("Patients")
    with story.when("the other place is ended"):
        page.goto("/account/sessions/")
        page.get_by_role("button", name=re.compile("sign out other", re.I)).click()
    with story.then("it is over there, at once"):
        there.goto("/patients/")
        expect(there).to_have_url(re.compile("login"))
        other.close()
