"""The exclusion work-up: what was done, what it says, what is missing, and what not to order."""

from zonula.laboratory_tests.workup.exclusion import Workup, exclusion_workup
from zonula.laboratory_tests.workup.items import Item, ItemStatus, Todo

__all__ = ["Item", "ItemStatus", "Todo", "Workup", "exclusion_workup"]
