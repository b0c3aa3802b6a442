"""Refuses long passwords that are easy to guess.

The list of common passwords that Django ships has almost none of fifteen characters, because short ones are more common; the long ones
people choose are short common ones repeated, padded or walked along the keyboard, so that is what is looked for (ASVS 6.2.4).
"""

import re
from collections.abc import Iterable
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

KEYBOARD_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "qwertzuiop",
    "azertyuiop",
    "abcdefghijklmnopqrstuvwxyz",
)
LEAST_DIFFERENT = 6
SHORTEST_WORD = 4
# A common word is worth about three random letters, so four different ones pass and two repeated for ever do not.
WORD_WORTH, LEAST_WORTH = 3, 10
OURS = ("zonula", "clinic", "password", "passwort", "letmein", "welcome", "correcthorsebatterystaple", "iloveyou")


class GuessableValidator:
    """A Django password validator."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError when what remains without common words, keyboard walks and repetition is too little."""
        plain = re.sub(r"[\W_]+", "", password.casefold())
        if len(set(plain)) < LEAST_DIFFERENT or _worth(plain) < LEAST_WORTH:
            raise ValidationError(
                "This password is easy to guess: it is made of common words, repetitions or rows of keys.", "guessable"
            )

    def get_help_text(self) -> str:
        """For the form."""
        return "A few unrelated words make a good password. Common passwords repeated or padded are refused."


@cache
def _common() -> frozenset[str]:
    return frozenset(word for word in CommonPasswordValidator().passwords if len(word) >= SHORTEST_WORD) | frozenset(
        OURS
    )


def _pieces(plain: str) -> Iterable[str]:
    """Common passwords and pieces of keyboard rows inside, the longest first."""
    found = {
        plain[start:end]
        for start in range(len(plain))
        for end in range(start + SHORTEST_WORD, min(len(plain), start + 25) + 1)
        if plain[start:end] in _common()
        or any(plain[start:end] in row or plain[start:end][::-1] in row for row in KEYBOARD_ROWS)
    }
    return sorted(found, key=len, reverse=True)


def _worth(plain: str) -> int:
    """How many random letters it is worth: each different common piece counts little, a repetition nothing."""
    left, words = plain, 0
    for piece in _pieces(plain):
        if piece in left:
            left, words = left.replace(piece, ""), words + 1
    return WORD_WORTH * words + len(re.sub(r"(.{2,}?)\1+", r"\1", left))
