"""Nothing typed on the phone is lost or doubled: without a connection, with the browser killed, answers lost, two phones, a wrong clock,
and a server that dies in the middle."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / ".cache" / "browser" / "browser.json"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-GB",
    "timezone_id": "UTC",
}
HOST_RULES = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
PATIENCE = 15_000
# What the button does, without waiting for a finger: the program's own way of writing an entry.
WRITE_MORE = """async (count) => {
    const { write, usualMeals } = await import('/static/patient/state.js'), when = await import('/static/patient/when.js');
    for (let n = 0; n < count; n++) await write('meal', { at: when.local(when.now()), items: usualMeals()[0] });
}"""
OFFLINE = r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION|ERR_EMPTY_RESPONSE|service worker"


@pytest.fixture
def profile() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="zonula-phone-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def phone(browser, profile: Path, site: str) -> Iterator[BrowserContext]:
    """A phone with a memory: the same profile opens with what it kept."""
    found = json.loads(FOUND.read_text(encoding="utf-8"))
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=found["executable"], env={**os.environ, **found["environment"]}, base_url=site, args=[HOST_RULES], **PHONE
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    yield context
    with suppress(Error):  # it may have been killed
        context.close()


def kill_browser(profile: Path) -> int:
    """SIGKILL to every process of that profile; returns how many there were."""
    killed = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
                if str(profile) in command and int(folder.name) != os.getpid():
                    os.kill(int(folder.name), signal.SIGKILL)
                    killed += 1
            except OSError:
                continue
    return killed


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/?next=/diary/")
    if "/account/login/" in page.url:
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
    expect(page.locator("html[data-ready]")).to_be_attached()


def all_sent(page: Page) -> None:
    expect(page.locator("#standing")).to_have_text("Everything is sent to the clinic", timeout=PATIENCE)


def ready_offline(page: Page) -> None:
    """The service worker keeps the shell."""
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.keys())")
    page.wait_for_function(
        "async () => (await caches.keys()).length > 0 && navigator.serviceWorker.controller !== null"
    )


def kept(page: Page) -> dict[str, dict]:
    """What the clinic has, as the patient's own export says it: id to entry. The export itself holds each id once or fails here."""
    said = page.evaluate(
        "async () => (await fetch(`/patients/${localStorage.getItem('diary-owner')}/diary/data/diary.json`)).json()"
    )
    ids = [one["id"] for one in said["entries"]]
    assert len(ids) == len(set(ids))
    return {one["id"]: one for one in said["entries"]}


def quiet(page: Page) -> None:
    """Forget what was said before, so that the next word is about the next thing."""
    page.locator("#told").evaluate("told => told.replaceChildren()")


def repeat_meal(page: Page) -> None:
    """Two taps: Meal, and the usual one."""
    page.evaluate("location.hash = '#/'")
    page.get_by_role("link", name="Meal", exact=True).tap()
    quiet(page)
    page.get_by_role("button", name="Porridge of the journey").first.tap()
    expect(page.locator("#told")).to_contain_text("Meal saved")


def new_meal(page: Page, name: str) -> None:
    page.evaluate("location.hash = '#/'")
    page.get_by_role("link", name="Meal", exact=True).tap()
    page.get_by_label("Search a food or drink").fill(name)
    page.get_by_role("button", name=f"Add “{name}” as I wrote it").tap()
    quiet(page)
    page.get_by_role("button", name="Save the meal").tap()
    expect(page.locator("#told")).to_contain_text("Meal saved")


