"""Take the diary away, remove it for good, and photos that say no more than the picture."""

import csv
import io
import uuid

import pytest
from pypdf import PdfReader

from zonula.errors import UserError
from zonula_web.audit.models import Event
from zonula_web.patient.jpeg import LARGEST, plain_jpeg
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.models import DiaryEntry, DiaryMeal, DiaryPhoto

pytestmark = pytest.mark.django_db
PHOTO = uuid.UUID(int=5)


def segment(marker, body):
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


FRAME = segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34"
JPEG = b"\xff\xd8" + segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00") + FRAME + SCAN + b"\xff\xd9"
WITH_PLACE = b"\xff\xd8" + segment(0xE1, b"Exif\x00\x00GPS 52.5 13.4") + segment(0xFE, b"taken by Vera") + JPEG[2:]


def test_what_the_camera_wrote_is_left_out():
    assert plain_jpeg(WITH_PLACE) == JPEG == plain_jpeg(JPEG)
    assert plain_jpeg(JPEG + b"hidden after the end") == JPEG


@pytest.mark.parametrize(
    "photo",
    [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\xff\xd8", b"\xff\xd8\xff", JPEG[:-2], JPEG[:30], b"\xff\xd8" + SCAN + b"\xff\xd9",
     b"\xff\xd8" + segment(0xE1, b"x")[:-1], b"\xff\xd8\xff\xe1\x00\x00", b"\xff\xd8" + b"\xff" * 50, JPEG[:2] + b"0" * LARGEST],
)  # fmt: skip
def test_what_is_no_photo_is_refused(photo):
    with pytest.raises(UserError):
        plain_jpeg(photo)


def address(patient, photo=PHOTO):
    return f"/patients/{patient.id}/diary/photos/{photo}/"


def test_a_photo_is_kept_once_shown_alone_and_removed(phone, patient):
    for _ in range(2):
        assert phone.put(address(patient), WITH_PLACE, content_type="image/jpeg").status_code == 204
    assert DiaryPhoto.objects.count() == 1
    shown = phone.get(address(patient))
    assert shown.content == JPEG
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert phone.delete(address(patient)).status_code == 204
    assert phone.get(address(patient)).status_code == 404


def test_photos_need_consent_and_a_clinician_cannot_write_them(phone, patient, own, signed_in):
    from zonula_web.access.rights import Role

    state_consent(patient=patient, by=own, data="photos", given=False)
    assert phone.put(address(patient), JPEG, content_type="image/jpeg").status_code == 422
    clinician = signed_in(Role.CLINICIAN)
    assert clinician.put(address(patient), JPEG, content_type="image/jpeg").status_code == 404
    assert clinician.delete(address(patient)).status_code == 404
    assert phone.put(address(patient), b"0" * (LARGEST + 1), content_type="image/jpeg").status_code == 413


@pytest.fixture
def diary(send, entry):
    send(
        [
            entry(items=[{"name": "Milk", "food": "milk", "portion": "small"}, {"name": "=HYPERLINK(1)"}], note="=1+1"),
            entry("symptoms", felt={"itch": {"worst": 4, "began": "14:00", "minutes": 60}}),
            entry("stool", form=6, blood=True),
            entry("taken", name="Ibuprofen", dose="200 mg", rescue=True),
            entry("practice", what="Walk", minutes=20),
            entry("alarm", what="throat"),
            entry("note", note="#strong[not markup] $x$"),
        ],
        [{"id": str(uuid.uuid4()), "name": "My bread", "items": [{"name": "Rye"}]}],
    )


