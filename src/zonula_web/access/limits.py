"""How often something may be tried from one address. Counted in the shared cache, so more workers do not mean more tries."""

from collections.abc import Callable
from functools import wraps

from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zonula_web.access.gate import View


def limited(name: str, *, tries: int, seconds: int) -> Callable[[View], View]:
    """At most `tries` POSTs in `seconds` from one address; more are answered 429. Reading is not limited."""

    def around(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, **named: object) -> HttpResponse:
            if request.method == "POST":
                key = f"limit:{name}:{get_client_ip(request)}"
                cache.add(key, 0, seconds)
                try:
                    count = cache.incr(key)
                except ValueError:  # it ran out between the two
                    count = 1
                if count > tries:
                    response = render(request, "429.html", status=429)
                    response["Retry-After"] = str(seconds)
                    return response
            return view(request, **named)

        return counted

    return around
