"""From a pile of files to a chart that is read, questioned and corrected: import, timeline, why, correction, the list of the day."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import zonula

MARA = Path(zonula.__file__).parent / "examples" / "mara-lindqvist"
IMPORTED = 60_000  # milliseconds until a background import must be done
# A file of 1 KB dropped on the form, as a browser hands it over.
DROP = """(form, [name, text]) => {
    const basket = new DataTransfer();
    basket.items.add(new File([text], name));
    form.dispatchEvent(new DragEvent('drop', { dataTransfer: basket, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def mara(page: Page, sign_in: Callable[[str], None]) -> str:
    """The clinician is signed in: the address of the patient with the long chart."""
    sign_in("clinician")
    page.goto("/patients/?q=Lindqvist")
    return str(page.get_by_role("link", name="Mara Lindqvist").first.get_attribute("href"))


def _new_patient(page: Page, name: str, born: str) -> None:
    """A patient whose name tells the width of the screen: both walk through one clinic, which asks about people of one name."""
    page.goto("/patients/new/")
    page.get_by_label("Name").fill(f"{name} {page.viewport_size['width'] if page.viewport_size else ''}")
    page.get_by_label("Date of birth").fill(born)
    page.get_by_role("button", name="Make the patient").click()
    expect(page.get_by_role("heading", name="Documents and import")).to_be_visible()


def test_records_of_five_providers_become_one_chart(
    story: Any, page: Page, sign_in: Callable[[str], None], examine: Callable[[str], None], request: Any
) -> None:
    with story.given("a new patient without records"):
        sign_in("clinician")
        examine("patients")
        _new_patient(page, "Mara Lindqvist", "1982-05-17")
        examine("documents-empty")
    with story.when("all her files are chosen and imported"):
        page.locator("#files").set_input_files(sorted(MARA.iterdir()))
        expect(page.locator("[data-chosen]")).to_contain_text("5 chosen")
        page.get_by_role("button", name="Import", exact=True).click()
    with story.then("the page tells by itself when it is done, and what was kept of each document"):
        expect(page.get_by_text("Open the chart")).to_be_visible(timeout=IMPORTED)
        expect(page.get_by_text("kept").first).to_be_visible()
        examine("documents")
    with story.then("the chart holds fourteen years, and the celiac test without total IgA is among the red flags"):
        page.get_by_role("link", name="Open the chart").click()
        expect(page.get_by_text("tTG-IgA was done but no total IgA is recorded").first).to_be_visible()
        examine("chart")


def test_the_timeline_is_zoomed_moved_and_opened(story: Any, page: Page, mara: str) -> None:
    page.goto(f"{mara}chart/#timeline")
    window = page.locator("[data-window]")
    expect(window).to_contain_text("2012-01-01 to")
    with story.when("she zooms by button, keyboard and wheel"):
        page.get_by_role("button", name="Closer").click()
        expect(window).not_to_contain_text("2012-01-01")
        closer = window.inner_text()
        drawing = page.locator("[data-drawing]")
        drawing.focus()
        page.keyboard.press("ArrowRight")
        expect(window).not_to_have_text(closer)
        page.keyboard.press("0")
        expect(window).to_contain_text("2012-01-01 to")
        page.keyboard.press("+")
        expect(window).not_to_contain_text("2012-01-01")
        page.get_by_role("button", name="All years").click()
        expect(window).to_contain_text("2012-01-01 to")
    with story.when("she hides a lane"):
        page.get_by_text("Choose what is shown").click()
        lane = page.locator('.lane[data-lane="0.1"]')
        expect(lane).to_be_visible()
        page.locator('input[name="lane"][value="0.1"]').uncheck()
        expect(lane).to_be_hidden()
        page.get_by_text("Choose what is shown").click()
    with story.then("a click on a mark opens the record with its document and its own words"):
        page.locator(".lane.abnormal [data-fact]").last.click(force=True)
        opened = page.locator("[data-event]")
        expect(opened).to_contain_text("Read in")
        opened.get_by_text("As it stands in the original").click()
        expect(opened.locator("pre")).to_contain_text("resourceType")
        opened.get_by_role("link", name="Open this record").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_fact_is_corrected_and_stays_visible_struck_through(
    story: Any, page: Page, mara: str, examine: Callable[[str], None]
) -> None:
    page.goto(f"{mara}facts/?q=ferritin")
    examine("facts")
    page.locator("table a").first.click()
    examine("fact")
    before = page.locator(".sheet strong + *").first.inner_text()
    page.get_by_role("link", name="Correct it").click()
    examine("fact-correct")
    with story.when("the clinician corrects the value and says why"):
        page.get_by_label("Value").fill("77")
        page.get_by_label("Why is it corrected?").fill("typing error, checked by telephone")
        page.get_by_role("button", name="Correct it").click()
    with story.then("the old value stands struck through with her name and the reason"):
        expect(page.locator("s").first).to_be_visible()
        expect(page.get_by_text("typing error, checked by telephone").first).to_be_visible()
        assert before != "77"
        examine("fact-corrected")
    with story.then("taking it back puts the old value in force"):
        page.get_by_text("Take this back").first.click()
        page.get_by_label("Why?").fill("it was right")
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text("Taken back.").first).to_be_visible()


def test_documents_of_another_person_are_asked_about(
    story: Any, page: Page, sign_in: Callable[[str], None], examine: Callable[[str], None]
) -> None:
    with story.given("a patient, and a document that names someone else"):
        sign_in("clinician")
        _new_patient(page, "Vera Probst", "1980-02-03")
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"resource": {"resourceType": "Patient", "id": "n1", "birthDate": "1971-05-06",
                              "name": [{"family": "Blum", "given": ["Nora"]}]}},
                {"resource": {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/n1"},
                              "code": {"text": "Hives"}, "onsetDateTime": "2020-03-04"}},
            ],
        }  # fmt: skip
    with story.when("it is dropped on the form"):
        page.locator("[data-import]").evaluate(DROP, ["letter.json", json.dumps(bundle)])
        expect(page.locator("[data-chosen]")).to_contain_text("letter.json")
        page.get_by_role("button", name="Import", exact=True).click()
    with story.then("nothing is kept before someone says why it is hers"):
        expect(page.get_by_text("someone born 1971-05-06")).to_be_visible(timeout=IMPORTED)
        examine("import-asks")
        page.get_by_label("These documents are this patient's, because").fill("her name before the wedding")
        page.get_by_role("button", name="Import", exact=True).last.click()
        expect(page.get_by_text("Open the chart")).to_be_visible(timeout=IMPORTED)
        expect(page.get_by_text("her name before the wedding")).to_be_visible()