def test_the_table_holds_every_entry_and_runs_no_formula(diary, phone, patient):
    answer = phone.get(f"/patients/{patient.id}/diary/data/diary.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["time", "kind", "item", "amount", "value"]
    assert {row[1] for row in rows[1:]} >= {
        "food",
        "symptom",
        "course",
        "stool",
        "med",
        "drug",
        "practice",
        "alarm",
        "note",
    }
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert sum(row[1] == "note" for row in rows) == 2, "each note once"
    assert 'filename="diary.csv"' in answer["Content-Disposition"]
    assert Event.objects.filter(action="exported", patient=patient.id.hex).exists()


def test_the_table_reads_back(diary, phone, patient, tmp_path):
    from zonula.diary.long_csv import read_long_csv

    path = tmp_path / "diary.csv"
    path.write_bytes(phone.get(f"/patients/{patient.id}/diary/data/diary.csv").content)
    read, _ = read_long_csv(path)
    assert read.symptoms == ("itch",)
    assert list(read.rating_value) == [4]


def test_everything_as_it_was_written(diary, phone, patient):
    said = phone.get(f"/patients/{patient.id}/diary/data/diary.json").json()
    assert said["format"] == "zonula.diary-export/1"
    assert len(said["entries"]) == 7
    assert said["meals_with_a_name"][0]["name"] == "My bread"


def test_the_printed_diary_says_what_was_written(diary, phone, patient):
    answer = phone.get(f"/patients/{patient.id}/diary/data/diary.pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for word in (
        "Vera Probst",
        "Milk (small)",
        "Itching 4",
        "Mushy",
        "with blood",
        "Ibuprofen",
        "#strong[not markup] $x$",
    ):
        assert word in text, word


def test_an_empty_diary_can_be_printed_too(phone, patient):
    assert phone.get(f"/patients/{patient.id}/diary/data/diary.pdf").content.startswith(b"%PDF")


def test_removing_everything_leaves_numbers_in_the_log_and_nothing_else(diary, phone, patient, send, entry):
    gone = entry(number=9)
    send([gone])
    send([gone | {"base": 1, "deleted": True}])
    phone.put(address(patient), JPEG, content_type="image/jpeg")
    page = f"/patients/{patient.id}/diary/data/"
    assert "type" in phone.get(page).content.decode()
    refused = phone.post(f"/patients/{patient.id}/diary/erase/", {"word": "yes"})
    assert refused.status_code == 422
    assert DiaryEntry.objects.count() == 8
    answer = phone.post(f"/patients/{patient.id}/diary/erase/", {"word": " Delete "})
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"storage"'
    assert not DiaryEntry.objects.exists()
    assert not DiaryPhoto.objects.exists()
    assert not DiaryMeal.objects.exists()
    told = str(list(Event.objects.values()))
    assert "porridge" not in told
    assert "Ibuprofen" not in told
    assert Event.objects.filter(action="erased the diary", patient=patient.id.hex).count() == 1


def test_the_passport_without_any_test_says_what_will_stand_there(phone, patient):
    assert "No food was tested yet" in phone.get(f"/patients/{patient.id}/food-passport/").content.decode()


def offered(phone, patient, words):
    """The address behind the link with these words on My data."""
    page = phone.get(f"/patients/{patient.id}/diary/data/").content.decode()
    before = page[: page.index(words)]
    return before[before.rindex('href="') + 6 :].partition('"')[0]


def test_my_record_goes_to_another_clinic_and_the_log_says_so(phone, patient):
    answer = phone.get(offered(phone, patient, "My record for another clinic (FHIR)"))
    said = answer.json()
    assert (said["resourceType"], said["type"]) == ("Bundle", "collection")
    (who,) = [one["resource"] for one in said["entry"] if one["resource"]["resourceType"] == "Patient"]
    assert who["name"][0]["text"] == "Vera Probst"
    assert answer["Content-Type"] == "application/fhir+json"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Vera" not in answer["Content-Disposition"]
    (told,) = Event.objects.filter(action="exported", patient=patient.id.hex)
    assert told.detail == "record as fhir.json"


def test_the_card_for_the_wallet_and_the_log_says_so(phone, patient):
    answer = phone.get(offered(phone, patient, "Food card for my wallet (PDF)"))
    (page,) = PdfReader(io.BytesIO(answer.content)).pages
    assert "Vera Probst" in page.extract_text()
    assert "No food has been tested yet" in " ".join(page.extract_text().split())
    (told,) = Event.objects.filter(action="exported", patient=patient.id.hex)
    assert told.detail == "card as pdf"


@pytest.mark.parametrize("words", ["My record for another clinic (FHIR)", "Food card for my wallet (PDF)"])
def test_nobody_takes_the_record_of_another_patient(phone, patient, clinic, words):
    from zonula_web.records import read
    from zonula_web.records.actions.patients import new_patient

    other = new_patient(clinic=clinic, name="Otto Other", today=read.today(clinic))
    address = offered(phone, patient, words).replace(str(patient.id), str(other.id))
    assert phone.get(address).status_code == 404
    assert not Event.objects.filter(action="exported").exists()
