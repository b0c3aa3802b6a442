"""The review of one chart: the contract is `zonula.chart_review.contract`."""

from zonula.chart_review.contract import Imported, Review

__all__ = ["Imported", "Review"]
