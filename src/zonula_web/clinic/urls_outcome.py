"""Addresses of step 8, of the clinic's figures, and of what is known."""

from django.urls import path

from zonula_web.clinic.views import known, outcome

urlpatterns = [
    path("patients/<uuid:patient_id>/outcome/", outcome.of_patient, name="outcome"),
    path("figures/", outcome.of_clinic, name="figures"),
    path("figures/make/", outcome.make, name="figures_make"),
    path("figures/making/", outcome.making, name="figures_making"),
    path("what-is-known/", known.reading_list, name="reading_list"),
    path("how-it-could-work/", known.how_it_could_work, name="how_it_could_work"),
]
