"""Addresses of step 8 and of the clinic's figures."""

from django.urls import path

from zonula_web.clinic.views import outcome

urlpatterns = [
    path("patients/<uuid:patient_id>/outcome/", outcome.of_patient, name="outcome"),
    path("figures/", outcome.of_clinic, name="figures"),
    path("figures/make/", outcome.make, name="figures_make"),
    path("figures/making/", outcome.making, name="figures_making"),
]
