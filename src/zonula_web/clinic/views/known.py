"""What is known: the evidence for and against each claim of the method, and how the idea behind it could work."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple, cast

from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from zonula.knowledge import CardSource
from zonula.outcomes import Claim, claims
from zonula.reports.mechanism_page import mechanism_html
from zonula.reports.wording import GRADES
from zonula_web.access.gate import Asked, signed_in
from zonula_web.records import read

HOW_READ = {
    "V": "read at the source",
    "Vs": "read in a secondary source",
    "Vc": "checked against the code table",
    "M": "from memory, not yet verified",
    "D": "told to or written by Zonula's engineers",
}


@signed_in
@require_GET
def reading_list(request: Asked) -> HttpResponse:
    """Every claim with what speaks for it, what against, and what would change our mind."""
    return render(request, "clinic/reading_list.html", {"claims": [_shown(one) for one in claims(read.knowledge())]})


@signed_in
@require_GET
def how_it_could_work(_: Asked) -> HttpResponse:
    """The page of the mechanism as it is printed: complete in itself, with its own style and nothing else."""
    told = _told()
    answer = HttpResponse(told.page)
    # What django-csp's decorator sets; set here because the hash is known when the page is made, not when this file is read.
    cast("Any", answer)._csp_update = {"style-src": list(told.styles)}
    return answer


class Told(NamedTuple):
    """The page as bytes, and the policy's names of the styles in it."""

    page: bytes
    styles: tuple[str, ...]


@cache
def _told() -> Told:
    """Made once for each process: drawing it takes more than a second."""
    # A page on its own names no icon, and the browser would ask for one that is not there.
    icon = f'<link rel="icon" href="{static("zonula/icon.svg")}" type="image/svg+xml">'
    page = mechanism_html(read.knowledge()).replace("</title>", f"</title>\n{icon}", 1)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    hashes = (b64encode(sha256(style.encode()).digest()).decode() for style in styles)
    return Told(page.encode(), tuple(f"'sha256-{one}'" for one in hashes))


def _shown(claim: Claim) -> dict[str, Any]:
    card = claim.card
    return {
        "claim": claim,
        "grade": GRADES[card.grade],
        "signed_off": card.signed_off,
        "sources": [(one.title, _address(one), HOW_READ[one.mark.value]) for one in card.sources],
    }


def _address(source: CardSource) -> str:
    """Where it can be read; empty for what is in our own papers."""
    return source.link if source.link.startswith(("https://", "http://")) else ""
