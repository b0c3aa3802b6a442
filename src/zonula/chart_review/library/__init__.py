"""The library of rules: what Zonula asks of every chart. Conditions stand here, figures and wording on the cards."""

from zonula.chart_review.library.domains import DOMAINS
from zonula.chart_review.library.rules import Rule, rules

__all__ = ["DOMAINS", "Rule", "rules"]
