"""What may be eaten: foods, exclusions, nutrients, menus, supplements, residues and lessons.

    from zonula.diet import check, exclusions
    check("PB&J", exclusions(["peanut"], shelf), today, shelf).answer

Nutrients are intervals: what was not measured is unknown, never zero.
"""

from zonula.diet.adequacy import Intake, Nutrients, Standing, judge
from zonula.diet.catalogue import Catalogue, Food, catalogue
from zonula.diet.ciqual_import import import_ciqual
from zonula.diet.composition import FoodComposition, composition, nutrients, read_table, write_table
from zonula.diet.eating import Eaten, Eating, read_eating
from zonula.diet.exclusions import Answer, Exclusion, FoodCheck, check, exclusions
from zonula.diet.fdc_import import Imported, import_fdc
from zonula.diet.intake import Amount, daily_totals, mean_intake
from zonula.diet.lessons import Lesson, lesson, lessons
from zonula.diet.menu import Wish
from zonula.diet.offered import dietitian, not_offered
from zonula.diet.requirements import Person, energy_floor, limits, needs, plausible
from zonula.diet.search import Found, Match, food_called, search
from zonula.diet.substitutes import Checks, Replacement, check_all, replacements
from zonula.diet.week import Week, plan_week

__all__ = [
    "Amount",
    "Answer",
    "Catalogue",
    "Checks",
    "Eaten",
    "Eating",
    "Exclusion",
    "Food",
    "FoodCheck",
    "FoodComposition",
    "Found",
    "Imported",
    "Intake",
    "Lesson",
    "Match",
    "Nutrients",
    "Person",
    "Replacement",
    "Standing",
    "Week",
    "Wish",
    "catalogue",
    "check",
    "check_all",
    "composition",
    "daily_totals",
    "dietitian",
    "energy_floor",
    "exclusions",
    "food_called",
    "import_ciqual",
    "import_fdc",
    "judge",
    "lesson",
    "lessons",
    "limits",
    "mean_intake",
    "needs",
    "not_offered",
    "nutrients",
    "plan_week",
    "plausible",
    "read_eating",
    "read_table",
    "replacements",
    "search",
    "write_table",
]
