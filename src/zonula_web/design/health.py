"""Is the site alive? For whoever runs it; says nothing about anyone."""

from django.db import connection
from django.http import HttpRequest, JsonResponse

from zonula import __version__
from zonula_web.access.gate import public


@public
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "version": __version__})
