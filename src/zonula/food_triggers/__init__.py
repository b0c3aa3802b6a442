"""Which foods cause which symptoms: inference from diaries, the next challenge, and the blinded verdict."""
