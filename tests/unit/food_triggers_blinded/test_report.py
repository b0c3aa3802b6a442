"""The report: every CENT item speaks, hostile words stay words, nothing before unsealing."""

import io
import re
from datetime import date, timedelta

import msgspec
import numpy as np
import pytest
from lxml import etree, html
from pypdf import PdfReader
from virtual_trial import Person, run_record, run_trial

from zonula.errors import UserError
from zonula.food_triggers.blinded.design import design_trial, knowledge
from zonula.food_triggers.blinded.events import PeriodStarted
from zonula.food_triggers.blinded.record import Record, append
from zonula.food_triggers.blinded.report import report_of
from zonula.reports.trial_figures import means_figure, ratings_figure
from zonula.reports.trial_report import trial_html, trial_pdf

AS_OF = date(2031, 6, 1)


@pytest.fixture
def record(milk):
    return run_record(milk, Person(effect=4), np.random.default_rng(1))


def test_every_cent_item_speaks_and_the_answer_comes_first(record):
    report = report_of(record, as_of=AS_OF)
    assert [item.number for item in report.items] == [row["item"] for row in knowledge("cent_2015")["items"]]
    assert all(line.strip() for item in report.items for line in item.says)
    page = html.fromstring(trial_html(report))
    assert page.xpath("string(//section[1]//p[1])") == report.plain[0]
    assert len(page.xpath("//section[@id='figures']//tbody/tr")) == 10
    assert not page.xpath("//script")


def test_the_pdf_says_the_same(record):
    report = report_of(record, as_of=AS_OF)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(trial_pdf(report))).pages)
    flat = re.sub(r"\s+", " ", text)
    assert report.plain[0][:40] in flat
    assert "25. Funding" in flat


def test_the_drawings_are_well_formed_and_draw_every_rating(record):
    report = report_of(record, as_of=AS_OF)
    drawing = etree.fromstring(ratings_figure(report).encode())
    assert len(drawing.findall("{*}circle")) == len(report.trial.ratings)
    assert len(etree.fromstring(means_figure(report).encode()).findall("{*}circle")) == 10


def test_hostile_names_stay_words():
    design = design_trial(
        "<b>t</b>",
        "general_food",
        food="<script>alert(1)</script>",
        dose="#1",
        outcomes=("<i>pain</i>",),
        first_day=date(2031, 1, 6),
        cleared_by='"><img src=x>',
    )
    report = report_of(run_record(design, Person(), np.random.default_rng(1)), as_of=AS_OF)
    page = html.fromstring(trial_html(report))
    assert not page.xpath("//script | //img | //i | //b")
    etree.fromstring(ratings_figure(report).encode())
    assert trial_pdf(report).startswith(b"%PDF")


def test_a_trial_without_ratings_and_one_stopped_before_the_first_period_can_be_reported(milk):
    report = report_of(run_record(milk, Person(missing=1.0), np.random.default_rng(1)), as_of=AS_OF)
    assert "cannot tell" in report.plain[0]
    assert trial_pdf(report).startswith(b"%PDF")
    assert "not measured" in trial_html(report)


def test_a_washout_cut_short_is_told(milk, record):
    def happened(trial_record):
        return next(item for item in report_of(trial_record, as_of=AS_OF).items if item.number == "13").says[1]

    assert happened(record).endswith("none.")
    hasty = [
        msgspec.structs.replace(event, at=event.at - timedelta(days=1))
        if isinstance(event, PeriodStarted) and event.period == 3
        else event
        for event in (entry.event for entry in record.entries)
    ]
    assert "before period 3 2 days" in happened(append(Record(), *hasty))


def test_no_report_before_unsealing(milk):
    with pytest.raises(UserError, match="after unsealing"):
        report_of(run_record(milk, Person(), np.random.default_rng(1), unseal=False), as_of=AS_OF)
    with pytest.raises(UserError, match="after unsealing"):
        report_of(Record(), as_of=AS_OF)


def test_the_record_replays_to_the_same_trial(milk):
    record = run_record(milk, Person(), np.random.default_rng(3))
    assert msgspec.structs.asdict(record.trial) == msgspec.structs.asdict(
        run_trial(milk, Person(), np.random.default_rng(3))
    )
    assert append(Record(), *(entry.event for entry in record.entries)) == record
