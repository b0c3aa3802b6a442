"""What holds for every request: sessions end when idle or old, and members use a second factor."""

import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zonula_web.access.models import Membership, Person
from zonula_web.access.second_factor import needs_second_factor

# Seconds (trust promise 12): idle, and since signing in.
IDLE = {True: 15 * 60, False: 60 * 60}
ABSOLUTE = {True: 12 * 3600, False: 24 * 3600}
BEGUN, SEEN, MEMBER = "begun", "seen", "member"
OPEN_TO_SETTING_UP = ("/account/", "/static/", "/health/")


class Door:
    """Ends sessions on the server, and sends members without a second factor to set one up."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            if self._over(request, request.user):
                logout(request)
                return redirect(f"{reverse('account_login')}?ended=1")
            if (
                request.session[MEMBER]
                and not request.path.startswith(OPEN_TO_SETTING_UP)
                and needs_second_factor(request.user)
            ):
                return redirect("mfa_index")
        return self._answer(request)

    @staticmethod
    def _over(request: HttpRequest, person: Person) -> bool:
        session, now = request.session, int(time.time())
        if MEMBER not in session:
            session[MEMBER] = Membership.objects.filter(person=person, ended_at=None).exists()
            session[BEGUN] = now
        member = bool(session[MEMBER])
        idle: bool = now - int(session.get(SEEN, now)) > IDLE[member]
        if now - session.get(SEEN, 0) > 30:  # not a write for every request
            session[SEEN] = now
        return idle or now - int(session[BEGUN]) > ABSOLUTE[member]
