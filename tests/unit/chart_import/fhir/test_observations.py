"""Observations and reports: values in the form they were sent, parts as facts of their own."""

import pytest

from zonula.chart import Interpretation, Kind, Quantity, Status


@pytest.mark.parametrize(
    ("element", "written", "value", "text"),
    [
        ("valueQuantity", {"value": 5.4, "unit": "mmol/L"}, Quantity(5.4, "mmol/L"), ""),
        ("valueQuantity", {"value": 7, "comparator": "<", "unit": "U/mL"}, Quantity(7.0, "U/mL", "<"), ""),
        (
            "valueQuantity",
            {"value": 7, "unit": "per litre", "system": "http://unitsofmeasure.org", "code": "/L"},
            Quantity(7.0, "/L"),
            "",
        ),
        ("valueQuantity", {"unit": "mg"}, None, "mg"),
        ("valueCodeableConcept", {"text": "not detected"}, None, "not detected"),
        ("valueString", "turbid", None, "turbid"),
        ("valueBoolean", False, None, "false"),
        ("valueInteger", 3, Quantity(3.0), ""),
        ("valueRange", {"low": {"value": 1}, "high": {"value": 4, "unit": "mg"}}, None, "1 to 4 mg"),
        ("valueRatio", {"numerator": {"value": 1}, "denominator": {"value": 160}}, None, "1:160"),
        ("valueTime", "08:30:00", None, "08:30:00"),
        ("valueDateTime", "2020-01-02", None, "2020-01-02"),
        ("valuePeriod", {"start": "2020"}, None, "2020 to ?"),
        ("valueSampledData", {"dimensions": 1}, None, "sampled data (a curve; not kept)"),
    ],
)
def test_every_kind_of_value_is_kept_as_it_was_sent(made, read, element, written, value, text):
    observation = made.about("Observation", status="final", code=made.coded("1-8"), **{element: written})
    (fact,), _ = read(observation)
    assert (fact.value, fact.value_text) == (value, text)


def test_no_value_is_no_result_and_says_why_it_is_absent(made, read):
    (fact,), _ = read(
        made.glucose(valueQuantity=None, dataAbsentReason=made.coded("unknown", "http://terminology.hl7.org"))
    )
    assert fact.value is None
    assert fact.value_text == ""
    assert fact.detail("absent_reason") == "unknown"


def test_a_test_not_performed_is_not_done(made, read):
    (fact,), _ = read(made.glucose(valueQuantity=None, dataAbsentReason=made.coded("not-performed")))
    assert fact.status is Status.NOT_DONE
    assert not fact.asserted


def test_components_are_facts_that_belong_to_the_whole(made, read):
    parts = [
        {"code": made.coded("8480-6"), "valueQuantity": {"value": 120, "unit": "mm[Hg]"}},
        {"code": made.coded("8462-4"), "dataAbsentReason": made.coded("masked")},
    ]
    facts, _ = read(made.about("Observation", status="final", code=made.coded("85354-9"), component=parts))
    whole, systolic, diastolic = sorted(facts, key=lambda fact: fact.id)
    assert systolic.id == "doc.json#Observation/x.component[0]"
    assert systolic.part_of == diastolic.part_of == whole.id
    assert systolic.value == Quantity(120.0, "mm[Hg]")
    assert diastolic.detail("absent_reason") == "masked"
    assert systolic.status is Status.CONFIRMED


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("H", Interpretation.HIGH),
        ("LL", Interpretation.CRITICAL_LOW),
        ("N", Interpretation.NORMAL),
        ("POS", Interpretation.POSITIVE),
        ("IND", Interpretation.INDETERMINATE),
        ("something", None),
    ],
)
def test_the_senders_interpretation_is_kept_and_none_is_computed(made, read, code, expected):
    (fact,), _ = read(made.glucose(interpretation=[made.coded(code)]))
    assert fact.interpretation is expected


def test_interpretations_that_disagree_are_left_open_and_said(made, read):
    (fact,), report = read(made.glucose(interpretation=[made.coded("H"), made.coded("L")]))
    assert fact.interpretation is None
    assert any("disagree" in warning for warning in report.warnings)


def test_the_laboratorys_own_limits_are_kept(made, read):
    limits = [{"low": {"value": 3.9, "unit": "mmol/L"}, "high": {"value": 5.5, "unit": "mmol/L"}}]
    (fact,), _ = read(made.glucose(referenceRange=limits))
    assert (fact.reference.low, fact.reference.high, fact.reference.unit) == (3.9, 5.5, "mmol/L")


