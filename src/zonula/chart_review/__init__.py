"""Chart review: what one patient's records say, and because of what. Rules, their evaluators and the review built on them."""

from zonula.chart_review.contract import Imported, Review
from zonula.chart_review.review import review

__all__ = ["Imported", "Review", "review"]
