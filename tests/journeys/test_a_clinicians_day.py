"""A clinician's day from the printed credentials to signing out: the missed test is found, acted on, printed and logged.

The stations that need more than one page have stories of their own: importing and reading a chart (test_a_chart_is_imported_and_read),
the diagnostic steps (test_diagnostic_steps), Reboot held by its gate and let through with a reason (test_a_plan_is_held_and_printed).
"""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from pypdf import PdfReader

import zonula

MARA = Path(zonula.__file__).parent / "examples" / "mara-lindqvist"
IMPORTED = 60_000  # milliseconds until a background import must be done
MISSED = "tTG-IgA was done but no total IgA is recorded"
# Pages of the journey, as the nav of a patient names them, and of the clinic.
STEPS = ("skin/", "days/", "foods/", "outcome/", "consent/", "log/")


def test_from_the_printed_password_to_signing_out(
    story: Any, page: Page, clinic: Any, examine: Callable[[str], None]
) -> None:
    with story.given("the people and the password that `zonula demo` printed"):
        page.goto("/patients/")
        expect(page).to_have_url(re.compile("/account/login/"))
        examine("sign-in")
    with story.when("the clinician signs in with them"):
        page.locator("input[name=login]").fill(clinic.people["clinician"])
        page.locator("input[name=password]").fill(clinic.password)
        page.locator("input[name=password]").press("Enter")
    with story.then("the clinic opens on its patients"):
        expect(page.get_by_role("heading", name="What needs attention today")).to_be_visible()
    with story.when("she takes in a new patient's files"):
        page.goto("/patients/new/")
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.get_by_label("Name").fill(f"Mara Day {width}")
        page.get_by_label("Date of birth").fill("1982-05-17")
        page.get_by_role("button", name="Make the patient").click()
        patient = page.url.partition("documents/")[0]
        page.locator("#files").set_input_files(sorted(MARA.iterdir()))
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("Open the chart")).to_be_visible(timeout=IMPORTED)
    with story.then("the missed celiac test stands in the assessment's first page"):
        page.goto(f"{patient}assessment/")
        expect(page.get_by_text(MISSED).first).to_be_visible()
    with story.then("the one-page summary carries her name, her birth date and that red flag"):
        page.goto(f"{patient}print/")
        with page.expect_download() as download:
            page.get_by_role("link", name="One-page summary", exact=True).click()
        pages = PdfReader(io.BytesIO(download.value.path().read_bytes())).pages
        text = " ".join(" ".join(one.extract_text() for one in pages).split())
        assert f"Mara Day {width}" in text
        assert "1982-05-17" in text
        assert "total IgA" in text
    with story.then("the log says what she did"):
        page.goto(f"{patient}log/")
        expect(page.get_by_text("Dr Ada Berg").first).to_be_visible()
    with story.when("she signs out"):
        session = page.context.cookies()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(re.compile("/account/login/"))
    with story.then("neither her pages nor her old cookie open anything"):
        page.goto(f"{patient}chart/")
        expect(page).to_have_url(re.compile("/account/login/"))
        page.context.clear_cookies()
        page.context.add_cookies(session)
        page.goto(f"{patient}chart/")
        expect(page).to_have_url(re.compile("/account/login/"))


def test_every_other_page_of_a_patient_whose_plan_runs(
    story: Any, page: Page, sign_in: Callable[[str], None], examine: Callable[[str], None]
) -> None:
    with story.given("a virtual patient with a plan and a diary"):
        sign_in("clinician")
        page.goto("/patients/?q=V001")
        href = page.locator("main a[href^='/patients/']").filter(has_not_text=re.compile("^New|Make")).last
        patient = re.sub(r"(/patients/[0-9a-f-]{36}/).*", r"\1", str(href.get_attribute("href")))
        assert patient.count("-") == 4
    for step in STEPS:
        with story.then(f"{step} is there, at this width, in light and in dark"):
            answer = page.goto(patient + step)
            assert answer is not None
            assert answer.ok
            examine(step.strip("/"))
    for name in ("people", "figures", "log"):
        with story.then(f"the clinic's {name} are there too"):
            answer = page.goto(f"/{name}/")
            assert answer is not None
            assert answer.ok
            examine(f"clinic-{name}")
