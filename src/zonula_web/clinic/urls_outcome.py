"""Addresses of step 8, of the clinic's figures, and of what is known."""

from django.urls import path

from zonula_web.clinic.views import known, outcome, research

urlpatterns = [
    path("patients/<uuid:patient_id>/outcome/", outcome.of_patient, name="outcome"),
    path("figures/", outcome.of_clinic, name="figures"),
    path("figures/make/", outcome.make, name="figures_make"),
    path("figures/making/", outcome.making, name="figures_making"),
    path("figures/report/", research.report, name="figures_report"),
    path("research/", research.overview, name="research"),
    path("research/table.csv", research.csv, name="research_csv"),
    path("research/table.parquet", research.parquet, name="research_parquet"),
    path("research/columns.md", research.dictionary, name="research_dictionary"),
    path("research/registry.json", research.registry, name="research_registry"),
    path("what-is-known/", known.reading_list, name="reading_list"),
    path("how-it-could-work/", known.how_it_could_work, name="how_it_could_work"),
]
