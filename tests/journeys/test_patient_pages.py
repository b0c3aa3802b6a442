"""The patient's pages in a browser: everyone can use each of them, a repeat meal takes two taps, the first page is light, an alarm needs no
connection, and who signs out leaves nothing behind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

MOST_BYTES = 150_000
PAGES = (
    "",
    "meal",
    "symptoms",
    "evening",
    "short",
    "stool",
    "medicine",
    "practice",
    "note",
    "settings",
    "reminders",
    "help",
    "help?what=suicidal",
    "choose",
    "dose",
)
ON_A_DESK = {"", "evening"}


def opened(page: Page) -> None:
    expect(page.locator("html[data-ready]")).to_be_attached()
    expect(page.locator("#standing")).to_have_text("Everything is sent to the clinic", timeout=15_000)


def test_everyone_can_use_every_page(story, page, sign_in, screen, examine):
    with story.given("a patient at the diary"):
        sign_in("patient")
        opened(page)
    with story.then("each page is accessible, in light and dark"):
        for name in PAGES if screen.phone else sorted(ON_A_DESK):
            page.evaluate(f"location.hash = '#/{name}'")
            expect(page.locator("main h1")).to_be_focused()
            examine(f"diary-{re.sub('[^a-z]+', '-', name) or 'today'}")
    with story.then("so are the pages on the own data"):
        for link, name in (("My data", "data"), ("My foods", "my-foods"), ("Food passport", "passport")):
            page.goto("/diary/")
            page.get_by_role("link", name=link).click()
            expect(page.locator("main h1")).to_have_text(link)
            examine(f"diary-{name}")


@contextmanager
def counted(page: Page) -> Iterator[dict[str, int]]:
    """Bytes that travel while the page opens for the first time."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    seen = {"bytes": 0}
    session.on(
        "Network.loadingFinished", lambda event: seen.update(bytes=seen["bytes"] + int(event["encodedDataLength"]))
    )
    yield seen
    session.detach()


def test_the_first_page_is_light(page, sign_in, screen):
    if not screen.phone:
        pytest.skip("about a phone")
    sign_in("patient")
    opened(page)
    page.context.clear_cookies()
    fresh = page.context.browser.new_context(base_url=page.url.split("/diary")[0], service_workers="block")
    try:
        first = fresh.new_page()
        session = fresh.new_cdp_session(first)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        with counted(first) as seen:
            first.goto("/diary/")
            expect(first.locator("html[data-ready]")).to_be_attached()
            first.wait_for_load_state("networkidle")
        ready = first.evaluate("performance.getEntriesByName('diary ready')[0].startTime")
        print(f"first page: {seen['bytes'] / 1000:.0f} kB, interactive after {ready:.0f} ms at a quarter of the speed")
        assert 10_000 < seen["bytes"] < MOST_BYTES
    finally:
        fresh.close()


def test_a_food_is_found_by_another_name_and_eaten_again_with_two_taps(story, page, sign_in, screen):
    if not screen.phone:
        pytest.skip("about a phone")
    sign_in("patient")
    opened(page)
    with story.when("a meal is searched by a synonym that is misspelt"):
        page.get_by_role("link", name="Meal", exact=True).tap()
        page.get_by_label("Search a food or drink").fill("garbanso")
        page.locator(".results button").first.tap()
        chosen = page.locator(".item span").first.inner_text()
        assert "hickpea" in chosen
        page.get_by_label(f"How much {chosen}").select_option("large")
        page.get_by_role("button", name="Save the meal").tap()
        expect(page.locator("#told")).to_contain_text("Meal saved")
    with story.then("it is eaten again with two taps, and taken back with one"):
        before = page.locator("a.row", has_text=chosen).count()
        page.locator("#told").evaluate("told => told.replaceChildren()")
        page.get_by_role("link", name="Meal", exact=True).tap()
        page.get_by_role("button", name=re.compile(f"^{re.escape(chosen)} \\(large\\)$")).first.tap()
        expect(page.locator("a.row", has_text=chosen)).to_have_count(before + 1)
        page.get_by_role("button", name="Undo").tap()
        expect(page.locator("a.row", has_text=chosen)).to_have_count(before)


def test_an_alarm_shows_its_card_without_a_connection_and_the_clinic_is_told_after(story, page, sign_in, watch, screen):
    if not screen.phone:
        pytest.skip("about a phone")
    watch.allow("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    sign_in("patient")
    opened(page)
    with story.when("someone cannot breathe, without a connection"):
        page.context.set_offline(True)
        page.get_by_role("link", name="Help now").tap()
        page.get_by_role("button", name="I cannot breathe well").tap()
    with story.then("what to do stands there at once"):
        expect(page.get_by_text("adrenaline pen")).to_be_visible(timeout=1000)
        expect(page.get_by_role("link", name="Call 112 (Europe)")).to_be_visible()
        expect(page.locator("#standing")).to_contain_text("1 saved on this phone")
    with story.then("with a connection it becomes a task of the clinic"):
        page.context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#standing")).to_have_text("Everything is sent to the clinic", timeout=15_000)
        sign_in("clinician")
        page.goto("/patients/")
        expect(page.get_by_text("Trouble breathing, written in the diary").first).to_be_attached()


def test_a_test_is_stopped_with_one_tap_and_the_clinic_is_told(story, page, sign_in, screen):
    if not screen.phone:
        pytest.skip("about a phone")
    dose = {"food": "milk", "name": "Milk", "form": "", "day_number": 2, "portion": 0.5, "says": "Eat half a usual portion of Milk.",
            "supervised": False, "stopped": False}  # fmt: skip
    plan = {"title": "Testing foods", "purpose": "", "day_of_stage": 2, "paused": [], "tasks": [], "avoid": [], "again": [],
            "dose": dose, "back": {"given_back": [], "restricted_days": 0}}  # fmt: skip

    def with_a_dose(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"plan": plan})

    page.context.route(re.compile("/diary/form/$"), with_a_dose)
    sign_in("patient")
    opened(page)
    with story.given("a day on which a food is tested"):
        page.get_by_role("link", name="Open the test").tap()
        expect(page.get_by_role("button", name="I ate it now")).to_be_visible()
    with story.when("the patient stops the test"):
        page.get_by_role("button", name="Stop the test").tap()
    with story.then("no further dose is offered, there or on the first page"):
        expect(page.get_by_text("You stopped this test. Eat no more of this food.")).to_be_visible()
        expect(page.get_by_role("button", name="I ate it now")).to_have_count(0)
        page.evaluate("location.hash = '#/'")
        expect(page.get_by_text("You stopped this test. Eat no more of this food.")).to_be_visible()
        expect(page.locator("#standing")).to_have_text("Everything is sent to the clinic", timeout=15_000)
    page.context.unroute_all()
    with story.then("it is a task of the clinic"):
        sign_in("clinician")
        page.goto("/patients/")
        expect(page.get_by_text("The patient stopped the test of Milk").first).to_be_attached()


def test_signing_out_leaves_nothing_on_the_phone(story, page, sign_in, cookies_of, screen):
    if not screen.phone:
        pytest.skip("about a phone")
    sign_in("patient")
    opened(page)
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 1
    with story.when("the patient signs out"):
        page.evaluate("location.hash = '#/settings'")
        page.get_by_role("button", name="Sign out").tap()
        page.wait_for_url("**/account/login/")
    cookies_of.pop("patient", None)
    with story.then("no entry, no key, no form is left"):
        left = page.evaluate(
            "async () => [(await indexedDB.databases()).length, (await caches.keys()).length, localStorage.length]"
        )
        assert left == [0, 0, 0]
