"""What is known: every claim with both sides, and the page of the mechanism under the site's strict policy."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from django.test import Client

from zonula.outcomes import claims
from zonula_web.access.rights import Role
from zonula_web.records import read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.RESEARCHER])
def test_each_claim_stands_with_both_sides_grade_and_sources(signed_in, role):
    page = signed_in(role).get("/what-is-known/").content.decode()
    shown = re.sub(r"\s+", " ", page)
    for claim in claims(read.knowledge()):
        for text in (claim.card.title, claim.now, claim.against, claim.would_change_our_mind):
            assert text.split("'")[0] in shown
        for source in claim.card.sources:
            assert source.title.split("'")[0] in shown
            assert source.link.startswith("docs/") or f'href="{source.link}"' in shown
    assert shown.count("What would change our mind") == len(claims(read.knowledge()))


def test_the_mechanism_is_told_with_its_own_style_and_no_other(signed_in):
    answer = signed_in(Role.STAFF).get("/how-it-could-work/")
    page, policy = answer.content.decode(), answer["Content-Security-Policy"]
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(styles) == 1
    assert f"'sha256-{b64encode(sha256(styles[0].encode()).digest()).decode()}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|<script|\son[a-z]+=", page)
    assert "hypothesis" in page


def test_a_visitor_is_sent_to_sign_in(db):
    for address in ("/what-is-known/", "/how-it-could-work/"):
        assert Client().get(address)["Location"].startswith("/account/login/")


def test_other_pages_keep_the_policy(signed_in):
    browser = signed_in(Role.STAFF)
    browser.get("/how-it-could-work/")
    assert "sha256-" not in browser.get("/what-is-known/")["Content-Security-Policy"]
