"""Leasing and doing jobs. A job is done in one transaction with its own end, so it takes effect once whatever dies when.

A worker holds a job by a lease that it renews while it prepares; the number of the attempt says whose lease it is. Before anything is
written the job's row is locked and the number compared: a worker that slept through its lease finds that the job is another's and writes
nothing.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from zonula.errors import UserError
from zonula_web.audit.actor import acting
from zonula_web.jobs.models import Job, State
from zonula_web.jobs.question import QuestionError

# kind -> the function that does it: (job) -> what to say.
WORK: dict[str, str] = {
    "import": "zonula_web.records.actions.importing.import_uploads",
    "suspects": "zonula_web.records.actions.suspects.keep_suspects",
    "figures": "zonula_web.records.actions.figures.keep_figures",
}
# kind -> what is done before the database is locked for writing: (job) -> what the work needs as its second argument.
BEFORE: dict[str, str] = {
    "import": "zonula_web.records.actions.importing.read_uploads",
    "suspects": "zonula_web.records.actions.suspects.find_suspects",
    "figures": "zonula_web.records.actions.figures.make_figures",
}
LEASE = timedelta(seconds=45)
RENEWED_EVERY = 12.0  # seconds
MOST_ATTEMPTS = 3
log = logging.getLogger("zonula.jobs")


def run_next() -> bool:
    """Take the oldest job that waits, or whose worker died, and do it. Returns whether there was one."""
    with acting("system:jobs"):
        job = _lease()
        if job is None:
            return False
        actor = f"person:{job.by_id}" if job.by_id else f"job:{job.kind}"
        with acting(actor):
            _do(job)
        return True


def _lease() -> Job | None:
    now = timezone.now()
    with transaction.atomic():
        waiting = Job.objects.filter(state=State.QUEUED) | Job.objects.filter(state=State.RUNNING, leased_until__lt=now)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        job = waiting.first()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _end(job, State.FAILED, "It was tried three times and did not finish. Nothing of it was kept.")
            return _lease()
        job.state, job.attempts, job.leased_until = State.RUNNING, job.attempts + 1, now + LEASE
        job.save(update_fields=["state", "attempts", "leased_until"])
        return job


def _do(job: Job) -> None:
    work: Callable[..., str] = import_string(WORK[job.kind])
    try:
        with _renewed(job):
            read = (import_string(BEFORE[job.kind])(job),) if job.kind in BEFORE else ()
        with transaction.atomic():
            if _ours(job):
                _end(job, State.DONE, work(job, *read))
    except QuestionError as question:
        job.result = question.asks
        _end_ours(job, State.ASKS, str(question))
    except UserError as wrong:
        _end_ours(job, State.FAILED, str(wrong))
    except OperationalError:
        raise  # the database is busy or away: the lease runs out and the job is tried again
    except Exception:
        log.exception("job %s failed", job.kind)
        _end_ours(job, State.FAILED, "This is a defect of ours; nothing was kept. The log names the place.")


def _ours(job: Job) -> bool:
    """Lock the job's row and say whether this attempt still holds it."""
    mine = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
    return mine.select_for_update().exists()


def _end_ours(job: Job, state: State, says: str) -> None:
    with transaction.atomic():
        if _ours(job):
            _end(job, state, says)


def _end(job: Job, state: State, says: str) -> None:
    job.state, job.says, job.ended_at, job.leased_until = state, says, timezone.now(), None
    job.save(update_fields=["state", "says", "ended_at", "leased_until", "result", "done", "total"])
    if state is not State.ASKS:
        job.uploads.all().delete()


@contextmanager
def _renewed(job: Job) -> Iterator[None]:
    """The lease is renewed beside the work inside, from a thread with a connection of its own."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEWED_EVERY):
            try:
                with acting("system:jobs"):
                    mine = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
                    mine.update(leased_until=timezone.now() + LEASE)
            except OperationalError:
                log.exception("a lease could not be renewed")
            finally:
                connection.close()

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
