"""Step 5 told as a clinician walks it: what holds is shown first, what may not be is refused in words and changes nothing."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from zonula_web.access.rights import Role
from zonula_web.audit.models import Event as Logged
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.actions.importing import import_documents
from zonula_web.records.matters import matters
from zonula_web.records.models import Evidence, Plan, PlanEvent

pytestmark = pytest.mark.django_db
SAFE = dict.fromkeys(
    (
        "pregnant", "breastfeeding", "eating_disorder_risk", "asthma_uncontrolled", "anaphylaxis_history", "beta_blocker",
        "insulin_or_sulfonylurea", "kidney_disease", "transplant", "mastocytosis", "ill_today", "cofactor_today",
    ),
    "no",
) | dict.fromkeys(("mentally_stable", "second_adult", "near_emergency_care", "rescue_plan"), "yes")  # fmt: skip


@pytest.fixture
def clinician(signed_in):
    return signed_in(Role.CLINICIAN)


def text_of(answer):
    return " ".join(answer.content.decode().split())


def address(patient, name="plan"):
    return reverse(name, args=[patient.id])


def start(browser, patient, protocol="reboot_maintenance_rejuvenation"):
    answer = browser.post(address(patient, "plan_start"), {"protocol": protocol, "seen": ""})
    assert answer.status_code == 302, text_of(answer)


def write(browser, patient, event, **fields):
    running = plans.running(patient)
    sent = {"event": event, "plan": running.number, "seen": len(running.history), "form_key": event} | fields
    return browser.post(address(patient, "plan_event"), sent)


def state_safe(browser, patient, **more):
    sent = SAFE | {"height_cm": "170", "weight_kg": "68"} | more
    answer = browser.post(address(patient, "plan_situation"), sent)
    assert answer.status_code == 302, text_of(answer)


def test_the_six_protocols_are_offered_with_what_supports_them(clinician, patient):
    page = text_of(clinician.get(address(patient)))
    for title in ("Reboot - Maintenance", "Low-FODMAP", "Egg ladder", "Milk ladder", "Blinded gluten", "Step-up"):
        assert title in page
    assert "the clinic's hypothesis, under test" in page
    assert "guideline" in page


def test_a_started_plan_shows_its_tasks_and_every_gate_before_a_button_is_pressed(clinician, patient):
    start(clinician, patient)
    page = text_of(clinician.get(address(patient)))
    assert "write meals, symptoms, sleep and stress in the diary" in page
    assert "Celiac disease is settled before gluten goes" in page
    assert "not known, so held" in page
    assert "Nobody has stated yet what is known" in page


def test_a_held_gate_stops_reboot_in_the_cores_words_and_nothing_is_written(clinician, patient):
    start(clinician, patient)
    answer = write(clinician, patient, "begin_reboot", form_key="step.begin_reboot")
    assert answer.status_code == 422
    assert "begin_reboot is held by the gate celiac" in text_of(answer)
    assert PlanEvent.objects.count() == 1


def test_a_gate_is_overridden_with_a_reason_and_the_log_has_it(clinician, patient):
    start(clinician, patient)
    assert write(clinician, patient, "override", gate="celiac").status_code == 422
    answer = write(clinician, patient, "override", gate="celiac", reason="Serology was negative twice on gluten.")
    assert answer.status_code == 302
    assert "Serology was negative twice" in text_of(clinician.get(address(patient)))
    event = Logged.objects.get(action="overrode a gate")
    assert (event.patient, event.detail) == (patient.id.hex, "celiac")


def test_a_dietitian_may_not_override(signed_in, clinician, patient):
    start(clinician, patient)
    answer = write(signed_in(Role.DIETITIAN), patient, "override", gate="celiac", reason="I say so.")
    assert answer.status_code == 422
    assert PlanEvent.objects.count() == 1


def test_no_one_overrides_the_red_flag_gate(clinician, patient):
    start(clinician, patient)
    assert write(clinician, patient, "override", gate="red_flag", reason="No.").status_code == 422


def test_of_two_who_write_at_once_the_second_is_told(clinician, patient):
    start(clinician, patient)
    running = plans.running(patient)
    sent = {"event": "note", "plan": running.number, "seen": 1, "form_key": "note", "reason": "first"}
    assert clinician.post(address(patient, "plan_event"), sent).status_code == 302
    answer = clinician.post(address(patient, "plan_event"), sent | {"reason": "second"})
    assert answer.status_code == 409
    assert "while this page was open" in text_of(answer)
    assert "second" in text_of(answer)  # what was typed is not lost
    assert PlanEvent.objects.count() == 2


def test_reboot_begins_when_everything_is_stated_and_celiac_is_overridden(clinician, patient):
    start(clinician, patient)
    state_safe(clinician, patient)
    assert write(clinician, patient, "override", gate="celiac", reason="Settled elsewhere.").status_code == 302
    answer = write(clinician, patient, "begin_reboot")
    assert answer.status_code == 302, text_of(answer)
    review = (read.today(patient.clinic) + timedelta(28)).isoformat()
    answer = write(
        clinician, patient, "exclude", food="Cow's milk", why="elimination", reason="asked for", review_on=review,
        owner="Dr Test",
    )  # fmt: skip
    assert answer.status_code == 302, text_of(answer)
    page = text_of(clinician.get(address(patient)))
    assert "asked for" in page
    assert plans.running(patient).state.exclusions[0].food == "milk"  # one food, one name


def test_the_situation_keeps_its_history_and_today_is_only_today(clinician, patient):
    state_safe(clinician, patient)
    state_safe(clinician, patient, pregnant="yes")
    assert Evidence.objects.filter(kind="situation").count() == 2
    tomorrow = read.today(patient.clinic) + timedelta(1)
    assert plans.stated_situation(patient, tomorrow).situation.ill_today.value == "unknown"
    assert plans.stated_situation(patient, tomorrow).situation.pregnant.value == "yes"


INSULIN = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Patient",
                "id": "p",
                "name": [{"text": "Vera Probst"}],
                "birthDate": "1980-02-03",
            }
        },
        {
            "resource": {
                "resourceType": "MedicationStatement",
                "id": "m",
                "status": "active",
                "subject": {"reference": "Patient/p"},
                "medicationCodeableConcept": {"text": "insulin glargine"},
                "effectivePeriod": {"start": "2025-01-01"},
            }
        },
    ],
}


def test_danger_in_the_records_holds_whatever_was_stated(clinician, patient):
    import_documents(patient=patient, by=None, files=[("list.json", json.dumps(INSULIN).encode())])
    start(clinician, patient)
    state_safe(clinician, patient)
    assert "The records say otherwise" in text_of(clinician.get(address(patient, "plan_situation")))
    page = text_of(clinician.get(address(patient)))
    assert "Insulin or a sulfonylurea is taken." in page
    answer = write(clinician, patient, "override", gate="celiac", reason="Settled elsewhere.")
    assert answer.status_code == 302
    refused = write(clinician, patient, "begin_reboot")
    assert refused.status_code == 422
    assert "gate insulin" in text_of(refused)


def test_what_kept_a_food_out_for_safety_stays_when_another_plan_begins(clinician, patient):
    start(clinician, patient)
    write(clinician, patient, "exclude", food="peanut", why="allergy", reason="anaphylaxis 2019", owner="Dr Test")
    assert write(clinician, patient, "stop").status_code == 302
    row = Plan.objects.get()
    answer = clinician.post(address(patient, "plan_start"), {"protocol": "low_fodmap", "seen": row.pk})
    assert answer.status_code == 302, text_of(answer)
    assert [one.food for one in plans.running(patient).state.exclusions] == ["peanut"]


def test_a_second_plan_is_refused_while_one_runs(clinician, patient):
    start(clinician, patient)
    row = Plan.objects.get()
    answer = clinician.post(address(patient, "plan_start"), {"protocol": "low_fodmap", "seen": row.pk})
    assert answer.status_code == 422
    assert "runs already" in text_of(answer)


def test_the_diet_page_answers_plans_and_checks(clinician, patient):
    start(clinician, patient)
    write(clinician, patient, "exclude", food="peanut", why="allergy", reason="anaphylaxis 2019", owner="Dr Test")
    no = text_of(
        clinician.post(address(patient, "plan_eat"), {"food": "peanut butter"}, headers={"HX-Request": "true"})
    )
    assert "not eaten" in no
    yes = text_of(clinician.post(address(patient, "plan_eat"), {"food": "rice"}))
    assert "rice</bdi>: may be eaten" in yes
    products = {"name.0": "St John's wort", "name.1": "Psyllium", "amount.1": "5", "unit.1": "g"}
    assert "St John&#x27;s wort" in text_of(clinician.post(address(patient, "plan_supplements"), products))
    assert clinician.post(address(patient, "plan_week"), {"energy": "300"}).status_code == 422


def test_nothing_is_called_safe_while_an_unknown_name_is_left_out(clinician, patient):
    start(clinician, patient)
    write(clinician, patient, "exclude", food="grandmother's stew", why="allergy", reason="hives", owner="Dr Test")
    answer = text_of(clinician.post(address(patient, "plan_eat"), {"food": "rice"}))
    assert "cannot tell" in answer
    assert "does not know that name" in answer


def test_staff_see_the_plan_and_have_no_button(signed_in, clinician, patient):
    start(clinician, patient)
    staff = signed_in(Role.STAFF)
    page = text_of(staff.get(address(patient)))
    assert "Gates of the next steps" in page
    assert 'action="/patients/' not in page
    assert staff.post(address(patient, "plan_event"), {"event": "stop"}).status_code == 404


def test_weight_lost_in_the_records_stops_a_strict_plan_on_the_worklist_too(clinician, patient):
    today = read.today(patient.clinic)
    start(clinician, patient)
    state_safe(clinician, patient, weight_kg="")
    entries = [{"resource": {"resourceType": "Patient", "id": "p", "name": [{"text": "Vera Probst"}]}}]
    for number, (days, kg) in enumerate(((60, 80), (1, 66))):
        weighed = {
            "resourceType": "Observation", "id": str(number), "status": "final", "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Body weight"},
            "effectiveDateTime": (today - timedelta(days)).isoformat(), "valueQuantity": {"value": kg, "unit": "kg"},
        }  # fmt: skip
        entries.append({"resource": weighed})
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    for gate in ("celiac", "weight"):
        assert write(clinician, patient, "override", gate=gate, reason="Looked at.").status_code == 302
    assert write(clinician, patient, "begin_reboot").status_code == 302
    import_documents(patient=patient, by=None, files=[("weights.json", json.dumps(bundle).encode())])
    patient.refresh_from_db()
    assert "treatment_protocols.stop.weight" in {one.key for one in matters(patient, today)}
    page = text_of(clinician.get(address(patient)))
    assert "the plan is stopped until a clinician has dealt with this" in page


def test_a_whole_course_is_written_with_the_forms_of_the_page(clinician, signed_in, patient):
    """Every kind of event once, each as its form sends it."""
    start(clinician, patient)
    state_safe(clinician, patient)
    review = (read.today(patient.clinic) + timedelta(20)).isoformat()

    def done(event, browser=clinician, **fields):
        answer = write(browser, patient, event, **fields)
        assert answer.status_code == 302, text_of(answer)
        return text_of(clinician.get(address(patient)))

    done("override", gate="celiac", reason="Settled elsewhere.")
    done("sign_off")
    done("sign_off", browser=signed_in(Role.DIETITIAN))
    done("begin_reboot")
    done("exclude", food="Milk", why="elimination", reason="asked for", review_on=review, owner="Dr Test")
    done("exclude", food="Soy", why="suspect", reason="bloating", review_on=review, owner="Dr Test")
    done(
        "review", food="soy", reason="still bloated", review_on=(read.today(patient.clinic) + timedelta(30)).isoformat()
    )
    done("renew", reason="It helps.")
    page = done("adverse_event", reason="fainted", serious="on")
    assert "a serious adverse event is not settled: fainted" in page
    assert (
        write(
            clinician, patient, "exclude", food="egg", why="suspect", reason="x", review_on=review, owner="y"
        ).status_code
        == 422
    )
    done("settle", reason="Seen; an infection.")
    page = done("end_reboot")
    assert "To eat again" in page
    assert "Where a food may be tried" in page
    refused = write(clinician, patient, "challenge", food="milk", form_key="challenge.milk")
    assert refused.status_code == 422
    assert "not at home" in text_of(refused)
    assert "only under supervision" in page
    page = done("challenge", food="milk", form="boiled", supervised="on")
    assert "Milk (boiled), day 1: 0.25 of a standard portion, under supervision." in page
    done("verdict", food="milk", result="accepted")
    done("give_back", food="soy")
    done("note", reason="All well.")
    state = plans.running(patient).state
    assert [(one.food, one.result.value) for one in state.verdicts] == [("milk", "accepted")]
    assert state.exclusions == ()
    assert "Verdict: Milk" in text_of(clinician.get(address(patient)))
