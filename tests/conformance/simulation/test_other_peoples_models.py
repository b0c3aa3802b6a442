"""The FHIR that virtual lives leave is FHIR to others: the pydantic models of `fhir.resources` accept every resource."""

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from zonula.simulation import life


@pytest.mark.parametrize("index", range(3))
def test_every_bundle_and_every_response_is_accepted(index):
    one = life(2026, index)
    bundles = [content for name, content in one.documents.items() if name.endswith(".fhir.json")]
    assert bundles
    for content in bundles:
        read = Bundle.model_validate_json(content)
        ids = [(entry.resource.__resource_type__, entry.resource.id) for entry in read.entry]
        assert len(ids) == len(set(ids))
    for content in one.responses.values():
        assert QuestionnaireResponse.model_validate_json(content).status == "completed"
