"""Documents in, charts out."""

import json

import pytest

from zonula.chart_import import read_documents
from zonula.errors import UserError


def test_a_bundle_becomes_one_chart() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p"}},
            {
                "resource": {
                    "resourceType": "Condition",
                    "id": "c",
                    "code": {"text": "Bloating"},
                    "subject": {"reference": "urn:uuid:1"},
                }
            },
        ],
    }
    imported = read_documents([("visit.json", json.dumps(bundle).encode())])
    assert [fact.id for fact in imported.charts["p"].facts] == ["visit.json#Condition/c"]


def test_nothing_readable_at_all_is_the_users_error() -> None:
    with pytest.raises(UserError, match=r"scan\.pdf is a PDF"):
        read_documents([("scan.pdf", b"%PDF-1.7")])
