"""A reference nobody can be found for says who by its own display, whatever other references to the same address say."""

import json

from zonula.chart_import import read_documents


def observation(number, **performer):
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "code": {"text": "Ferritin"},
        "subject": {"reference": "Patient/p"},
        "performer": [{"reference": "Practitioner/unknown", **performer}],
    }


def test_a_display_stays_with_its_own_reference():
    lines = [observation(1), observation(2, display="Dr. A"), observation(3, display="Dr. B")]
    for order in (lines, lines[::-1]):
        data = "\n".join(json.dumps(each) for each in order).encode()
        (chart,) = read_documents([("o.ndjson", data)]).charts.values()
        assert {fact.sources[0].place: fact.performer for fact in chart.facts} == {
            "Observation/o1": "",
            "Observation/o2": "Dr. A",
            "Observation/o3": "Dr. B",
        }