def test_of_several_limits_none_is_chosen(made, read):
    ranges = [{"high": {"value": 5.5}, "text": "adults"}, {"high": {"value": 7}, "text": "pregnant"}]
    (fact,), report = read(made.glucose(referenceRange=ranges))
    assert (fact.reference.low, fact.reference.high) == (None, None)
    assert fact.reference.text == "adults; pregnant"
    assert any("several reference ranges" in warning for warning in report.warnings)


def test_limits_that_are_not_of_the_normal_are_not_taken_for_them(made, read):
    (fact,), _ = read(made.glucose(referenceRange=[{"high": {"value": 20}, "type": made.coded("treatment")}]))
    assert fact.reference is None


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("final", Status.CONFIRMED),
        ("preliminary", Status.SUSPECTED),
        ("registered", Status.PLANNED),
        ("cancelled", Status.NOT_DONE),
        ("entered-in-error", Status.ENTERED_IN_ERROR),
        ("unknown", Status.UNKNOWN),
    ],
)
def test_status(made, read, written, status):
    (fact,), _ = read(made.glucose(status=written))
    assert fact.status is status


def test_what_the_patient_measured_herself_is_patient_reported(made, read):
    (fact,), _ = read(made.glucose(performer=[{"reference": "Patient/p"}]))
    assert fact.status is Status.PATIENT_REPORTED


def test_an_observation_about_someone_else_is_not_the_patients(made, read):
    facts, report = read(made.glucose(focus=[{"reference": "Patient/unborn"}]))
    assert facts == []
    assert "focus" in report.skipped[0].reason


def test_a_symptom_is_one_only_when_the_sender_says_so(made, read):
    category = [{"coding": [{"code": "symptom"}]}]
    said = made.about("Observation", status="final", code={"text": "Headache"}, category=category, valueBoolean=False)
    (symptom,), _ = read(said)
    assert symptom.kind is Kind.SYMPTOM
    assert symptom.negated
    (observation,), _ = read({**said, "category": [{"coding": [{"code": "survey"}]}]})
    assert observation.kind is Kind.OBSERVATION
    assert not observation.negated


def test_members_of_a_panel_point_at_it_and_take_its_patient(made, read):
    member = made.glucose(id="g")
    del member["subject"]
    panel = made.about(
        "DiagnosticReport", status="final", code={"text": "Chemistry"}, result=[{"reference": "Observation/g"}]
    )
    facts, report = read(member, panel, made.patient(id="other", name=[{"text": "Someone Else"}]))
    glucose = next(fact for fact in facts if fact.value)
    assert glucose.part_of == "doc.json#DiagnosticReport/x"
    assert report.kept == 2


def test_results_contained_in_a_report_are_facts(made, read):
    inner = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"text": "tTG-IgA"},
        "valueInteger": 4,
    }
    report = made.about(
        "DiagnosticReport", status="final", code={"text": "Serology"}, contained=[inner], result=[{"reference": "#o"}]
    )
    facts, _ = read(report)
    result = next(fact for fact in facts if fact.text == "tTG-IgA")
    assert result.id == "doc.json#DiagnosticReport/x#o"
    assert result.part_of == "doc.json#DiagnosticReport/x"


def test_panels_that_list_each_other_do_not_close_a_circle(made, read):
    one = made.glucose(id="a", hasMember=[{"reference": "Observation/b"}])
    other = made.glucose(id="b", hasMember=[{"reference": "Observation/a"}])
    facts, _ = read(one, other)
    assert [fact.part_of for fact in sorted(facts, key=lambda fact: fact.id)] == ["", "doc.json#Observation/a"]


def test_a_conclusion_is_the_value_of_a_report_and_a_bare_attachment_is_a_document(made, read):
    (fact,), _ = read(
        made.about("DiagnosticReport", status="final", code={"text": "Gastroscopy"}, conclusion="No atrophy")
    )
    assert (fact.kind, fact.value_text) == (Kind.OBSERVATION, "No atrophy")
    attached = [{"contentType": "application/pdf", "data": "AAAA"}]
    (fact,), report = read(
        made.about("DiagnosticReport", status="final", code={"text": "Letter"}, presentedForm=attached)
    )
    assert fact.kind is Kind.DOCUMENT
    assert "not read" in report.skipped[0].reason
