"""Errors that say whose fault it is and the cure.

`UserError` is the only exception a command turns into one line and exit code 2. Everything else is a bug of ours:
exit code 1, with a traceback to report.
"""


class ZonulaError(Exception):
    """The root of every error Zonula raises on purpose."""


class UserError(ZonulaError):
    """Input or usage that the person at the keyboard can mend.

    what: what is wrong, naming the file, line or field, never a patient's data.
    cure: what to do about it; may be empty when `what` already says it.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what} {self.cure}".strip()


class KnowledgeError(ZonulaError):
    """A knowledge card or code list that the shelf refuses; the message names the file and the missing field."""
