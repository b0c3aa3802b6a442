"""The skin prick test: validity before reading, sensitised before allergic, hypothesis apart from fact."""

from zonula.skin_prick_tests.panel import Panel, PanelFood, parse_panel, shipped_panel
from zonula.skin_prick_tests.problem import Outcome
from zonula.skin_prick_tests.reading import Change, Count, Reading, Verdict, wilson
from zonula.skin_prick_tests.result import SkinTest, read
from zonula.skin_prick_tests.session import FORMAT, Asthma, Drug, Eating, Prick, Session, Subject, parse_session
from zonula.skin_prick_tests.validity import Validity, judge

__all__ = [
    "FORMAT",
    "Asthma",
    "Change",
    "Count",
    "Drug",
    "Eating",
    "Outcome",
    "Panel",
    "PanelFood",
    "Prick",
    "Reading",
    "Session",
    "SkinTest",
    "Subject",
    "Validity",
    "Verdict",
    "judge",
    "parse_panel",
    "parse_session",
    "read",
    "shipped_panel",
    "wilson",
]
