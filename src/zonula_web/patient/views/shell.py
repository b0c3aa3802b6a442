"""The program of the diary, the same for everyone: it holds nothing about anybody and may rest in a phone's cache."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from zonula.diary.entry import DOMAINS, PORTIONS
from zonula_web.access.gate import public
from zonula_web.patient.foods import foods_file
from zonula_web.patient.strict_json import NotAcceptedError
from zonula_web.records import read

MODULES = (
    "app", "alarm", "check_in", "days", "dispute", "dom", "dose", "foods", "meal", "medicine", "phone", "photo", "reminders", "settings",
    "state", "store", "sync", "today", "when", "words",
)  # fmt: skip
FILES = (
    "zonula/zonula.css",
    "patient/diary.css",
    *(f"patient/{name}.js" for name in MODULES),
    "patient/manifest.json",
    "patient/icon.svg",
)
CARDS = {"breathing": "questionnaires/alarms/breathing_now", "suicidal": "questionnaires/alarms/thoughts_of_death"}


@public
def shell(request: HttpRequest) -> HttpResponse:
    """The page of the program."""
    answer = HttpResponse(_page())
    answer["Cache-Control"] = "no-cache"
    return answer


@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served here because its scope is where it lies. It knows the shell by its fingerprint."""
    files = [reverse("diary"), *(static(name) for name in FILES), foods_address()]
    answer = render(
        request,
        "patient/worker.js",
        {"version": fingerprint(), "files": json.dumps(files), "page": reverse("diary")},
        content_type="text/javascript; charset=utf-8",
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@public
def foods(request: HttpRequest) -> HttpResponse:
    """The catalogue of foods; its address changes with it, so it may be kept for good."""
    content, mark = foods_file()
    answer = HttpResponse(content, content_type="application/json")
    answer["Content-Encoding"] = "gzip"
    answer["ETag"] = f'"{mark}"'
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if request.GET.get("v") == mark else "no-cache"
    return answer


def foods_address() -> str:
    """The address of this version of the catalogue."""
    return f"{reverse('diary_foods')}?v={foods_file()[1]}"


@cache
def _page() -> str:
    cards = {name: _said_to_patient(card) for name, card in CARDS.items()}
    return render_to_string(
        "patient/shell.html",
        {"modules": MODULES, "cards": cards, "foods": foods_address(), "domains": DOMAINS, "portions": PORTIONS},
    )


def _said_to_patient(card: str) -> list[str]:
    asks: list[dict[str, Any]] = read.knowledge().card(card).data["asks"]
    return [one["what"] for one in asks if one["who"] == "patient"]


@cache
def fingerprint() -> str:
    """Of everything the program is made of."""
    seal = hashlib.sha256(_page().encode())
    for name in FILES:
        found = finders.find(name)
        if not isinstance(found, str):
            raise NotAcceptedError(500, f"{name} is missing from the installation.")
        seal.update(Path(found).read_bytes())
    seal.update(foods_file()[1].encode())
    return seal.hexdigest()[:16]
