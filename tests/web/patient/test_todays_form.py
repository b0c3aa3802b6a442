"""What the phone shows before anything is typed."""

import gzip
import json
from datetime import timedelta

import pytest
from django.test import Client

from zonula.treatment_protocols.day import Dose
from zonula_web.access.rights import Role
from zonula_web.patient import plan_of_day
from zonula_web.patient.views.shell import FILES
from zonula_web.records import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(phone, patient):
    return lambda: phone.get(f"/patients/{patient.id}/diary/form/").json()


def at(clinic, ago, time="08:00"):
    return f"{(read.today(clinic) - timedelta(days=ago)).isoformat()}T{time}"


def test_it_shows_the_last_days_and_not_the_whole_life(send, entry, form, clinic):
    send([entry(at=at(clinic, ago)) for ago in (0, 1, 3, 4, 30)])
    assert [one["body"]["at"] for one in form()["entries"]] == [at(clinic, 3), at(clinic, 1), at(clinic, 0)]


def test_what_comes_again_comes_first(send, entry, form, clinic):
    toast, soup = [{"name": "Toast"}], [{"name": "Soup", "portion": "small"}]
    send(
        [
            entry(at=at(clinic, ago), items=items)
            for ago, items in [(9, toast), (8, soup), (7, toast), (90, [{"name": "Old"}])]
        ]
    )
    send([entry("taken", at=at(clinic, 2), name="Ibuprofen", dose="200 mg", rescue=True, note="after lunch")])
    usual = form()["usual"]
    assert usual["meals"] == [toast, soup]
    assert usual["medicines"] == [{"name": "Ibuprofen", "dose": "200 mg", "rescue": True}]


def test_the_last_rating_is_a_hint_with_its_day(send, entry, form, clinic):
    send([entry("symptoms", at=at(clinic, ago), felt={"itch": {"worst": worst}}) for ago, worst in [(3, 8), (1, 2)]])
    assert form()["hints"] == {"itch": {"worst": 2, "day": at(clinic, 1)[:10]}}


def test_two_versions_are_shown_however_old_they_are(send, entry, form, clinic):
    old = at(clinic, 50)
    send([entry(number=1, at=old)])
    send([entry(number=1, base=1, at=old, note="a")])
    send([entry(number=1, base=1, at=old, note="b")])
    shown = form()["entries"]
    assert sorted(one["body"]["note"] for one in shown) == ["a", "b"]
    assert [one["conflict_of"] for one in shown if one["conflict_of"]] == [
        shown[0]["id"] if not shown[0]["conflict_of"] else shown[1]["id"]
    ]


def test_without_a_plan_there_is_none(form):
    assert form()["plan"] is None


def test_the_plan_of_the_day_in_plain_words(signed_in, form, patient):
    signed_in(Role.CLINICIAN).post(
        f"/patients/{patient.id}/plan/start/", {"protocol": "reboot_maintenance_rejuvenation", "seen": ""}
    )
    plan = form()["plan"]
    assert plan["title"] == "Run-in"
    assert plan["day_of_stage"] == 1
    assert any("diary" in task["title"] for task in plan["tasks"])
    assert plan["avoid"] == []
    assert plan["back"] == {"given_back": [], "restricted_days": 0}


def test_writing_into_the_diary_derives_no_plan_anew(signed_in, form, send, entry, patient, monkeypatch):
    signed_in(Role.CLINICIAN).post(
        f"/patients/{patient.id}/plan/start/", {"protocol": "reboot_maintenance_rejuvenation", "seen": ""}
    )
    first = form()["plan"]
    monkeypatch.setattr(plan_of_day, "_day_plan", lambda *_: pytest.fail("derived again"))
    send([entry()])
    assert form()["plan"] == first


@pytest.mark.parametrize(
    ("portion", "supervised", "says"),
    [
        (0.25, False, "Eat a quarter of a usual portion of"),
        (0.4, False, "Eat 0.4 of a usual portion of"),
        (1.0, True, "at the clinic only"),
        (0.0, False, "Watch how you feel"),
        (None, False, "The test is over"),
    ],
)
def test_the_dose_of_the_day_in_words(portion, supervised, says):
    said = plan_of_day._dose(Dose(food="milk", form="boiled", day_number=2, portion=portion, supervised=supervised))
    assert says in said.says
    assert "(boiled)" in said.name


def test_the_program_is_the_same_for_everyone_and_holds_nothing_about_anyone(phone, signed_in, patient):
    own, visitor = phone.get("/diary/"), Client().get("/diary/")
    assert own.content == visitor.content
    assert b"Vera" not in own.content
    assert str(patient.id).encode() not in own.content
    assert b"adrenaline pen" in own.content, "the emergency card is in the page itself"


def test_the_worker_keeps_the_program_and_no_answer_about_a_person(phone):
    answer = phone.get("/diary/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    files = json.loads(answer.content.decode().split("const FILES = ")[1].split(";\n")[0])
    assert len(files) == len(FILES) + 2
    assert not any("patients" in file or "/me/" in file for file in files)
    for file in files:
        assert file.startswith(("/static/", "/diary/"))


def test_the_catalogue_is_small_and_finds_by_synonym(phone):
    answer = phone.get("/diary/foods.json")
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 20_000
    rows = json.loads(gzip.decompress(answer.content))
    assert len(rows) > 400
    assert any("garbanzo" in names for _, _, names, _ in rows)


def test_who_keeps_no_diary_is_told_so(signed_in):
    assert signed_in(Role.CLINICIAN).get("/diary/me/").json()["patient"] is None


def test_after_signing_in_a_patient_lands_at_the_diary(phone):
    assert phone.get("/")["Location"] == "/diary/"


@pytest.mark.parametrize(
    ("day_number", "ago", "deleted", "stopped"),
    [(8, 7, False, True), (8, 0, False, True), (8, 8, False, False), (8, 1, True, False)],
)
def test_a_stop_holds_as_long_as_its_challenge(
    send, entry, form, clinic, monkeypatch, day_number, ago, deleted, stopped
):
    dose = plan_of_day._dose(Dose(food="milk", form="", day_number=day_number, portion=0.5, supervised=False))
    plan = plan_of_day.DayPlan(
        title="x", purpose="", day_of_stage=1, paused=(), tasks=(), avoid=(), again=(), dose=dose,
        back=plan_of_day.GivenBack((), 0),
    )  # fmt: skip
    monkeypatch.setattr(plan_of_day, "_day_plan", lambda patient, day: plan)
    monkeypatch.setattr(read, "plan_row", lambda patient: object())
    monkeypatch.setattr(plan_of_day.plans, "marks", lambda patient, row: day_number)
    stop = entry("challenge", number=3, at=at(clinic, ago), food="milk", servings=0, stopped=True)
    send([stop])
    if deleted:
        send([stop | {"base": 1, "deleted": True}])
    said = form()["plan"]["dose"]
    assert said["stopped"] is stopped
    assert ("Eat no more of this food" in said["says"]) is stopped
