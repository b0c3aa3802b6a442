"""Step 3: results with their history, the work-up in words, what the clinician states, and genes only with consent."""

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zonula_web.access.models import Person
from zonula_web.access.rights import Role
from zonula_web.records import read
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.models import Evidence, Patient

# Fictional letters in the layout of a consumer's file: one copy of the DQ2.5 tag.
GENOTYPE = (
    "# Virtual file in the layout of 23andMe raw data.\n# reference human assembly build 37\n"
    "# rsid\tchromosome\tposition\tgenotype\n"
    + "".join(f"i9{number:06d}\t6\t{30_000_000 + number}\tAG\n" for number in range(200))
    + "rs2187668\t6\t32605884\tCT\nrs7775228\t6\t32658079\tTT\nrs7454108\t6\t32681483\tTT\n"
).encode()


@pytest.fixture
def browser(signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CLINICIAN)


@pytest.fixture
def agreeing(patient: Patient, member: Callable[..., Person]) -> Patient:
    """The patient agreed that genetic results are kept."""
    by = member(Role.CLINICIAN, clinic_name="Other clinic")
    state_consent(patient=patient, by=by, data="genotype", given=True)
    return patient


def page(name: str, patient: Patient) -> str:
    return reverse(name, args=[patient.id])


def shown(browser: Client, patient: Patient) -> str:
    answer = browser.get(page("laboratory", patient))
    assert answer.status_code == 200
    return answer.content.decode()


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("genome.txt", GENOTYPE)


def test_results_stand_with_their_limits_and_their_history(browser: Client, mara: Patient) -> None:
    text = shown(browser, mara)
    row = text[text.index("<td><bdi>Hemoglobin") :]
    row = row[: row.index("</tr>")]
    assert "12 to 15.5" in row
    assert "Harbour Family Practice" in row
    assert row.count('class="was"') == 4
    assert "more</span>" in row


def test_missing_tests_are_named_in_words(browser: Client, mara: Patient) -> None:
    text = shown(browser, mara)
    assert "Missing:" in text
    assert "No result in the records" in text
    assert "the first screen" in text


def test_an_empty_chart_says_what_to_do(browser: Client, patient: Patient) -> None:
    text = shown(browser, patient)
    assert "Import the records" in text
    assert "What would settle it" in text


def test_gluten_eaten_before_the_blood_draw_changes_the_celiac_state(browser: Client, mara: Patient) -> None:
    before = read.assessment(mara).celiac
    assert before.blocks_gluten_restriction
    form = browser.get(page("laboratory_celiac", mara)).content.decode()
    days = {part.split('"')[0] for part in form.split('name="meals.')[1:]} - {"now"}
    assert days
    posted = {f"meals.{day}": "0" for day in days} | {f"weeks.{day}": "20" for day in days}
    answer = browser.post(page("laboratory_celiac", mara), posted | {"known_disease": "none", "weight_loss": "yes"})
    assert answer.status_code == 302, answer.content.decode()
    mara.refresh_from_db()
    after = read.assessment(mara).celiac
    assert after.because != before.because
    assert "was not asked" not in after.because
    again = browser.get(page("laboratory_celiac", mara)).content.decode()
    assert 'name="weight_loss" value="yes" checked' in again
    assert 'name="pregnancy" value="" checked' in again


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"meals.now": "many"}, "Write a number"),
        ({"biopsy.date": "2999-01-01", "biopsy.marsh": "3a"}, "dated after"),
        ({"biopsy.marsh": "3a"}, "Write the day of the biopsy"),
        ({"known_disease": "mumps"}, "known_disease"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_lost(
    field: dict[str, str], said: str, browser: Client, patient: Patient
) -> None:
    answer = browser.post(page("laboratory_celiac", patient), field | {"weeks.now": "7", "malabsorption": "yes"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert 'value="7"' in text
    assert 'name="malabsorption" value="yes" checked' in text
    assert not Evidence.objects.exists()


def test_a_typing_is_checked_kept_and_taken_back(browser: Client, patient: Patient) -> None:
    wrong = browser.post(page("laboratory_hla", patient), {"typing": "blood group A"})
    assert wrong.status_code == 422
    assert "blood group A" in wrong.content.decode()
    browser.post(page("laboratory_hla", patient), {"typing": "DQA1*05:01, DQA1*01:02, DQB1*02:01, DQB1*06:02"})
    assert "HLA-DQ allows celiac disease" in shown(browser, patient)
    browser.post(page("laboratory_hla", patient), {"typing": ""})
    assert "HLA-DQ allows celiac disease" not in shown(browser, patient)
    assert Evidence.objects.filter(kind="hla").count() == 2
    assert "by clinician of Test clinic; 2 times in all" in shown(browser, patient)


def test_without_consent_no_genotype_file_is_read(browser: Client, patient: Patient) -> None:
    assert "has not agreed" in shown(browser, patient)
    answer = browser.post(page("laboratory_genotype", patient), {"file": upload()})
    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_a_genotype_file_is_reduced_to_its_meaning(browser: Client, agreeing: Patient) -> None:
    answer = browser.post(page("laboratory_genotype", agreeing), {"file": upload()})
    assert answer.status_code == 302, answer.content.decode()
    kept = json.dumps(Evidence.objects.get().body)
    assert "DQ2.5 tag present" in kept
    assert "i9000001" not in kept
    assert len(kept) < 2000
    text = shown(browser, agreeing)
    assert "DQ2.5 tag present" in text
    assert "It never rules celiac disease out" in text
    browser.post(page("laboratory_forget", agreeing))
    assert not Evidence.objects.exists()


def test_a_file_that_is_no_genotype_file_is_refused_in_words(browser: Client, agreeing: Patient) -> None:
    file = SimpleUploadedFile("notes.txt", b"hello\n" * 50)
    answer = browser.post(page("laboratory_genotype", agreeing), {"file": file})
    assert answer.status_code == 422
    assert "Traceback" not in answer.content.decode()
    assert browser.post(page("laboratory_genotype", agreeing)).status_code == 422


def test_consent_taken_back_takes_the_genes_out_of_every_judgement(browser: Client, agreeing: Patient) -> None:
    browser.post(page("laboratory_genotype", agreeing), {"file": upload()})
    agreeing.refresh_from_db()
    assert read.evidence(agreeing).genotype is not None
    state_consent(patient=agreeing, by=agreeing.clinic.memberships.first().person, data="genotype", given=False)
    assert read.evidence(agreeing).genotype is None
    assert "DQ2.5 tag present" not in shown(browser, agreeing)


def test_staff_see_no_genes_and_state_nothing(
    browser: Client, agreeing: Patient, signed_in: Callable[..., Client]
) -> None:
    browser.post(page("laboratory_genotype", agreeing), {"file": upload()})
    staff = signed_in(Role.STAFF)
    text = shown(staff, agreeing)
    assert "Genotype" not in text
    assert "DQ2.5 tag" not in text
    assert "Write down" not in text
    assert "DQ2.5 tag" not in staff.get(page("assessment", agreeing)).content.decode()
    for name in ("laboratory_celiac", "laboratory_hla", "laboratory_genotype", "laboratory_forget"):
        assert staff.post(page(name, agreeing)).status_code == 404
