"""`python -m zonula_web.jobs`: the worker beside the web server. Stops between two jobs when asked to."""

import signal
import threading
import time
from types import FrameType

from zonula_web.commands.site import ready

IDLE_SECONDS, TIDY_SECONDS = 0.5, 600.0


def main() -> None:
    """Do jobs until a signal comes."""
    ready(migrate=False)
    from django.db import OperationalError, close_old_connections

    from zonula_web.jobs.work import log, run_next
    from zonula_web.records.actions.importing import forget_unanswered
    from zonula_web.records.attention import refresh_next

    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    tidied = -TIDY_SECONDS
    while not stopping.is_set():
        try:
            if time.monotonic() > tidied + TIDY_SECONDS:
                tidied = time.monotonic()
                forget_unanswered()
            worked = run_next() or refresh_next()
        except OperationalError:
            log.exception("the database did not answer")
            close_old_connections()
            worked = False
        if not worked:
            stopping.wait(IDLE_SECONDS)


if __name__ == "__main__":
    main()
