"""A good session that cases change in one thing."""

from datetime import date, timedelta

import pytest

from zonula.chart import State
from zonula.knowledge import shelf
from zonula.skin_prick_tests import Asthma, Drug, Prick, Session, Subject, shipped_panel

DAY = date(2026, 11, 2)


@pytest.fixture(scope="session")
def knowledge():
    return shelf()


@pytest.fixture(scope="session")
def panel(knowledge):
    return shipped_panel(knowledge)


@pytest.fixture
def make_session(panel):
    """Build a valid session; arguments replace one thing each, None leaves it out."""

    def make(
        *,
        histamine=(),
        negative=(),
        foods=3,
        drugs=(),
        anaphylaxis_days_before=None,
        eating=None,
        birth=date(1984, 5, 17),
        **more,
    ):
        controls = {
            "histamine": {"wheal_mm": (6, 5), "read_after_min": 15},
            "negative": {"wheal_mm": (0, 0), "read_after_min": 15},
        }
        pricks = []
        for name, change in (("histamine", histamine), ("negative", negative)):
            if change is not None:
                pricks.append(Prick(food=name, **{**controls[name], **dict(change)}))
        if isinstance(foods, int):
            foods = [Prick(food=food.id, wheal_mm=(0, 0), read_after_min=15) for food in panel.foods[:foods]]
        defaults = {"asthma": Asthma.NONE, "physician_on_site": State.YES, "adrenaline_ready": State.YES}
        taken = None
        if drugs is not None:
            taken = tuple(
                Drug(
                    name=drug["name"],
                    last_dose=DAY - timedelta(drug["days_before"]) if "days_before" in drug else None,
                    at_test_site=drug.get("at_test_site"),
                )
                for drug in drugs
            )
        return Session(
            format="zonula.skin-test-session/1",
            patient=Subject(id="p", birth=birth),
            day=DAY,
            pricks=(*pricks, *foods),
            drugs=taken,
            last_anaphylaxis=None if anaphylaxis_days_before is None else DAY - timedelta(anaphylaxis_days_before),
            eating=eating or {},
            **{**defaults, **more},
        )

    return make
