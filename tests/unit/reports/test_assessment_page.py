"""The assessment as page and text: what cannot wait stands above everything, every step says why."""

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from zonula.chart import Level
from zonula.chart_import import read_paths
from zonula.journey import Evidence, assess
from zonula.knowledge import shelf
from zonula.reports.assessment_page import EMERGENCY, assessment_html, assessment_text, page_of

EXAMPLES = Path(__file__).parents[3] / "src" / "zonula" / "examples"
TODAY = date(2026, 11, 24)


def assessed(folder, **person):
    (chart,) = read_paths([EXAMPLES / folder]).charts.values()
    if person:
        chart = msgspec.structs.replace(chart, patient=msgspec.structs.replace(chart.patient, **person))
    return assess(chart, Evidence(), TODAY, shelf())


@pytest.fixture(scope="module")
def emergency():
    return assessed("tobias-renner")


def test_an_emergency_stands_above_everything_else_with_what_to_do(emergency):
    page = page_of(emergency, "1")
    html, text = assessment_html(page), assessment_text(page)
    first = emergency.findings[emergency.unsafe[0]]
    assert first.level is Level.EMERGENCY
    for written, later in ((html, "Celiac state"), (text, "Celiac state")):
        assert written.index("ct on this first" if written is html else "ACT ON THIS FIRST") < written.index(later)
        plain = " ".join(written.split())
        assert plain.index(first.asks[0].what) < plain.index(later)
        assert EMERGENCY in plain
    assert 'role="alert"' in html


def test_what_is_urgent_but_no_emergency_does_not_stop_the_reading(emergency):
    calmer = {name: finding for name, finding in emergency.findings.items() if finding.level is not Level.EMERGENCY}
    urgent = msgspec.structs.replace(
        emergency, findings=calmer, unsafe=tuple(name for name in emergency.unsafe if name in calmer), next_steps=()
    )
    page = page_of(urgent, "1")
    assert [each.level for each in page.crisis] == ["U"]
    assert page.emergency == ""
    assert EMERGENCY not in assessment_html(page)


def test_without_anything_urgent_there_is_no_alarm():
    page = page_of(assessed("mara-lindqvist"), "1")
    assert page.crisis == ()
    assert 'role="alert"' not in assessment_html(page)
    assert "ACT ON THIS FIRST" not in assessment_text(page)


def test_every_step_says_why_and_nothing_stands_in_two_lists(emergency):
    page = page_of(emergency, "1")
    assert all(step.why for step in page.steps)
    assert all("because: <bdi>" in assessment_html(page) for _ in page.steps[:1])
    above = {each.says for section in page.sections[:2] for each in section.statements}
    still_open = next(section for section in page.sections if section.id == "open")
    assert not above & {each.says for each in still_open.statements}


def test_a_figure_that_was_not_verified_is_marked_on_every_line(emergency):
    text = assessment_text(page_of(emergency, "1"))
    assert "* rests on a figure that was not verified at its source." in text
    assert re.search(r"^  \[E\] .*\*$", text, re.MULTILINE)


def test_nothing_of_the_chart_becomes_markup():
    html = assessment_html(page_of(assessed("tobias-renner", name='<script>alert("x")</script>'), "1"))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_lists_that_are_closed_on_screen_do_not_hide_what_is_unsafe_in_print():
    """A page printed for the file must show steps and flags without a click."""
    html = assessment_html(page_of(assessed("mara-lindqvist"), "1"))
    before_next = html[: html.index('id="others"')]
    for section in ("unsafe", "next", "look-at", "excluded", "open", "hypotheses"):
        assert f'<section id="{section}"' in before_next
    assert 'class="list"' not in before_next


def test_a_flag_whose_question_is_asked_better_elsewhere_points_there():
    found = assessed("mara-lindqvist")
    page = page_of(found, "1")
    (flag,) = [each for each in page.sections[1].statements if each.id.endswith("celiac_tested_without_iga")]
    step = next(step for step in page.steps if f"Clinician: see step {step.order}" in flag.asks)
    assert "IgA" in step.what
    assert "Add a total IgA" not in assessment_html(page)
