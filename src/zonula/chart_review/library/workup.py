"""When a result may not be read, whatever it says: the state of the body or a missing companion test."""

from zonula.chart_review import nodes as n
from zonula.chart_review.library.celiac import IGA_ADEQUATE, NEGATIVE_OFF_GLUTEN
from zonula.chart_review.library.phrases import current_drugs, done

_CELIAC, _THYROID = "chart_review/celiac_conditions", "chart_review/thyroid_conditions"
_BIOTIN = n.Exists(current_drugs("biotin"))

# test → (when, why, card). Only a result that would reassure is withheld for celiac disease; a positive one still counts.
NOT_INTERPRETABLE: dict[str, tuple[tuple[n.Truth, str, str], ...]] = {
    "ttg_iga": (
        (n.Not(done("total_iga")), "no total IgA in the record, so a negative result does not reassure", _CELIAC),
        (n.Not(IGA_ADEQUATE), "total IgA is deficient, so IgA tests are blind", _CELIAC),
        (NEGATIVE_OFF_GLUTEN, "taken after a gluten-free diet was recorded", _CELIAC),
    ),
    "tsh": ((_BIOTIN, "biotin is in the medication list and can falsify this test", _THYROID),),
    "free_t4": ((_BIOTIN, "biotin is in the medication list and can falsify this test", _THYROID),),
}
WITHHELD_ONLY_WHEN_REASSURING = frozenset({"ttg_iga"})
