"""Addresses of the pages about people."""

from django.urls import path

from zonula_web.access.views import account, consent, joining, log, people

urlpatterns = [
    path("you/", account.account, name="account"),
    path("join/<str:secret>/", joining.join, name="join"),
    path("people/", people.people, name="people"),
    path("people/<int:membership_id>/", people.member, name="member"),
    path("log/", log.of_clinic, name="log"),
    path("patients/<uuid:patient_id>/invite/", people.invite_patient, name="invite_patient"),
    path("patients/<uuid:patient_id>/consent/", consent.consent, name="consent"),
    path("patients/<uuid:patient_id>/log/", log.of_patient, name="patient_log"),
]
