"""How often one person may send. Counted by person, so that a family behind one address is not slowed; in each process, so that counting
writes nothing."""

import time
from collections import deque
from collections.abc import Callable
from functools import wraps
from threading import Lock
from uuid import UUID

from django.http import HttpResponse, JsonResponse

from zonula_web.access.gate import Asked

MOST_PEOPLE = 10_000


def limited_by_person(tries: int, seconds: int) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """At most `tries` requests in `seconds` by one person; more are answered 429 with Retry-After. Stands inside the gate."""
    seen: dict[UUID, deque[float]] = {}
    lock = Lock()

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counted(request: Asked, **named: object) -> HttpResponse:
            now = time.monotonic()
            with lock:
                if len(seen) > MOST_PEOPLE:
                    seen.clear()
                times = seen.setdefault(request.person.id, deque())
                while times and times[0] <= now - seconds:
                    times.popleft()
                over = len(times) >= tries
                if not over:
                    times.append(now)
            if over:
                answer = JsonResponse({"why": "Too often. Wait a moment."}, status=429)
                answer["Retry-After"] = str(seconds)
                return answer
            return view(request, **named)

        return counted

    return around
