"""Every request has an actor: the person signed in, or a visitor."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from zonula_web.audit.actor import acting

VISITOR = "visitor"


class Actor:
    """Names the actor for the whole request."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = getattr(request, "user", None)
        name = f"person:{person.pk}" if person is not None and person.is_authenticated else VISITOR
        with acting(name):
            return self._answer(request)
