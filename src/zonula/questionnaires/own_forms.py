"""Which of our questionnaires an answer belongs to."""

from zonula.errors import UserError
from zonula.questionnaires.definition import Questionnaire
from zonula.questionnaires.instruments import instruments, shipped
from zonula.questionnaires.response import Response


def form_of(response: Response, name: str) -> Questionnaire:
    """The questionnaire a response names, if it is one of ours. Raises UserError otherwise; `name` is what to call the document."""
    by_url = {instrument.url: known for known, instrument in instruments().items() if instrument.offered != "no"}
    if response.url not in by_url:
        asked = response.url or "no questionnaire named"
        raise UserError(
            f"{name}: not one of our questionnaires ({asked}).",
            "Give its form, too (`zonula questionnaire score` takes it with --form).",
        )
    return shipped(by_url[response.url])
