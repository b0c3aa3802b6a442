"""Reboot is started, stopped by a gate, let through by name and reason, and the papers leave the clinic with the patient's name on them."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

DANGERS = (
    "pregnant", "breastfeeding", "eating_disorder_risk", "asthma_uncontrolled", "anaphylaxis_history", "beta_blocker",
    "insulin_or_sulfonylurea", "kidney_disease", "transplant", "mastocytosis", "ill_today", "cofactor_today",
)  # fmt: skip
SAFETY = ("mentally_stable", "second_adult", "near_emergency_care", "rescue_plan")


@pytest.fixture
def patient(page: Page, sign_in: Callable[[str], None], request: Any) -> str:
    """A clinician with a new patient, whose name tells the test and the width: the address of the patient."""
    called = "Paper Walker" if "papers" in request.node.name else "Gate Climber"
    sign_in("clinician")
    page.goto("/patients/new/")
    page.get_by_label("Name").fill(f"{called} {page.viewport_size['width'] if page.viewport_size else ''}")
    page.get_by_label("Date of birth").fill("1980-02-03")
    page.get_by_role("button", name="Make the patient").click()
    expect(page.get_by_role("heading", name="Documents and import")).to_be_visible()
    return page.url.partition("documents/")[0]


def test_reboot_is_stopped_by_a_gate_until_someone_answers_for_it(
    story: Any, page: Page, patient: str, watch: Any, examine: Callable[[str], None]
) -> None:
    watch.allow("status of 422")
    with story.given("the protocols, each with what supports it"):
        page.goto(f"{patient}plan/")
        expect(page.get_by_text("the clinic's hypothesis, under test").first).to_be_visible()
        examine("plan-protocols")
        page.get_by_role("button", name=re.compile("Start Reboot")).click()
    with story.then("every gate is shown before a button is pressed, and unknown holds"):
        expect(page.get_by_text("not known, so held").first).to_be_visible()
        examine("plan-held")
    with story.when("she presses all the same"):
        page.get_by_role("button", name="Begin reboot").click()
    with story.then("it is refused in words"):
        expect(page.get_by_role("alert").first).to_contain_text("is held by the gate celiac")
    with story.when("she says what is known"):
        page.goto(f"{patient}plan/situation/")
        for name in DANGERS:
            page.locator(f"input[name={name}][value=no]").check()
        for name in SAFETY:
            page.locator(f"input[name={name}][value=yes]").check()
        page.get_by_label("Height in cm").fill("170")
        page.get_by_label("New weight in kg").fill("68")
        examine("plan-situation")
        page.get_by_role("button", name="Write it down").click()
        expect(page.get_by_text("held by 1 gate")).to_be_visible()
    with story.when("she overrides the celiac gate with a reason, and begins"):
        page.locator("#gate-celiac").get_by_text("Override this gate").click()
        page.locator("#gate-celiac").get_by_label("Why it is safe").fill("Serology negative twice on gluten, outside")
        page.get_by_role("button", name="Override the gate").click()
        page.get_by_role("button", name="Begin reboot").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Plan: Reboot")
    with story.then("the override stands in the plan with the name, and in the log"):
        expect(page.locator("#history ~ table")).to_contain_text("Serology negative twice on gluten, outside")
        page.get_by_role("link", name="Who looked").click()
        expect(page.get_by_text("overrode a gate").first).to_be_visible()
    with story.when("she leaves milk out and asks what may be eaten"):
        page.goto(f"{patient}plan/")
        page.get_by_text("Exclude a food").click()
        page.locator("#exclude-food").fill("milk")
        page.locator("#exclude-why").select_option("allergy")
        page.locator("#exclude-reason").fill("hives in minutes")
        page.get_by_role("button", name="Exclude it").click()
        expect(page.get_by_text("hives in minutes").first).to_be_visible()
        examine("plan")
        page.goto(f"{patient}plan/diet/")
        page.locator("#food").fill("butter")
        page.get_by_role("button", name="Ask").click()
    with story.then("the answer comes without leaving the page"):
        expect(page.locator("#eaten")).to_contain_text("butter: not eaten")
        examine("plan-diet")


def test_the_papers_carry_the_patient(story: Any, page: Page, patient: str, examine: Callable[[str], None]) -> None:
    with story.given("a patient with a plan"):
        page.goto(f"{patient}plan/")
        page.get_by_role("button", name=re.compile("Start Low-FODMAP")).click()
        page.goto(f"{patient}print/")
        examine("print")
    for name in (
        "One-page summary",
        "Assessment",
        "The patient's plan",
        "Food passport",
        "Food passport for the wallet",
    ):
        with story.then(f"{name} is a PDF with the name on every page"):
            with page.expect_download() as download:
                page.get_by_role("region", name="Papers").get_by_role("link", name=name, exact=True).click()
            pages = PdfReader(io.BytesIO(download.value.path().read_bytes())).pages
            assert all("Paper Walker" in one.extract_text() for one in pages)
            assert "Walker" not in download.value.suggested_filename
