"""Steps 2 to 4 and the assessment in a real browser: a link answered on a phone, forty foods typed by keyboard, every page accessible."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

FOODS = 40
EVERY = 5  # every fifth food raises a wheal


@contextmanager
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """Somebody else's phone, where nobody is signed in."""
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def mara(page: Page, sign_in: Callable[[str], None]) -> str:
    """The clinician is signed in and has opened a patient: the patient's address."""
    sign_in("clinician")
    page.goto("/patients/?q=Lindqvist")
    page.get_by_role("link", name="Mara Lindqvist").first.click()
    expect(page.get_by_role("navigation", name="The journey")).to_be_visible()
    return re.sub(r"(/patients/[0-9a-f-]{36}/).*", r"\1", page.url)


def test_a_questionnaire_is_answered_on_a_phone_by_a_link(
    story: Any, page: Page, browser: Browser, site: str, mara: str, examine: Callable[[str], None]
) -> None:
    with story.given("a clinician who makes a link for the safety questions"):
        page.goto(f"{mara}questionnaires/")
        examine("questionnaires")
        page.get_by_role("link", name="Safety questions").click()
        page.get_by_role("button", name="Make a link").click()
        examine("questionnaire-link")
        address = page.locator(".secret-link").inner_text()
    with story.when("the patient opens it and answers an alarm question"), phone(browser, site) as theirs:
        theirs.goto(address)
        expect(theirs.get_by_text("Mara Lindqvist")).to_have_count(0)
        theirs.get_by_role("group", name="Are you having trouble breathing").get_by_text("Yes").tap()
        with story.then("what to do stands on the screen at once, before anything is sent"):
            expect(theirs.get_by_text("Please do this now")).to_be_visible()
        theirs.get_by_role("group", name="Do you at present have a plan").get_by_text("No", exact=True).tap()
        theirs.get_by_role("button", name="Send").tap()
        expect(theirs.get_by_role("heading", name="Thank you")).to_be_visible()
        with story.then("the link is used up"):
            assert theirs.goto(address).status == 410
    with story.then("the clinic sees the alarm on the questionnaire and above the assessment"):
        page.goto(f"{mara}questionnaires/safety-screen/")
        expect(page.get_by_text("trouble breathing, a closing throat").first).to_be_visible()
        examine("questionnaire")
        page.goto(f"{mara}assessment/")
        expect(page.get_by_role("heading", name="Act on this first")).to_be_visible()
        examine("assessment")


def test_only_questions_that_apply_are_asked(story: Any, page: Page, mara: str, examine: Callable[[str], None]) -> None:
    with story.given("the questionnaire of the twelve symptom areas"):
        page.goto(f"{mara}questionnaires/symptom-domains/fill/")
        its_story = page.locator('[data-link="fatigue-story"]')
        expect(its_story).to_be_hidden()
        examine("questionnaire-fill")
    with story.when("a symptom is there"):
        page.locator("#fatigue-severity-7").check()
    with story.then("its story is asked, and goes again when the answer is taken back"):
        expect(its_story).to_be_visible()
        page.get_by_role("button", name="Take the answer back").first.click()
        expect(its_story).to_be_hidden()


def test_forty_foods_are_typed_by_keyboard(story: Any, page: Page, mara: str, examine: Callable[[str], None]) -> None:
    keys = 0

    def press(*names: str) -> None:
        nonlocal keys
        for name in names:
            page.keyboard.press(name)
            keys += 1

    with story.given("a session whose circumstances are written down"):
        page.goto(f"{mara}skin/session/")
        for name, choice in (
            ("asthma", "none"),
            ("drugs", "none"),
            ("adrenaline_ready", "yes"),
            ("physician_on_site", "yes"),
        ):
            page.select_option(f"#{name}", choice)
        page.fill("#control_min", "15")
        page.fill("#food_min", "16")
    with story.when("the controls and forty foods are typed without a mouse"):
        page.get_by_label("Histamine control: largest diameter in mm").focus()
        press("6", "Enter", "5", "Enter", "0", "Enter")
        for number in range(FOODS):
            press(*(("4", "Enter", "5", "Enter") if number % EVERY == 1 else ("0", "Enter")))
    with story.then("it took about three keys for each food, and the session is judged and kept meanwhile"):
        assert keys <= 3 * FOODS
        so_far = page.locator("#so-far")
        expect(so_far).to_contain_text(f"{FOODS} foods written: {FOODS // EVERY} positive")
        expect(so_far).to_contain_text("So far valid")
        expect(so_far).to_contain_text("Kept ")
        examine("skin-grid")
    with story.then("nothing is lost when the page is loaded again"):
        page.reload()
        expect(page.get_by_label("Casein: largest diameter in mm")).to_have_value("4")
        expect(page.get_by_label("Casein: diameter across in mm")).to_have_value("5")
    with story.when("the session is finished"):
        page.get_by_role("button", name="Finish the session").click()
    with story.then("it is read with its interval, sensitised apart from allergic, the rule labelled hypothesis"):
        expect(page.get_by_text("The session is valid and was read.")).to_be_visible()
        expect(page.get_by_text(f"{FOODS // EVERY} of {FOODS}").first).to_be_visible()
        expect(page.get_by_role("heading", name="hypothesis")).to_be_visible()
        examine("skin")
        # The next screen types its own session of this day.
        page.get_by_text("Withdraw this session").click()
        page.get_by_label("Why?").fill("typed by a test")
        page.get_by_role("button", name="Withdraw").click()
        expect(page.get_by_text("typed by a test").first).to_be_visible()


def test_the_laboratory_says_what_would_settle_it(
    story: Any, page: Page, mara: str, examine: Callable[[str], None]
) -> None:
    with story.given("a chart whose celiac serology cannot be read"):
        page.goto(f"{mara}laboratory/")
        expect(page.get_by_role("heading", name="What would settle it")).to_be_visible()
        examine("laboratory")
    with story.when("the clinician opens the questions that no record answers"):
        page.get_by_role("link", name="Answer the questions no record answers").click()
        page.wait_for_url("**/laboratory/celiac/**")
        examine("laboratory-celiac")
    with story.then("not asked is an answer of its own beside yes and no"):
        expect(page.get_by_role("group", name="Unintended weight loss").get_by_role("radio")).to_have_count(3)
