"""What Zonula exports as FHIR, Zonula reads back: nothing of codes, dates with their precision, values or status is lost."""

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zonula
from zonula.chart import (
    UNKNOWN_TIME,
    Chart,
    Code,
    Fact,
    Interpretation,
    Kind,
    Moment,
    Patient,
    Quantity,
    ReferenceRange,
    Sex,
    Source,
    Status,
    System,
    When,
    chart_of,
)  # fmt: skip
from zonula.chart_export import KEPT, bundle
from zonula.chart_import import read_paths
from zonula.chart_import.fhir import read
from zonula.knowledge import shelf

SHELF = shelf()
EXAMPLES = Path(zonula.__file__).parent / "examples"


def moment_key(moment):
    return None if moment is None else (moment.precision, moment.earliest, moment.latest, moment.seconds)


def when_key(when):
    return (moment_key(when.start), moment_key(when.end), when.text)


def code_key(code):
    return (code.system, code.code, code.display, code.system_text.removeprefix("urn:oid:"))


def meaning(fact):
    """Everything of a fact but where it was read and what it is called there."""
    return {
        "kind": fact.kind, "codes": [code_key(code) for code in fact.codes], "text": fact.text, "when": when_key(fact.when),
        "recorded": moment_key(fact.recorded), "status": fact.status, "negated": fact.negated, "value": fact.value,
        "value_text": fact.value_text, "value_codes": [code_key(code) for code in fact.value_codes],
        "interpretation": fact.interpretation, "reference": fact.reference, "performer": fact.performer,
        "specialty": fact.specialty, "note": fact.note, "details": dict(fact.details),
        "provider": fact.sources[0].provider if fact.kind is not Kind.FAMILY_HISTORY and fact.status is not Status.PATIENT_REPORTED else "",
    }  # fmt: skip


def back(chart):
    written = bundle(chart, SHELF)
    document = read(json.dumps(written).encode(), "export.json")
    assert not [one for one in document.report.skipped if "attached file" not in one.reason], document.report.skipped
    (facts,) = document.facts.values() or [()]
    ids = {entry["resource"]["id"]: number for number, entry in enumerate(written["entry"][1:])}
    by_number = {}
    for fact in facts:
        by_number[ids[fact.sources[0].place.split("/")[1].split(".")[0]]] = fact
    return [by_number.get(number) for number in range(len(chart.facts))], written


def assert_same(chart):
    facts, written = back(chart)
    for before, after in zip(chart.facts, facts, strict=True):
        assert after is not None, before
        assert meaning(after) == meaning(before), written
    return facts


@pytest.mark.parametrize("folder", ["mara-lindqvist", "tobias-renner", "ines-falk"])
def test_the_shipped_charts_come_back_whole(folder):
    charts = read_paths([EXAMPLES / folder]).charts
    assert charts
    for chart in charts.values():
        assert_same(chart)


def test_panels_and_encounters_are_found_again():
    visit = Fact(id="d#v", kind=Kind.ENCOUNTER, sources=(Source("d", "v"),), text="visit", status=Status.CONFIRMED)
    panel = Fact(id="d#p", kind=Kind.OBSERVATION, sources=(Source("d", "p"),), text="panel", encounter="d#v")
    part = Fact(id="d#m", kind=Kind.OBSERVATION, sources=(Source("d", "m"),), text="member", part_of="d#p")
    chart = chart_of(Patient(id="p"), (visit, panel, part))
    found = {fact.text: fact for fact in assert_same(chart)}
    assert found["member"].part_of == found["panel"].id
    assert found["panel"].encounter == found["visit"].id


def test_the_same_chart_is_the_same_bundle_and_every_id_once():
    chart = next(iter(read_paths([EXAMPLES / "mara-lindqvist"]).charts.values()))
    written = bundle(chart, SHELF)
    assert written == bundle(chart, SHELF)
    urls = [entry["fullUrl"] for entry in written["entry"]]
    assert len(set(urls)) == len(urls)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("status", [Status.REFUTED, Status.NOT_DONE, Status.ENTERED_IN_ERROR])
def test_what_was_not_so_is_never_told_as_if_it_had_been(kind, status):
    """Also to a reader who does not know our extension."""
    chart = chart_of(
        Patient(id="p"), (Fact(id="d#1", kind=kind, sources=(Source("d", "1"),), text="x", status=status),)
    )
    assert not told_to_others(chart).asserted or kind is Kind.FAMILY_HISTORY


@pytest.mark.parametrize("kind", Kind)
def test_what_was_negated_is_never_told_as_if_it_had_been(kind):
    fact = Fact(
        id="d#1", kind=kind, sources=(Source("d", "1"),), codes=(Code(System.SNOMED, "396331005", "Celiac disease"),),
        text="celiac disease", status=Status.CONFIRMED, negated=True,
    )  # fmt: skip
    told = told_to_others(chart_of(Patient(id="p"), (fact,)))
    assert not told.asserted or (told.text == "did not have: celiac disease" and not told.codes)


def test_no_known_allergy_stays_a_statement_that_there_is_none():
    none = (Code(System.SNOMED, "716186003", "No known allergy"),)
    fact = Fact(
        id="d#1", kind=Kind.ALLERGY, sources=(Source("d", "1"),), codes=none, text="No known allergy", negated=True,
        status=Status.CONFIRMED,
    )  # fmt: skip
    told = told_to_others(chart_of(Patient(id="p"), (fact,)))
    assert (told.negated, told.status) == (True, Status.CONFIRMED)


