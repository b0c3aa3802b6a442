"""Damaged, hostile and odd files: a reason each, never a crash, never a guess about who it is about."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart import Sex
from zonula.chart_import.ccda import read

DOCUMENTS = Path(__file__).parents[3] / "documents" / "ccda"
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "'
    + b"ha" * 50
    + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(9))
    + b']><ClinicalDocument xmlns="urn:hl7-org:v3"><title>&j;</title></ClinicalDocument>'
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3">&e;</ClinicalDocument>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BOMB, "expand without bound"),
        (BOMB.replace(b"<title>&j;</title>", b'<title a="&j;"/>'), "expand without bound"),
        (OUTSIDE, "document type declaration"),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3">' + b"<a>" * 200_000, "nested deeper"),
        (b"", "empty or not XML"),
        (b'{"resourceType": "Bundle"}', "empty or not XML"),
        (b"\x00\xff\xfe" * 50, "XML"),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', "FHIR in XML"),
        (b'<ContinuityOfCareRecord xmlns="urn:astm-org:CCR"/>', "Continuity of Care Record"),
        (b"<html/>", "web page"),
        (b"<other/>", "outermost element is <other>"),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "no patient"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not well-formed"),
    ],
)
def test_refused_with_a_reason_and_little_memory(data, reason):
    tracemalloc.start()
    document = read(data, "bad.xml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document.report.kind == "refused"
    assert reason in document.report.skipped[0].reason
    assert not document.facts
    assert peak < 20_000_000


def test_more_than_one_patient_is_refused(write_document, read_text):
    text = write_document()
    start, end = text.index("<recordTarget>"), text.index("</recordTarget>") + len("</recordTarget>")
    read = read_text(text[:end] + text[start:end] + text[end:])
    assert read.report.kind == "refused"
    assert "2 patients" in read.reasons[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings(write_document, encoding):
    text = write_document(name=("Zoë", "Ångström")).replace(
        'encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"'
    )
    assert read(text.encode(encoding), "x.xml").patients[0].name == "Zoë Ångström"


def test_an_encoding_that_lies_is_read_with_a_warning(write_document):
    document = read(write_document(name=("Zoë", "Ångström")).encode("latin-1"), "x.xml")
    assert document.patients[0].name == "Zoë Ångström"
    assert "Windows-1252" in document.report.warnings[0]


def test_missing_namespaces_are_repaired_with_a_warning(example, write_document, read_text, write):
    section = write.section(
        (write.LOINC, "11450-4", ""), "5", "P", entries=[write.problem((write.SNOMED, "195967001", "Asthma"))]
    )
    text = write_document(section)
    plain = read_text(text)
    for cut in (' xmlns="urn:hl7-org:v3"', ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'):
        repaired = read_text(text.replace(cut, ""))
        assert repaired.facts == plain.facts
        assert any("namespace" in warning for warning in repaired.report.warnings)


def test_a_prefixed_document_is_the_same_document(write, write_document, read_text):
    section = write.section(
        (write.LOINC, "11450-4", ""), "5", "P", entries=[write.problem((write.SNOMED, "195967001", "Asthma"))]
    )
    text = write_document(section)
    prefixed = (
        text.replace("</", "</cda:").replace("<", "<cda:").replace("<cda:/cda:", "</cda:").replace("<cda:?", "<?")
    )
    prefixed = prefixed.replace(' xmlns="', ' xmlns:cda="')
    assert read_text(prefixed).facts == read_text(text).facts


def test_the_patient(example):
    (patient,) = example("ccd.xml").document.patients
    assert (patient.name, patient.sex, patient.birth.text) == ("Marit Solberg", Sex.FEMALE, "19840517")
    assert patient.identifiers == ("urn:oid:2.16.840.1.113883.19.5.99999.2|MRN-4471",)


def test_a_numbering_system_without_a_number_identifies_nobody(write_document, read_text):
    read = read_text(write_document(patient_ids=[("2.16.840.1.113883.4.1", "")]))
    assert read.document.patients[0].identifiers == ()


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, 36_000))
def test_a_document_cut_short_anywhere_is_refused_with_a_reason(cut):
    whole = (DOCUMENTS / "ccd.xml").read_bytes()
    document = read(whole[:cut], "cut.xml")
    assert document.report.kind == "refused"
    assert document.report.skipped[0].reason


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_inside_never_crashes(data):
    whole = (DOCUMENTS / "consultation-note.xml").read_text()
    at = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 40))
    junk = data.draw(st.text(max_size=10))
    document = read((whole[:at] + junk + whole[at + length :]).encode("utf-8", "replace"), "odd.xml")
    assert document.report.kind in {"ccda", "refused"}
    assert document.report.kept == sum(len(facts) for facts in document.facts.values())


def test_entries_nested_to_the_limit_are_read_without_a_crash(write, read_section):
    inner = write.observation((write.LOINC, "1", "x"), write.pq("1", "g"))
    for relation in ["COMP", "MFST", "RSON", "SUBJ"] * 28:
        wrapped = f'<entryRelationship typeCode="{relation}">{inner}</entryRelationship></observation>'
        inner = write.observation((write.LOINC, "1", "x"), write.pq("1", "g")).replace("</observation>", wrapped)
    for code in ("30954-2", "11450-4", "48765-2", "46240-8", "10157-6", "47519-4"):
        assert read_section(code, write.entry(inner)).report.kind == "ccda"


def test_many_entries_that_point_at_one_long_text_cost_it_once(write, read_section):
    text = f'<paragraph ID="11450-4-1">{"<content>tired </content>" * 20_000}</paragraph>'
    entries = [write.problem((write.SNOMED, "84229001", ""), reference="11450-4-1") for _ in range(500)]
    tracemalloc.start()
    read = read_section("11450-4", *entries, text=text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len({id(fact.text) for fact in read.clinical if fact.codes[0].code == "84229001"}) == 1
    assert peak < 30_000_000
