"""A virtual skin-prick session: controls, wheals, what was taken before, and what is eaten without harm."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from zonula.simulation.assumed import Assumed, Span, chance, one_of
from zonula.simulation.hidden import Hidden

FORMAT = "zonula.skin-test-session/1"
_HELD, _NOT_HELD = timedelta(14), timedelta(1)
_EATEN_LATELY, _NOT_EATEN = timedelta(6), timedelta(400)


def session(life: Hidden, day: date, says: Assumed, rng: np.random.Generator) -> tuple[dict[str, Any], bool]:
    """The session in the form `skin_prick_tests.parse_session` reads, and whether its controls let it be read."""
    card = says.skin_tests
    suppressed = chance(card.antihistamine_percent, rng)
    dermographic = chance(card.dermographism_percent, rng)
    histamine = _wheal(card.suppressed_histamine_mm if suppressed else card.histamine_mm, rng)
    negative = _wheal(card.dermographic_mm if dermographic else (0.0, 0.5), rng)
    controls = [("histamine", histamine), ("negative", negative)]
    foods = [(food, _wheal(card.wheal_mm if food in life.sensitised else card.no_wheal_mm, rng)) for food in card.panel]
    eating = {
        food: {
            "tolerated": "yes" if food in life.tolerated else "no",
            "last_eaten": day - (_EATEN_LATELY if food in life.tolerated else _NOT_EATEN),
        }
        for food in card.panel
        if food in life.sensitised
    }
    immediate = [food for food in life.sensitised if food not in life.tolerated]
    written: dict[str, Any] = {
        "format": FORMAT,
        "patient": {"id": life.person.id, "birth": life.person.born},
        "day": day,
        "operator": one_of(("allergy nurse", "allergist"), rng),
        "device": "single-head metal lancet",
        "body_site": "forearm",
        "drugs": [{"name": "cetirizine", "last_dose": day - (_NOT_HELD if suppressed else _HELD)}],
        "asthma": "uncontrolled" if "asthma_unstable" in life.planted else "none",
        "pregnant": "no",
        "physician_on_site": "yes",
        "adrenaline_ready": "yes",
        "dermographism": "yes" if dermographic else "no",
        "skin_disease_at_site": "no",
        "pricks": [{"food": food, "wheal_mm": list(wheal), "read_after_min": 15} for food, wheal in controls + foods],
        "eating": eating,
    }
    if "anaphylaxis_history" in life.planted and immediate:
        written["last_anaphylaxis"] = day - timedelta(860)
    return written, not (suppressed or dermographic or "asthma_unstable" in life.planted)


def _wheal(span: Span, rng: np.random.Generator) -> tuple[float, float]:
    """Largest diameter and its orthogonal, to half a millimetre, as a ruler gives them."""
    first = float(rng.uniform(*span))
    second = first * float(rng.uniform(0.85, 1.0))
    return round(2 * first) / 2, round(2 * second) / 2
