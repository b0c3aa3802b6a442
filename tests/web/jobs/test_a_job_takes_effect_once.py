"""A job takes effect once: whoever slept through the lease writes nothing, a busy database is no failure, and a killed worker's job is done."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from zonula_web.jobs import work
from zonula_web.jobs.models import Job, State
from zonula_web.jobs.work import MOST_ATTEMPTS, run_next
from zonula_web.records.actions import importing
from zonula_web.records.actions.importing import ask_import
from zonula_web.records.models import Document

BUNDLE = b'{"resourceType":"Patient","id":"p","birthDate":"1980-02-03","name":[{"family":"Probst","given":["Vera"]}]}'


@pytest.fixture
def job(patient, member):
    return ask_import(patient=patient, by=member("clinician"), files=[("letter.json", BUNDLE)])


def run_out(job):
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_worker_that_slept_through_its_lease_writes_nothing(job, monkeypatch):
    prepared, written = importing.read_uploads, importing.import_uploads
    writes, slept = [], []

    def slow(leased):
        read = prepared(leased)
        if not slept:  # the lease ends, and another worker does the whole job
            slept.append(True)
            run_out(leased)
            assert run_next()
        return read

    def counted(leased, read):
        writes.append(leased.attempts)
        return written(leased, read)

    monkeypatch.setattr(importing, "read_uploads", slow)
    monkeypatch.setattr(importing, "import_uploads", counted)
    assert run_next()
    job.refresh_from_db()
    assert writes == [2]
    assert (job.state, job.attempts) == (State.DONE, 2)
    assert Document.objects.count() == 1


def test_a_failure_of_the_sleeper_does_not_undo_what_the_other_did(job, monkeypatch):
    prepared, slept = importing.read_uploads, []

    def slow(leased):
        if not slept:
            slept.append(True)
            run_out(leased)
            assert run_next()
            raise ValueError("woke up confused")
        return prepared(leased)

    monkeypatch.setattr(importing, "read_uploads", slow)
    run_next()
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_busy_database_is_no_failure_of_the_job(job, monkeypatch):
    prepared = importing.read_uploads

    def busy(leased):
        raise OperationalError("database is locked")

    monkeypatch.setattr(importing, "read_uploads", busy)
    with pytest.raises(OperationalError):
        run_next()
    monkeypatch.setattr(importing, "read_uploads", prepared)
    assert not run_next(), "somebody may still be at it"
    run_out(job)
    assert run_next()
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_job_that_kills_its_workers_is_given_up_and_the_next_is_done(job, patient, member, monkeypatch):
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, attempts=MOST_ATTEMPTS)
    run_out(job)
    after = Job.objects.create(kind="import", clinic=job.clinic, patient=patient, by=job.by)
    assert run_next()
    job.refresh_from_db()
    after.refresh_from_db()
    assert (job.state, job.uploads.count()) == (State.FAILED, 0)
    assert after.state == State.FAILED, "it was tried, and has no files"


def test_the_lease_is_renewed_while_the_job_is_prepared(job, monkeypatch):
    """The thread that renews has a connection of its own, which a test's transaction hides the job from; what it asks for is enough."""
    asked = []

    class Jobs:
        def filter(self, **named):
            asked.append(named)
            return self

        def update(self, **fields):
            asked.append(fields)
            done.set()

    from threading import Event

    done = Event()
    monkeypatch.setattr(work, "RENEWED_EVERY", 0.01)
    monkeypatch.setattr(work.Job, "objects", Jobs())
    with work._renewed(job):
        assert done.wait(5)
    assert asked[0] == {"pk": job.pk, "state": State.RUNNING, "attempts": job.attempts}
    assert asked[1]["leased_until"] > timezone.now() + timedelta(seconds=30)
