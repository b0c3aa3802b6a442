"""What is exported is FHIR R4: judged by the fhir.resources package (R4B), and by the invariants of HL7 that a schema cannot say."""

import json

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.chart import (
    Fact,
    Interpretation,
    Kind,
    Moment,
    Patient,
    Quantity,
    ReferenceRange,
    Source,
    Status,
    When,
    chart_of,
)
from zonula.chart_export import bundle
from zonula.knowledge import shelf

SHELF = shelf()
moments = st.sampled_from(
    ["1999", "2013-05", "2020-01-31", "20200131", "2020-01-31T08:30:00+01:00", "202001310830", "20200131083060", "2020-01-31T08:30:00.125Z"]
).map(Moment.parse)  # fmt: skip
maybe = st.sampled_from(["", "words", "two\nlines", "ünï 漢"])


@st.composite
def facts(draw):
    names = (
        "category",
        "type",
        "criticality",
        "reaction",
        "severity",
        "intent",
        "absent_reason",
        "class",
        "dosage",
        "route",
        "relation",
    )
    options = {"category": ["food", "laboratory", "odd"], "type": ["allergy", "odd"], "criticality": ["low", "odd"], "severity": ["mild", "odd"], "intent": ["order", "administration", "dispense", "odd"]}  # fmt: skip
    details = tuple(
        (name, draw(st.sampled_from(options.get(name, ["words"])))) for name in names if draw(st.booleans())
    )
    return Fact(
        id="d#1", kind=draw(st.sampled_from(Kind)), sources=(Source("d", "1", draw(maybe)),), text=draw(maybe),
        when=When(draw(st.none() | moments), draw(st.none() | moments), draw(maybe)), recorded=draw(st.none() | moments),
        status=draw(st.sampled_from(Status)), negated=draw(st.booleans()),
        value=draw(st.none() | st.builds(Quantity, st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), maybe, st.sampled_from(["", "<"]))),
        value_text=draw(maybe), interpretation=draw(st.none() | st.sampled_from(Interpretation)),
        reference=draw(st.none() | st.builds(ReferenceRange, st.none() | st.just(1.0), st.none() | st.just(2.0), maybe, maybe)),
        performer=draw(maybe), specialty=draw(maybe), note=draw(maybe), details=details,
    )  # fmt: skip


def code_of(concept):
    return concept["coding"][0]["code"] if concept else ""


def broken(resource):
    """Invariants of R4 that this resource breaks."""
    kind, found = resource["resourceType"], []
    clinical, verified = code_of(resource.get("clinicalStatus")), code_of(resource.get("verificationStatus"))
    if kind == "Condition":
        abated = any(name.startswith("abatement") for name in resource)
        found += ["con-4"] if abated and clinical not in ("resolved", "remission", "inactive") else []
        found += ["con-5"] if clinical and verified == "entered-in-error" else []
    if kind == "AllergyIntolerance":
        found += ["ait-1"] if not clinical and verified != "entered-in-error" else []
        found += ["ait-2"] if clinical and verified == "entered-in-error" else []
    if kind == "Observation":
        found += (
            ["obs-6"] if "dataAbsentReason" in resource and any(name.startswith("value") for name in resource) else []
        )
        found += (
            ["obs-3"]
            if any(not {"low", "high", "text"} & set(one) for one in resource.get("referenceRange", ()))
            else []
        )
    if kind == "MedicationAdministration":
        found += ["mad-1"] if "dosage" in resource else []
        found += ["effective"] if not any(name.startswith("effective") for name in resource) else []
    if kind == "Immunization":
        found += ["occurrence"] if not any(name.startswith("occurrence") for name in resource) else []
    for name, value in resource.items():
        if name.lower().endswith("period") and len({len(one) for one in value.values()}) == 1:
            found += ["per-1"] if value.get("start", "") > value.get("end", "9999") and "T" not in str(value) else []
        if value in ("", [], {}, None):
            found.append(f"{name} is empty")
    for choice in ("onset", "abatement", "effective", "performed", "occurrence", "value"):
        found += [choice] if sum(name.startswith(choice) for name in resource) > 1 else []
    return found


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts())
def test_any_fact_is_written_as_valid_fhir(fact):
    written = bundle(chart_of(Patient(id="p", name="N"), (fact,)), SHELF)
    Bundle.model_validate_json(json.dumps(written))
    assert {entry["resource"]["id"]: bad for entry in written["entry"] if (bad := broken(entry["resource"]))} == {}


def test_the_checks_themselves_catch_a_broken_bundle():
    written = bundle(
        chart_of(Patient(id="p"), (Fact(id="d#1", kind=Kind.CONDITION, sources=(Source("d", "1"),), text="x"),)), SHELF
    )
    written["entry"][1]["resource"]["abatementDateTime"] = "2020"
    assert broken(written["entry"][1]["resource"]) == ["con-4"]
    written["entry"][1]["resource"]["subject"] = "Patient/p"
    with pytest.raises(ValueError, match="subject"):
        Bundle.model_validate_json(json.dumps(written))
