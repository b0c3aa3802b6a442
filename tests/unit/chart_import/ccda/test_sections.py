"""Sections: text only, not mapped, empty, known only by template; encounters, family, care team, notes."""

from zonula.chart import Kind, Status


def _of(read, kind):
    return [fact for fact in read.facts if fact.kind is kind]


def test_a_section_without_entries_is_kept_as_text(read_section):
    read = read_section("51848-0", text="<list><item>One</item><item>Two &lt;b&gt;</item></list>")
    fact = read.only
    assert (fact.kind, fact.note) == (Kind.DOCUMENT, "One\nTwo <b>")
    assert fact.codes[0].code == "51848-0"
    assert read.report.read == {"Section (text only)": 1}


def test_entries_that_are_not_mapped_are_counted_named_and_their_text_kept(example):
    read = example("ccd.xml")
    assert read.reasons == ["1 × coverage in section 'Insurance' is not mapped to facts"]
    assert any(fact.text == "Insurance" and "Fjord Health" in fact.note for fact in read.facts)


def test_a_section_that_says_it_has_no_information(example):
    read = example("progress-note.xml")
    assert any("no information (nullFlavor NI)" in warning for warning in read.report.warnings)
    assert not _of(read, Kind.MEDICATION)


def test_text_with_more_rows_than_entries_is_kept_too(write, read_section):
    rows = "<table><tbody><tr><td>Asthma</td></tr><tr><td>Gout</td></tr></tbody></table>"
    read = read_section("11450-4", write.problem((write.SNOMED, "195967001", "Asthma")), text=rows)
    assert [fact.kind for fact in read.clinical] == [Kind.CONDITION, Kind.DOCUMENT]
    assert any("1 more rows" in warning for warning in read.report.warnings)


def test_a_section_known_only_by_its_template(write, write_document, read_text):
    section = write.section(
        (write.LOINC, "99999-9", "Odd"),
        "5.1",
        "Problems",
        entries=[write.problem((write.SNOMED, "195967001", "Asthma"))],
    )
    assert read_text(write_document(section)).report.read == {"problems": 1}


def test_an_encounter_has_class_specialty_place_and_diagnosis(example):
    read = example("ccd.xml")
    visit = next(fact for fact in _of(read, Kind.ENCOUNTER) if fact.when.start.text == "20230601")
    assert (visit.performer, visit.specialty) == ("Per Lindahl", "Gastroenterology Physician")
    assert (visit.detail("class"), [code.code for code in visit.codes]) == ("AMB", ["99213"])
    assert visit.sources[0].provider == "Northbay Hospital"
    diagnosis = next(fact for fact in read.facts if fact.encounter == visit.id)
    assert (diagnosis.text, diagnosis.performer) == ("Irritable bowel syndrome", "Per Lindahl")


def test_facts_that_name_an_encounter_by_id_point_at_it_wherever_it_stands(write, write_document, read_text):
    link = '<entryRelationship typeCode="COMP"><encounter classCode="ENC" moodCode="EVN"><id root="77777777-0000-4000-8000-000020230601"/></encounter></entryRelationship>'
    before = write.section(
        (write.LOINC, "47519-4", ""),
        "7",
        "P",
        entries=[write.procedure((write.SNOMED, "76009000", "EGD"), "20230601", extra=link)],
    )
    after = write.section(
        (write.LOINC, "46240-8", ""), "22", "E", entries=[write.encounter((write.CPT, "99213", "Visit"), "20230601")]
    )
    read = read_text(write_document(before, after))
    assert _of(read, Kind.PROCEDURE)[0].encounter == _of(read, Kind.ENCOUNTER)[0].id


def test_the_stay_a_document_is_about_is_an_encounter(example):
    (stay,) = _of(example("discharge-summary.xml"), Kind.ENCOUNTER)
    assert (stay.detail("class"), stay.when.end.text, stay.specialty) == (
        "IMP",
        "20230617",
        "Gastroenterology Physician",
    )


def test_family_history_names_relation_and_age(example):
    mother, brother = _of(example("ccd.xml"), Kind.FAMILY_HISTORY)
    assert (mother.detail("relation"), mother.detail("age_at_onset"), mother.status) == (
        "Mother",
        "44 a",
        Status.PATIENT_REPORTED,
    )
    assert (brother.text, brother.detail("age_at_onset")) == ("Celiac disease", "")


def test_care_team_from_section_and_header(example):
    (member,) = [fact for fact in example("referral-note.xml").facts if fact.detail("type") == "care-team"]
    assert (member.performer, member.specialty) == ("Tuva Holm", "Allergy & Immunology Physician")
    (member,) = [fact for fact in example("ccd.xml").facts if fact.detail("type") == "care-team"]
    assert member.when.start.text == "2019"


def test_a_plan_is_not_a_deed(example):
    read = example("consultation-note.xml")
    planned = [fact for fact in read.facts if fact.status is Status.PLANNED]
    assert {fact.kind for fact in planned} == {Kind.PROCEDURE, Kind.MEDICATION, Kind.OBSERVATION}
    assert not any(fact.asserted for fact in planned)
    assert "1 × goal in section 'Plan' is not mapped to facts" in read.reasons


def test_a_note_keeps_its_text(example):
    (note,) = [fact for fact in example("history-and-physical.xml").facts if fact.detail("type") == "note"]
    assert (note.text, note.note, note.when.start.text) == ("Progress note", "Slept four hours.", "20240110")


def test_pregnancy_written_as_an_assertion_says_what_is_asserted(write, read_section):
    assertion = write.observation(
        (write.ACT, "ASSERTION", ""), write.cd((write.SNOMED, "77386006", "Pregnant")), suffix="38"
    )
    fact = read_section("29762-2", write.entry(assertion)).only
    assert (fact.text, fact.codes[0].code, fact.detail("category")) == ("Pregnant", "77386006", "social-history")


def test_an_unstructured_body_is_named_and_not_pretended_to_be_read(example):
    read = example("unstructured.xml")
    assert "application/pdf" in read.reasons[0]
    assert read.only.note == "(application/pdf; its content was not read)"


def test_a_plain_text_body_is_read(write, read_text):
    body = '<component><nonXMLBody><text mediaType="text/plain" representation="B64">SXRjaCBhdCBuaWdodA==</text></nonXMLBody></component>'
    assert (
        read_text(write.document((write.LOINC, "34133-9", ""), "10", "Letter", [], body=body)).only.note
        == "Itch at night"
    )


def test_cda_that_is_not_c_cda_is_read_with_a_warning(write, write_document, read_text):
    section = write.section(
        (write.LOINC, "11450-4", ""), "5", "P", entries=[write.problem((write.SNOMED, "195967001", "Asthma"))]
    )
    text = write_document(section).replace("2.16.840.1.113883.10.20.22.", "1.2.3.")
    read = read_text(text)
    assert read.only.text == "Asthma"
    assert "does not claim C-CDA" in read.report.warnings[0]


def test_everyone_seen_at_an_encounter_is_kept(write, read_section):
    people = write.performer(("Nils", "Dahl"), None) + write.performer(
        ("Tuva", "Holm"), (write.NUCC, "207K00000X", "Allergist")
    )
    visit = read_section("46240-8", write.encounter((write.CPT, "99213", "Visit"), "20200101", who=people)).only
    assert (visit.performer, visit.specialty, visit.note) == ("Tuva Holm", "Allergist", "also: Nils Dahl")