def told_to_others(chart):
    written = bundle(chart, SHELF)
    for entry in written["entry"]:
        entry["resource"]["extension"] = [one for one in entry["resource"].get("extension", ()) if one["url"] != KEPT]
    (facts,) = read(json.dumps(written).encode(), "export.json").facts.values()
    return facts[0]


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
maybe = st.just("") | words
codes = st.builds(
    Code, st.sampled_from([System.SNOMED, System.LOINC, System.ICD10CM, System.RXNORM, System.ZONULA]), st.from_regex(r"[A-Z0-9.\-]{1,8}", fullmatch=True), maybe
)  # fmt: skip
moments = st.one_of(
    st.dates(date(1930, 1, 1), date(2026, 11, 24)).map(Moment.of),
    st.sampled_from(["1999", "2013-05", "20200131", "2020-01-31T08:30:00+01:00", "2021-06-01T09:00:00Z", "202001310830", "2020-01-31T08:30:00.125Z", "20200131083015-0500"]).map(Moment.parse),
)  # fmt: skip
whens = st.one_of(
    st.just(UNKNOWN_TIME),
    moments.map(When),
    st.builds(When, moments, moments),
    st.builds(When, st.none(), moments),
    words.map(lambda text: When(text=text)),
    st.builds(When, moments, st.none(), words),
)
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 4))
quantities = st.builds(Quantity, numbers, maybe, st.sampled_from(["", "<", "<=", ">=", ">"]))
ranges = st.builds(ReferenceRange, st.none() | numbers, st.none() | numbers, maybe, maybe)
DETAILS = {
    Kind.ALLERGY: {"type": ["allergy", "intolerance", "odd"], "category": ["food", "food; medication", "odd"], "criticality": ["low", "odd"], "reaction": ["hives"], "severity": ["severe"]},
    Kind.CONDITION: {"category": ["problem-list-item", "my own"], "severity": ["severe"], "body_site": ["knee"]},
    Kind.SYMPTOM: {"severity": ["mild"], "body_site": ["arm"]},
    Kind.OBSERVATION: {"category": ["laboratory", "my own"], "method": ["by hand"], "specimen": ["blood"], "device": ["scale"], "absent_reason": ["unknown", "not-performed", "odd"], "body_site": ["arm"]},
    Kind.MEDICATION: {"dosage": ["1 tablet"], "route": ["oral"], "intent": ["order", "plan", "statement", "administration", "dispense", "odd"], "reason": ["pain"]},
    Kind.PROCEDURE: {"body_site": ["knee"], "reason": ["pain"]},
    Kind.ENCOUNTER: {"class": ["AMB"], "type": ["check-up"], "reason": ["pain"]},
    Kind.IMMUNISATION: {"lot": ["A1"]},
    Kind.DOCUMENT: {"type": ["letter"], "author": ["Dr A"]},
    Kind.FAMILY_HISTORY: {"relation": ["mother"], "age_at_onset": ["age 40"]},
}  # fmt: skip


@st.composite
def facts(draw, number=1):
    kind = draw(st.sampled_from(Kind))
    details = tuple(
        (name, draw(st.sampled_from(options))) for name, options in DETAILS[kind].items() if draw(st.booleans())
    )
    return Fact(
        id=f"doc#{number}", kind=kind, sources=(Source("doc", str(number), draw(maybe)),), codes=tuple(draw(st.lists(codes, max_size=2))),
        text=draw(maybe), when=draw(whens), recorded=draw(st.none() | moments), status=draw(st.sampled_from(Status)),
        negated=draw(st.booleans()), value=draw(st.none() | quantities), value_text=draw(maybe),
        value_codes=tuple(draw(st.lists(codes, max_size=1))), interpretation=draw(st.none() | st.sampled_from(Interpretation)),
        reference=draw(st.none() | ranges), performer=draw(maybe), specialty=draw(maybe), note=draw(maybe), details=details,
    )  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts())
def test_any_fact_comes_back_as_it_was(fact):
    assert_same(chart_of(Patient(id="p", name="N", sex=Sex.FEMALE), (fact,)))


def test_the_patient_comes_back():
    patient = Patient(
        id="p",
        name="Vera Probst",
        birth=Moment.parse("1980-02"),
        sex=Sex.FEMALE,
        deceased=True,
        identifiers=("urn:x|1",),
    )
    (read_back,) = read(json.dumps(bundle(Chart(patient), SHELF)).encode(), "export.json").patients
    assert msgspec.structs.replace(read_back, id="p") == patient


def test_a_kept_extension_that_is_broken_is_said_and_changes_nothing():
    chart = chart_of(Patient(id="p"), (Fact(id="d#1", kind=Kind.CONDITION, sources=(Source("d", "1"),), text="x"),))
    written = bundle(chart, SHELF)
    written["entry"][1]["resource"]["extension"] = [{"url": KEPT, "valueString": '{"status": "nonsense"}'}]
    document = read(json.dumps(written).encode(), "export.json")
    assert any("extension of Zonula" in warning for warning in document.report.warnings)
    assert next(iter(document.facts.values()))[0].status is Status.UNKNOWN
