"""Every address of the site."""

from django.urls import include, path

from zonula_web.access.urls import urlpatterns as access
from zonula_web.clinic.urls import urlpatterns as clinic
from zonula_web.design.health import health
from zonula_web.patient.urls import urlpatterns as patient

urlpatterns = [
    path("health/", health, name="health"),
    path("account/", include("allauth.urls")),
    *access,
    *clinic,
    *patient,
]
