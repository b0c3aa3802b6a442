"""Addresses of the clinic's pages. A patient's pages all begin with `patients/<id>/`."""

from django.urls import path

from zonula_web.clinic.urls_chart import urlpatterns as chart
from zonula_web.clinic.urls_diary import urlpatterns as diary
from zonula_web.clinic.urls_outcome import urlpatterns as outcome
from zonula_web.clinic.urls_plan import urlpatterns as plan
from zonula_web.clinic.urls_steps import urlpatterns as steps
from zonula_web.clinic.views import home

urlpatterns = [
    path("", home.home, name="home"),
    *chart,
    *steps,
    *plan,
    *diary,
    *outcome,
]
