"""Addresses of the patients, their overview, step 1, documents, facts and merging."""

from django.urls import path

from zonula_web.clinic.views import chart, documents, facts, merging, overview, patients

OF_PATIENT = "patients/<uuid:patient_id>/"
DOCUMENTS = f"{OF_PATIENT}documents/"
FACTS = f"{OF_PATIENT}facts/"

urlpatterns = [
    path("patients/", patients.patient_list, name="patients"),
    path("patients/new/", patients.new, name="patient_new"),
    path(OF_PATIENT, overview.overview, name="patient"),
    path(f"{OF_PATIENT}identity/", patients.identity, name="identity"),
    path(f"{OF_PATIENT}tasks/new/", overview.task_new, name="task_new"),
    path(f"{OF_PATIENT}tasks/<int:task_id>/done/", overview.task_done, name="task_done"),
    path(f"{OF_PATIENT}tasks/<int:task_id>/again/", overview.task_again, name="task_again"),
    path(f"{OF_PATIENT}chart/", chart.chart, name="chart"),
    path(DOCUMENTS, documents.overview, name="documents"),
    path(f"{DOCUMENTS}import/", documents.upload, name="import"),
    path(f"{DOCUMENTS}import/<uuid:job_id>/", documents.progress, name="import_progress"),
    path(f"{DOCUMENTS}import/<uuid:job_id>/answer/", documents.answer, name="import_answer"),
    path(f"{DOCUMENTS}<int:number>/", documents.download, name="document"),
    path(f"{DOCUMENTS}<int:number>/remove/", documents.remove, name="document_remove"),
    path(f"{DOCUMENTS}<int:number>/back/", documents.put_back, name="document_back"),
    path(FACTS, facts.browse, name="facts"),
    path(f"{FACTS}new/", facts.new, name="fact_new"),
    path(f"{FACTS}<slug:token>/", facts.fact, name="fact"),
    path(f"{FACTS}<slug:token>/correct/", facts.correct, name="fact_correct"),
    path(f"{FACTS}<slug:token>/withdraw/", facts.withdraw, name="fact_withdraw"),
    path(f"{FACTS}<slug:token>/undo/<int:number>/", facts.undo, name="entry_undo"),
    path(f"{OF_PATIENT}merge/", merging.merge, name="merge"),
    path(f"{OF_PATIENT}merge/<int:number>/undo/", merging.undo, name="merge_undo"),
]
