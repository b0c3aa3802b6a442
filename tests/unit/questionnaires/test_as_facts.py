"""Every question of a sheet as a fact: what was answered, and that something was not."""

from zonula.chart import Status
from zonula.questionnaires import answers_as_facts, shipped


def test_answers_of_every_kind_are_readable(answered):
    form = shipped("symptom-domains")
    response = answered(form, {"fatigue-severity": 8, "fatigue-ever": True, "fatigue-tried": "iron"})
    facts = {fact.id.partition("#")[2]: fact for fact in answers_as_facts(form, response)}
    assert facts["fatigue-severity"].value_text == "8"
    assert facts["fatigue-ever"].value_text == "yes"
    assert facts["fatigue-tried"].value_text == "iron"
    assert facts["itch-severity"].value_text == "not answered"
    assert all(fact.status is Status.PATIENT_REPORTED for fact in facts.values())
    assert facts["fatigue-severity"].text.startswith("Tiredness or exhaustion")
    assert len(facts) == sum(item.type.value not in ("group", "display") for item in form.walk())


def test_a_coded_answer_is_shown_in_the_words_of_the_form(answered):
    form = shipped("phq-9")
    facts = {fact.id.partition("#")[2]: fact for fact in answers_as_facts(form, answered(form, {"phq9-9": 3}))}
    assert facts["phq9-9"].value_text == "Nearly every day"
    assert facts["phq9-9"].when.first_day is not None


def test_an_undated_sheet_has_no_date(answered):
    form = shipped("phq-9")
    facts = answers_as_facts(form, answered(form, {"phq9-9": 0}, authored=""))
    assert {fact.when.first_day for fact in facts} == {None}