def test_the_day_begins_with_who_cannot_wait(
    story: Any, page: Page, sign_in: Callable[[str], None], examine: Callable[[str], None]
) -> None:
    with story.given("a clinic in the morning"):
        sign_in("clinician")
        page.goto("/patients/")
        expect(page.get_by_role("heading", name="What needs attention today")).to_be_visible()
    with story.then("whoever may be in an emergency stands first, with the reason"):
        expect(page.locator(".worklist > li").first).to_contain_text("Emergency: now", timeout=IMPORTED)
        page.locator(".worklist a").first.click()
        expect(page.get_by_role("heading", name="Act on this first")).to_be_visible()
        examine("overview")
    with story.when("a task is written and done"):
        page.get_by_text("Add a task").click()
        page.get_by_label("What is to be done?").fill("Call the sister")
        page.get_by_role("button", name="Add", exact=True).click()
        task = page.locator("li", has_text=re.compile("^by hand.*Call the sister", re.S)).last
        task.get_by_text("Done …").click()
        task.get_by_label("What was done?").fill("Called, she comes at noon")
        task.get_by_role("button", name="Done").click()
    with story.then("the note stands among what was done"):
        expect(page.get_by_text("Done. It can be opened again below.")).to_be_visible()
        page.get_by_text("Done (").click()
        expect(page.get_by_text("Called, she comes at noon").first).to_be_visible()


def test_records_of_one_person_are_merged_after_a_look_at_both(
    story: Any, page: Page, sign_in: Callable[[str], None], examine: Callable[[str], None]
) -> None:
    sign_in("clinician")
    _new_patient(page, "Ines Falke", "1995")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Merge with another record").click()
    page.get_by_label("The other record").fill("Ines Falk")
    page.get_by_role("button", name="Find").click()
    examine("merge")
