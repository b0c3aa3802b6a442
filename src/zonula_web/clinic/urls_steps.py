"""Addresses of the diagnostic steps 2 to 4 and of the assessment."""

from django.urls import path

from zonula_web.clinic.views import answering, assessment, laboratory, questionnaires, skin

QUESTIONNAIRES = "patients/<uuid:patient_id>/questionnaires/"
LABORATORY = "patients/<uuid:patient_id>/laboratory/"
SKIN = "patients/<uuid:patient_id>/skin/"

urlpatterns = [
    path(QUESTIONNAIRES, questionnaires.overview, name="questionnaires"),
    path(f"{QUESTIONNAIRES}links/<int:link_id>/end/", questionnaires.end_link, name="questionnaire_link_end"),
    path(f"{QUESTIONNAIRES}sheets/<int:sheet_id>/", questionnaires.sheet, name="questionnaire_sheet"),
    path(f"{QUESTIONNAIRES}sheets/<int:sheet_id>/withdraw/", questionnaires.withdraw, name="questionnaire_withdraw"),
    path(f"{QUESTIONNAIRES}<slug:form>/", questionnaires.course, name="questionnaire"),
    path(f"{QUESTIONNAIRES}<slug:form>/fill/", questionnaires.fill, name="questionnaire_fill"),
    path(f"{QUESTIONNAIRES}<slug:form>/look/", questionnaires.look, name="questionnaire_look"),
    path(f"{QUESTIONNAIRES}<slug:form>/link/", questionnaires.link, name="questionnaire_link"),
    path(LABORATORY, laboratory.laboratory, name="laboratory"),
    path(f"{LABORATORY}celiac/", laboratory.celiac, name="laboratory_celiac"),
    path(f"{LABORATORY}hla/", laboratory.hla, name="laboratory_hla"),
    path(f"{LABORATORY}genotype/", laboratory.genotype, name="laboratory_genotype"),
    path(f"{LABORATORY}genotype/remove/", laboratory.forget, name="laboratory_forget"),
    path(SKIN, skin.overview, name="skin"),
    path(f"{SKIN}session/", skin.session, name="skin_session"),
    path(f"{SKIN}session/check/", skin.check, name="skin_check"),
    path(f"{SKIN}session/discard/", skin.discard, name="skin_discard"),
    path(f"{SKIN}<str:day>/", skin.of_day, name="skin_day"),
    path(f"{SKIN}<str:day>/correct/", skin.correct, name="skin_correct"),
    path(f"{SKIN}<str:day>/eating/", skin.eating, name="skin_eating"),
    path(f"{SKIN}<str:day>/withdraw/", skin.withdraw, name="skin_withdraw"),
    path("patients/<uuid:patient_id>/assessment/", assessment.assessment, name="assessment"),
    path("patients/<uuid:patient_id>/assessment/others/", assessment.others, name="assessment_others"),
    path("patients/<uuid:patient_id>/assessment/task/", assessment.task, name="assessment_task"),
    path("answer/<str:secret>/", answering.answer, name="answer"),
    path("answer/<str:secret>/look/", answering.look, name="answer_look"),
]