def test_fifty_entries_without_a_connection_and_a_killed_browser_arrive_once(
    story, browser, clinic, site, watch, profile
):
    watch.allow(OFFLINE)
    who = clinic.people["patient"], clinic.password
    with story.given("a phone where the diary was opened once"), phone(browser, profile, site) as context:
        watch.follow(context)
        page = context.pages[0]
        sign_in(page, *who)
        all_sent(page)
        ready_offline(page)
        before = kept(page)
        with story.when("fifty meals are written without a connection, even after opening the page anew"):
            context.set_offline(True)
            page.reload()
            new_meal(page, "Porridge of the journey")
            for _ in range(9):
                repeat_meal(page)
            page.evaluate(WRITE_MORE, 40)
            expect(page.locator("#standing")).to_contain_text("50 saved on this phone, not sent yet")
        with story.when("the browser is killed"):
            assert kill_browser(profile) > 0
    for lock in profile.glob("Singleton*"):
        lock.unlink()
    with phone(browser, profile, site) as context:
        watch.follow(context)
        page = context.pages[0]
        with story.then("they are still there, without a connection"):
            context.set_offline(True)
            page.goto("/diary/")
            expect(page.locator("#standing")).to_contain_text("50 saved on this phone, not sent yet")
        with story.then("nothing on the phone's disk can be read"):
            assert not any(
                b"Porridge of the journey" in one.read_bytes()
                for one in profile.rglob("*")
                if one.is_file() and "IndexedDB" in str(one)
            )
        with story.when("the connection is back, the session has ended, and the first two answers are lost"):
            lost = []

            def lose(route: Route) -> None:
                if len(lost) < 2:
                    lost.append(route.fetch().status)
                    route.abort()
                else:
                    route.continue_()

            context.route(re.compile("/diary/sync/$"), lose)
            context.set_offline(False)
            sign_in(page, *who)
            for _ in range(2):
                page.wait_for_timeout(300)
                page.evaluate("dispatchEvent(new Event('online'))")
            all_sent(page)
        with story.then("each of the fifty is at the clinic once, and the phone keeps none"):
            assert lost == [200, 200]
            new = {number: one for number, one in kept(page).items() if number not in before}
            assert len(new) == 50
            assert {one["items"][0]["name"] for one in new.values()} == {"Porridge of the journey"}


def test_two_phones_change_one_entry_and_the_patient_chooses(story, browser, clinic, site, watch):
    watch.allow(OFFLINE)
    contexts = [browser.new_context(base_url=site, **PHONE) for _ in range(2)]
    pages = []
    for context in contexts:
        context.set_default_timeout(PATIENCE)
        watch.follow(context)
        pages.append(context.new_page())
    first, second = pages
    with story.given("one entry on two phones"):
        sign_in(first, clinic.people["patient"], clinic.password)
        new_meal(first, "Soup of two phones")
        all_sent(first)
        contexts[1].add_cookies(contexts[0].cookies())
        second.goto("/diary/")
        all_sent(second)
        ready_offline(second)
        (original,) = [
            number
            for number, one in kept(first).items()
            if one.get("items", [{}])[0].get("name") == "Soup of two phones"
        ]

    def change(page: Page, note: str) -> None:
        page.evaluate(f"location.hash = '#/meal?id={original}'")
        page.get_by_text("When, note, photo").tap()
        page.get_by_label("Note").fill(note)
        quiet(page)
        page.get_by_role("button", name="Save the meal").tap()
        expect(page.locator("#told")).to_contain_text("Meal saved")

    with story.when("both change it, one without a connection"):
        contexts[1].set_offline(True)
        change(second, "with bread")
        change(first, "with cream")
        all_sent(first)
        contexts[1].set_offline(False)
        second.evaluate("dispatchEvent(new Event('online'))")
    with story.then("both versions are shown, and nothing is lost"):
        second.evaluate("location.hash = '#/'")
        second.get_by_role("link", name="Look and choose").tap()
        expect(second.get_by_text("with bread")).to_be_visible()
        expect(second.get_by_text("with cream")).to_be_visible()
        assert {one["note"] for one in kept(first).values() if one.get("note", "").startswith("with ")} == {
            "with bread",
            "with cream",
        }
    with story.when("the patient keeps the second"):
        second.get_by_role("button", name="Keep the second").tap()
        expect(second.locator("#told")).to_contain_text("The second version is kept")
        all_sent(second)
    with story.then("one entry is left, the chosen one, on both phones"):
        assert [
            (number, one["note"]) for number, one in kept(first).items() if one.get("note", "").startswith("with ")
        ] == [(original, "with bread")]
        first.evaluate("dispatchEvent(new Event('online'))")
        first.evaluate(f"location.hash = '#/entry?id={original}'")
        expect(first.get_by_text("with bread")).to_be_visible()
    for context in contexts:
        context.close()


