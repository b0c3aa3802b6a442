"""Step 8 in a real browser: one course, the clinic's figures, what a researcher sees, and what is known; at both widths, all of it accessible."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect


def test_a_clinician_asks_whether_it_works(
    story: Any, page: Page, sign_in: Callable[[str], None], examine: Callable[[str], None]
) -> None:
    with story.given("a clinician with a patient whose plan has restricted eating"):
        sign_in("clinician")
        page.goto("/patients/?q=V001")
        page.locator("main table a").first.click()
    with story.when("she opens step 8"):
        page.get_by_role("navigation", name="The journey").get_by_role("link", name="8 Outcome").click()
    with story.then("the course stands with its baseline, its harm, and what is not said and why"):
        expect(page.get_by_role("heading", name="Outcome", exact=True)).to_be_visible()
        expect(page.get_by_text("Not said:").first).to_be_visible()
        expect(page.get_by_role("heading", name="Harm")).to_be_visible()
        examine("outcome")
    with story.when("she has the clinic's figures made"):
        page.get_by_role("link", name="Figures").click()
        page.get_by_role("button", name=re.compile("^Make")).click()
        expect(page.get_by_text("Courses summed up").first).to_be_visible(timeout=60_000)
        page.goto("/figures/")
    with story.then("benefit and harm stand side by side, and the claim is not judged on so few"):
        expect(page.get_by_role("heading", name="Benefit and harm")).to_be_visible()
        expect(page.get_by_text("Not enough data").first).to_be_visible()
        examine("figures")
    with story.when("she reads what is known"):
        page.get_by_role("link", name="What is known").click()
        expect(page.get_by_role("heading", name="What would change our mind").first).to_be_visible()
        examine("what-is-known")
        page.get_by_role("link", name="How it could work").click()
    with story.then("the idea is told under the site's policy, with what in it is hypothesis"):
        expect(page.get_by_text("This is not about you.")).to_be_visible()
        expect(page.locator(".mark.hypothesis").first).to_be_visible()
        examine("how-it-could-work")


def test_a_researcher_sees_no_few_people(
    story: Any, page: Page, sign_in: Callable[[str], None], examine: Callable[[str], None]
) -> None:
    with story.given("a researcher of a clinic with a handful of patients"):
        sign_in("researcher")
        expect(page).to_have_url(re.compile("/figures/"))
    with story.when("the figures are made"):
        page.get_by_role("button", name=re.compile("^Make")).click()
        expect(page.get_by_text("Last made")).to_be_visible(timeout=60_000)
        page.goto("/research/")
    with story.then("nothing is shown or given out, and the page says why and what protects everyone"):
        expect(page.get_by_text("Fewer than 10 patients")).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("CSV"))).to_have_count(0)
        expect(page.get_by_role("link", name="Patients")).to_have_count(0)
        page.get_by_text("The columns of the table").click()
        examine("research")
