"""Addresses of the clinic's pages. A patient's pages all begin with `patients/<id>/`."""

from django.urls import path

from zonula_web.clinic.urls_steps import urlpatterns as steps
from zonula_web.clinic.views import home, patients

OF_PATIENT = "patients/<uuid:patient_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("patients/", patients.patient_list, name="patients"),
    path("patients/new/", patients.new, name="patient_new"),
    path(f"{OF_PATIENT}", patients.overview, name="patient"),
    *steps,
]
