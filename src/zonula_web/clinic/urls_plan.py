"""Addresses of the plan, its diet and what is printed. Foods and reasons travel in forms, never in an address."""

from django.urls import path

from zonula_web.clinic.views import plan, plan_diet, plan_situation
from zonula_web.clinic.views import print as papers

PLAN = "patients/<uuid:patient_id>/plan/"
PRINT = "patients/<uuid:patient_id>/print/"

urlpatterns = [
    path(PLAN, plan.plan, name="plan"),
    path(f"{PLAN}start/", plan.begin, name="plan_start"),
    path(f"{PLAN}event/", plan.event, name="plan_event"),
    path(f"{PLAN}situation/", plan_situation.situation, name="plan_situation"),
    path(f"{PLAN}diet/", plan_diet.diet, name="plan_diet"),
    path(f"{PLAN}diet/eat/", plan_diet.eat, name="plan_eat"),
    path(f"{PLAN}diet/week/", plan_diet.week, name="plan_week"),
    path(f"{PLAN}diet/supplements/", plan_diet.supplements, name="plan_supplements"),
    path(PRINT, papers.overview, name="print"),
    path(f"{PRINT}summary/", papers.summary, name="print_summary"),
    path(f"{PRINT}assessment/", papers.assessment, name="print_assessment"),
    path(f"{PRINT}plan/", papers.plan, name="print_plan"),
    path(f"{PRINT}passport/", papers.passport, name="print_passport"),
    path(f"{PRINT}card/", papers.card, name="print_card"),
    path(f"{PRINT}record/", papers.fhir, name="export_fhir"),
    path(f"{PRINT}facts/", papers.table, name="export_table"),
    path(f"{PRINT}everything/", papers.everything, name="export_everything"),
]
