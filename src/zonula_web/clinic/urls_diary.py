"""Addresses of steps 6 and 7: the diary as the clinic reads it, and the foods."""

from django.urls import path

from zonula_web.clinic.views import diary, foods

OF_PATIENT = "patients/<uuid:patient_id>/"

urlpatterns = [
    path(f"{OF_PATIENT}days/", diary.overview, name="patient_diary"),
    path(f"{OF_PATIENT}days/<str:day>/", diary.one_day, name="patient_diary_day"),
    path(f"{OF_PATIENT}foods/", foods.overview, name="foods"),
    path(f"{OF_PATIENT}foods/ask/", foods.ask, name="foods_ask"),
    path(f"{OF_PATIENT}foods/asked/", foods.asked, name="foods_asked"),
]
