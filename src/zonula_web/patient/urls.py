"""Addresses of the patient's pages. The program of the diary lives at `/diary/`; everything about one person begins with `patients/<id>/`."""

from django.urls import path

from zonula_web.patient.views import own, phone, shell

_ONE = "patients/<uuid:patient_id>/diary/"
urlpatterns = [
    path("diary/", shell.shell, name="diary"),
    path("diary/worker.js", shell.worker, name="diary_worker"),
    path("diary/foods.json", shell.foods, name="diary_foods"),
    path("diary/me/", phone.me, name="diary_me"),
    path(f"{_ONE}form/", phone.form, name="diary_form"),
    path(f"{_ONE}sync/", phone.sync, name="diary_sync"),
    path(f"{_ONE}photos/<uuid:photo_id>/", phone.photo, name="diary_photo"),
    path(f"{_ONE}data/", own.data, name="diary_data"),
    path(f"{_ONE}data/diary.csv", own.as_csv, name="diary_csv"),
    path(f"{_ONE}data/diary.json", own.as_json, name="diary_json"),
    path(f"{_ONE}data/diary.pdf", own.as_pdf, name="diary_pdf"),
    path(f"{_ONE}erase/", own.erase, name="diary_erase"),
    path("patients/<uuid:patient_id>/food-passport/", own.passport, name="food_passport"),
    path("patients/<uuid:patient_id>/my-foods/", own.my_foods, name="my_foods"),
]
