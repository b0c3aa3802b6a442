"""What phones send is taken in once, whatever the order, the repetition, and whoever else was writing."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.errors import UserError
from zonula_web.records.actions.diary import MOST_AT_ONCE, Sent, changed_since, take
from zonula_web.records.diary import entries, rows
from zonula_web.records.models import DiaryEntry, Patient, Task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def meal(name="porridge", at="2026-11-24T08:00", **fields):
    return {"at": at, "items": [{"name": name}], **fields}


def sent(number=1, base=0, body=None, kind="meal", deleted=False):
    return Sent(id=uuid.UUID(int=number), base=base, kind=kind, body=body or meal(), recorded_at=NOW, deleted=deleted)


def test_sending_twice_stores_once(patient):
    first = take(patient=patient, sent=[sent(1), sent(2, body=meal("soup"))])
    again = take(patient=patient, sent=[sent(1), sent(2, body=meal("soup")), sent(1)])
    assert set(again.accepted) == set(first.accepted) == {uuid.UUID(int=1), uuid.UUID(int=2)}
    assert DiaryEntry.objects.count() == 2
    assert again.number == first.number == 2


def test_an_edit_from_the_newest_version_replaces(patient):
    take(patient=patient, sent=[sent(1)])
    take(patient=patient, sent=[sent(1, base=1, body=meal("toast"))])
    (row,) = DiaryEntry.objects.all()
    assert (row.revision, row.body["items"][0]["name"]) == (2, "toast")


def test_two_phones_editing_one_entry_keep_both_until_the_patient_chooses(patient):
    take(patient=patient, sent=[sent(1)])
    take(patient=patient, sent=[sent(1, base=1, body=meal("toast"))])
    other = take(patient=patient, sent=[sent(1, base=1, body=meal("rolls"))])
    assert other.disputed == (uuid.UUID(int=1),)
    assert take(patient=patient, sent=[sent(1, base=1, body=meal("rolls"))]).disputed, (
        "sending it again does not double it"
    )
    kept = entries(patient)
    assert sorted(one.entry.items[0].name for one in kept) == ["rolls", "toast"]
    assert [one.disputes for one in kept if one.disputes] == [str(uuid.UUID(int=1))]


def test_a_deleted_entry_that_was_edited_elsewhere_is_not_lost(patient):
    take(patient=patient, sent=[sent(1)])
    take(patient=patient, sent=[sent(1, base=1, deleted=True)])
    take(patient=patient, sent=[sent(1, base=1, body=meal("toast"))])
    assert [one.entry.items[0].name for one in entries(patient)] == ["toast"]


def test_an_id_of_another_patient_is_refused_and_says_nothing(patient, mara):
    take(patient=mara, sent=[sent(1, body=meal("secret"))])
    answer = take(patient=patient, sent=[sent(1)])
    assert [one.id for one in answer.refused] == [uuid.UUID(int=1)]
    assert "secret" not in answer.refused[0].why
    assert changed_since(patient, 0) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("meal", {"at": "2026-11-24T08:00", "items": []}),
        ("meal", {"at": "2026-13-24T08:00", "items": [{"name": "x"}]}),
        ("symptoms", {"at": "2026-11-24T20:00", "felt": {"fatigue": {"worst": 11}}}),
        ("symptoms", {"at": "2026-11-24T20:00", "felt": {"toothache": {"worst": 1}}}),
        ("stool", {"at": "2026-11-24T20:00", "form": 8}),
        ("day", {"at": "2026-11-24T20:00", "sleep_hours": 25}),
        ("telepathy", {"at": "2026-11-24T20:00"}),
        ("meal", {"at": "2026-11-24T08:00", "items": [{"name": "x"}], "extra": 1}),
        ("challenge", {"at": "2026-11-24T08:00", "food": "milk", "servings": 0}),
        ("challenge", {"at": "2026-11-24T08:00", "food": "milk", "servings": -1, "stopped": True}),
        ("challenge", {"at": "2026-11-24T08:00", "food": "milk", "servings": 0, "stopped": "yes"}),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason_and_takes_nothing_else_with_it(patient, kind, body):
    answer = take(patient=patient, sent=[sent(1, kind=kind, body=body), sent(2)])
    assert answer.accepted == (uuid.UUID(int=2),)
    assert answer.refused[0].why


def test_too_much_at_once_is_refused_as_a_whole(patient):
    with pytest.raises(UserError):
        take(patient=patient, sent=[sent(n) for n in range(MOST_AT_ONCE + 1)])
    assert not DiaryEntry.objects.exists()


@pytest.mark.parametrize(("what", "level"), [("breathing", "E"), ("throat", "E"), ("fainting", "E"), ("suicidal", "U")])
def test_an_alarm_becomes_a_task_once(patient, what, level):
    alarm = sent(1, kind="alarm", body={"at": "2026-11-24T20:00", "what": what})
    take(patient=patient, sent=[alarm])
    take(patient=patient, sent=[alarm])
    assert list(Task.objects.values_list("level", flat=True)) == [level]


def test_a_stopped_challenge_becomes_a_task_once_and_names_the_food(patient):
    stop = sent(1, kind="challenge", body={"at": "2026-11-24T20:00", "food": "milk", "servings": 0, "stopped": True})
    take(patient=patient, sent=[stop])
    take(patient=patient, sent=[stop])
    (task,) = Task.objects.all()
    assert (task.level, task.kind) == ("P", "alarm")
    assert "stopped the test of Milk and dairy" in task.what


def test_a_dose_that_was_eaten_is_no_task(patient):
    eaten = {"at": "2026-11-24T20:00", "food": "milk", "servings": 0.5}
    assert take(patient=patient, sent=[sent(1, kind="challenge", body=eaten)]).accepted
    assert not Task.objects.exists()


def test_a_stop_is_no_exposure_to_the_food(patient):
    stop = {"at": "2026-11-24T20:00", "food": "milk", "servings": 0, "stopped": True}
    take(patient=patient, sent=[sent(1, kind="challenge", body=stop)])
    assert list(rows(one.entry for one in entries(patient))) == []


names = st.sampled_from(["porridge", "toast", "rolls", "soup"])
steps = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["new", "edit", "delete", "send", "send lost", "fetch"]),
        st.integers(1, 4),
        names,
    ),
    max_size=25,
)


class Phone:
    """What a phone does: keeps entries it has not sent, sends them, forgets them only when the answer came."""

    def __init__(self, patient):
        self.patient, self.known, self.unsent, self.number = patient, {}, {}, 0

    def write(self, number, body, deleted=False):
        revision = self.known.get(number, (0, None))[0]
        base = self.unsent[number].base if number in self.unsent else revision
        self.unsent[number] = sent(number, base=base, body=body, deleted=deleted)
        self.known[number] = (revision, body)

    def send(self, answered=True):
        answer = take(patient=self.patient, sent=list(self.unsent.values()))
        assert not answer.refused
        if answered:
            self.unsent = {}
            self.fetch()

    def fetch(self):
        for row in changed_since(self.patient, self.number):
            number = uuid.UUID(row["id"]).int
            if number not in self.unsent:
                self.known[number] = (row["revision"], row["body"])
            self.number = row["number"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_any_interleaving_converges_and_keeps_every_text_that_was_last_written_on_a_phone(patient, script):
    person = Patient.objects.create(clinic=patient.clinic, name="Someone")
    phones = [Phone(person), Phone(person)]
    DiaryEntry.objects.all().delete()
    for which, deed, number, name in script:
        phone, own = phones[which], 10 * (which + 1) + number
        if deed == "new":
            if own not in phone.known:
                phone.write(own, meal(name))
        elif deed in ("edit", "delete"):
            shared = sorted(phone.known)
            if shared:
                chosen = shared[number % len(shared)]
                phone.write(chosen, meal(name) if deed == "edit" else phone.known[chosen][1], deleted=deed == "delete")
        elif deed == "fetch":
            phone.fetch()
        else:
            phone.send(answered=deed == "send")
    pending = [(one.body["items"][0]["name"], one.deleted) for phone in phones for one in phone.unsent.values()]
    for phone in (*phones, *phones):
        phone.send()
    rows = [(row.body["items"][0]["name"], row.deleted) for row in DiaryEntry.objects.filter(patient=person)]
    for last in pending:
        assert last in rows, "what was written last on each phone is there, as the entry or beside it"
    ids = list(DiaryEntry.objects.filter(patient=person).values_list("id", flat=True))
    assert len(ids) == len(set(ids))
    views = [{number: seen[1] for number, seen in phone.known.items()} for phone in phones]
    assert views[0] == views[1], "both phones show the same diary"


def test_the_diary_reads_as_the_inference_wants_it(patient):
    from datetime import date

    from zonula.diary import FoodGroup
    from zonula_web.records.diary import as_diary, kept_days, recipes

    body = {
        "at": "2026-11-24T08:00",
        "items": [{"name": "Milk", "food": "milk"}, {"name": "My secret pie", "portion": "small"}],
    }
    felt = {"at": "2026-11-24T21:00", "felt": {"bloating": {"worst": 6}, "itch": {"worst": 0}}}
    day = {"at": "2026-11-24T21:00", "sleep_hours": 7.5, "ill": True, "menses": False}
    take(patient=patient, sent=[sent(1, body=body), sent(2, kind="symptoms", body=felt), sent(3, kind="day", body=day)])
    read = as_diary(patient, (FoodGroup("milk"),), date(2026, 11, 24))
    assert sorted(read.symptoms) == ["bloating", "itch"], "in either order: PostgreSQL keeps none of a JSON object"
    assert sorted(read.rating_value) == [0, 6]
    assert list(read.intake_servings) == [1.0], "what the catalogue does not know holds nothing that is known"
    assert set(read.context) >= {"sleep_hours", "ill"}
    assert len(read.context["menses"][0]) == 0, "a no is not written as a bleeding day"
    assert kept_days(patient, date(2026, 11, 25)).complete == 1
    assert recipes()["milk"] == [("milk", 1.0)]
