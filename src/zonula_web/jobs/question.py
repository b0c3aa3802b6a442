"""A job that cannot go on without a person's answer."""

from typing import Any

from zonula.errors import UserError


class QuestionError(UserError):
    """What must be answered first. asks: the question as data, kept with the job; its files wait."""

    def __init__(self, what: str, cure: str, asks: dict[str, Any]) -> None:
        super().__init__(what, cure)
        self.asks = asks
