"""Supplements and "detox" agents against the patient's drugs, conditions, pregnancy and total intake."""  # words-lint: quoted

from zonula.diet.supplements.form import FORMAT, Content, Supplement, SupplementForm, daily_nutrients, parse_supplements
from zonula.diet.supplements.interactions import Advice, Agent, SupplementAdvice, without_contents
from zonula.diet.supplements.review import SupplementReview, review

__all__ = [
    "FORMAT",
    "Advice",
    "Agent",
    "Content",
    "Supplement",
    "SupplementAdvice",
    "SupplementForm",
    "SupplementReview",
    "daily_nutrients",
    "parse_supplements",
    "review",
    "without_contents",
]
