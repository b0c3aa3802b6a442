"""Documents in, charts out."""

import gzip
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


def test_documents_of_the_same_name_stay_apart(made):
    one, other = made.bundle(made.glucose(5)), made.bundle(made.glucose(6))
    imported = read_documents([("a.json", one), ("a.json.gz", gzip.compress(other)), ("a.json", other + b" ")])
    assert [report.name for report in imported.documents] == ["a.json", "a.json (2)", "a.json (3)"]
    assert {fact.id for fact in imported.charts["p"].facts} == {"a.json#Observation/x", "a.json (2)#Observation/x"}


def test_nothing_readable_at_all_is_the_users_error() -> None:
    with pytest.raises(UserError, match=r"scan\.pdf is a PDF"):
        read_documents([("scan.pdf", b"%PDF-1.7")])
