"""What holds for every request whatever page it is for: headers that keep health data out of caches and other sites, and text that is text."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)"
NUL = "\x00"
SIGN_OUT = "/account/logout/"


class SafeHeaders:
    """No page of a patient may rest in a cache; no sensor is needed but the camera (photos of a rash)."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if request.method == "POST" and request.path == SIGN_OUT:
            response["Clear-Site-Data"] = '"storage"'  # what the diary kept on a phone goes with its person
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class PlainText:
    """A NUL is in no text anybody types. PostgreSQL refuses to keep one and SQLite keeps it: here both say 400."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(NUL in text for text in _texts(request)):
            return HttpResponseBadRequest(
                "The request holds a character that no text has (NUL).", content_type="text/plain"
            )
        return self._answer(request)


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path
    yield from request.COOKIES.values()  # a quoted cookie may spell one
    forms = [request.GET]
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        forms.append(request.POST)
    for form in forms:
        for name, values in form.lists():
            yield name
            yield from values