def test_a_phone_whose_clock_is_wrong_writes_into_the_right_day(story, browser, clinic, site, watch):
    context = browser.new_context(base_url=site, **PHONE)
    context.set_default_timeout(PATIENCE)
    watch.follow(context)
    page = context.new_page()
    with story.given("a phone that is five years ahead"):
        page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=5 * 365))
        sign_in(page, clinic.people["patient"], clinic.password)
        all_sent(page)
    with story.when("a meal is written"):
        new_meal(page, "Clock cake")
        all_sent(page)
    with story.then("it stands on the clinic's day"):
        (one,) = [one for one in kept(page).values() if one.get("items", [{}])[0].get("name") == "Clock cake"]
        assert abs(datetime.fromisoformat(one["at"]).replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=5)
    context.close()


PREPARE = """
from zonula_web.commands.site import ready
ready()
from zonula_web.access.models import Clinic, Person
from zonula_web.audit.actor import acting
from zonula_web.records import read
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.actions.patients import new_patient
with acting("system:journey"):
    clinic = Clinic.objects.create(name="Journey")
    patient = new_patient(clinic=clinic, name="Vera Probst", today=read.today(clinic))
    patient.person = Person.objects.create_user("vera@home.invalid", "lamp river nine copper", name="Vera Probst")
    patient.save(update_fields=["person"])
    state_consent(patient=patient, by=patient.person, data="diary", given=True)
"""


class Server:
    """A small clinic that can be killed and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ZONULA_")}
        self.environment["ZONULA_DATA"] = str(folder / "data")
        subprocess.run([sys.executable, "-c", PREPARE], env=self.environment, check=True, capture_output=True)

    def start(self) -> None:
        log = self.folder / "log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zonula", "serve", "--port", str(self.port), "--workers", "1"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 120
        while True:
            try:
                with urlopen(f"{self.url}health/", timeout=5):
                    return
            except OSError:
                assert self.process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="zonula-killed-"))
    server = Server(folder)
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_a_server_that_dies_in_the_middle_of_a_sync_has_everything_once_after_it(story, browser, server):
    server.start()
    context = browser.new_context(base_url=server.url, **PHONE)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    with story.given("seven entries that wait"):
        sign_in(page, "vera@home.invalid", "lamp river nine copper")
        all_sent(page)
        ready_offline(page)
        context.set_offline(True)
        new_meal(page, "Porridge of the journey")
        for _ in range(6):
            repeat_meal(page)
    with story.when("the server takes them in and is killed before its answer arrives"):
        taken = []

        def kill(route: Route) -> None:
            taken.append(route.fetch().status)
            server.kill()
            route.abort()

        context.route(re.compile("/diary/sync/$"), kill, times=1)
        context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#standing")).to_contain_text("7 saved on this phone")
        page.wait_for_timeout(200)
    with story.when("the patient writes one more, the session ends, the server starts again and she signs in"):
        repeat_meal(page)
        context.clear_cookies()
        server.start()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.get_by_text("You were signed out")).to_be_visible()
        sign_in(page, "vera@home.invalid", "lamp river nine copper")
        all_sent(page)
    with story.then("the eight are there once"):
        assert taken == [200]
        assert len([one for one in kept(page).values() if one["kind"] == "meal"]) == 8
    context.close()
