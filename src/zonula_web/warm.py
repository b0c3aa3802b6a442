"""Everything a process reads or compiles once, done before it answers: the first visitor waits no longer than the others."""

from datetime import date
from pathlib import Path

from django.apps import apps
from django.template.loader import get_template
from django.urls import get_resolver

from zonula.chart import Patient, chart_of
from zonula.diet import catalogue
from zonula.journey import Evidence, assess
from zonula.reports import assessment_page, review_page
from zonula_web.records import read

ANY_DAY = date(2026, 1, 1)


def warm_up() -> None:
    """Import the pages, read knowledge and vocabulary, assess a record that holds nothing, compile the templates. Touches no database."""
    get_resolver().url_patterns  # noqa: B018 - reading it imports every page
    shelf = read.knowledge()
    catalogue(shelf)
    nobody = chart_of(Patient(id="nobody"), ())
    assessed = assess(nobody, Evidence(panel=read.panel()), ANY_DAY, shelf, None)
    assessment_page.page_of(assessed, "")
    review_page.page_of(assessed.review, "")
    for application in apps.get_app_configs():
        if application.name.startswith("zonula_web."):
            folder = Path(application.path) / "templates"
            for template in sorted(folder.rglob("*.html")):
                get_template(template.relative_to(folder).as_posix())
