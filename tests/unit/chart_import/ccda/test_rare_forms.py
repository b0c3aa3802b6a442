"""Forms that the guide allows and that turn up now and then: each becomes facts or a reason."""

import pytest

from zonula.chart import Kind, ReferenceRange, Status

TSH = ("2.16.840.1.113883.6.1", "3016-3", "TSH")
ASTHMA = ("2.16.840.1.113883.6.96", "195967001", "Asthma")


def _result(read_section, write, **words):
    return read_section("30954-2", write.panel(None, [write.observation(TSH, **words)]))


@pytest.mark.parametrize(
    ("section", "statement", "reason"),
    [
        ("11450-4", '<act classCode="ACT" moodCode="EVN" nullFlavor="NI"/>', "a concern without an observation of its own (nullFlavor NI)"),
        ("48765-2", '<act classCode="ACT" moodCode="EVN"/>', "an allergy concern without an observation"),
        ("48765-2", '<observation classCode="OBS" moodCode="EVN"><value nullFlavor="UNK"/></observation>', "an allergy that names no substance"),
        ("10160-0", '<act classCode="ACT" moodCode="EVN"/>', "a medication act without a medication in it"),
        ("30954-2", '<observation classCode="OBS" moodCode="EVN"><code nullFlavor="UNK"/></observation>', "an observation that does not say what was observed (nullFlavor UNK)"),
        ("10157-6", '<organizer classCode="CLUSTER" moodCode="EVN"/>', "names a relative but no condition"),
        ("10157-6", '<observation classCode="OBS" moodCode="EVN"/>', "a relative's condition without code or text"),
        ("47519-4", '<procedure classCode="PROC" moodCode="EVN"><code nullFlavor="NA"/></procedure>', "a procedure that says neither a code nor a text (nullFlavor NA)"),
        ("85847-2", '<organizer classCode="CLUSTER" moodCode="EVN"/>', "a care team that names nobody"),
        ("11369-6", '<substanceAdministration classCode="SBADM" moodCode="EVN"/>', "an immunisation that names no vaccine"),
        ("46240-8", "<supply/>", "1 × supply in section 'Section' is not mapped to facts"),
        ("11450-4", "<unknown/>", "an entry without a clinical statement"),
    ],
)  # fmt: skip
def test_an_entry_that_says_nothing_has_a_reason(write, read_section, section, statement, reason):
    assert read_section(section, write.entry(statement)).reasons == [reason]


def test_a_note_without_text_has_a_reason(write, read_section):
    note = f'<act classCode="ACT" moodCode="EVN">{write.template("202")}<code code="34109-9"/></act>'
    assert read_section("34109-9", write.entry(note)).reasons == ["a note without text"]


def test_a_document_without_a_body_says_so(write, read_text):
    text = write.document((write.LOINC, "34133-9", ""), "2", "Empty", [], body="<component/>")
    assert read_text(text).reasons == ["the document has no body"]


def test_a_substance_known_only_by_name(write, read_section):
    entry = write.allergy(("1.2", "x", "")).replace(
        '<code code="x" codeSystem="1.2" displayName=""/>', '<code nullFlavor="UNK"/><name>red tape</name>'
    )
    assert read_section("48765-2", entry).only.text == "red tape"


def test_an_allergy_whose_code_names_the_substance(write, read_section):
    entry = write.allergy(None, kind=("2.16.840.1.113883.6.96", "91936005", "Allergy to penicillin"))
    fact = read_section("48765-2", entry).only
    assert (fact.text, fact.codes[0].code) == ("Allergy to penicillin", "91936005")


def test_a_medication_inside_an_admission_act(write, read_section):
    inner = (
        write.medication(("2.16.840.1.113883.6.88", "1191", "aspirin"), "2020")
        .removeprefix('<entry typeCode="DRIV">')
        .removesuffix("</entry>")
    )
    act = f'<act classCode="ACT" moodCode="EVN">{write.template("36")}<entryRelationship typeCode="SUBJ">{inner}</entryRelationship></act>'
    assert read_section("42346-7", write.entry(act)).only.text == "aspirin"


def test_a_reaction_of_a_drug_is_in_its_note_and_a_pause_is_told(write, read_section):
    reaction = write.related(
        "MFST",
        write.small_observation("9", "ASSERTION", write.ACT, ("2.16.840.1.113883.6.96", "422400008", "Vomiting")),
    )
    fact = read_section(
        "10160-0",
        write.medication(("2.16.840.1.113883.6.88", "1191", "aspirin"), "2020", status="suspended", extra=reaction),
    ).only
    assert fact.note == "reaction: Vomiting\non hold"


@pytest.mark.parametrize(
    ("time", "start", "end", "text"),
    [
        ('<effectiveTime value="20200101"/>', "20200101", None, ""),
        ('<effectiveTime><center value="202003"/></effectiveTime>', "202003", None, "around 202003"),
        ('<effectiveTime><low value="2020"/><width value="3" unit="d"/></effectiveTime>', "2020", None, "for 3 d"),
        ('<effectiveTime><low value="2020"/><high value="x"/></effectiveTime>', "2020", None, "x"),
        ('<effectiveTime nullFlavor="UNK"/>', None, None, ""),
        ('<effectiveTime><low nullFlavor="UNK"/><high value="2021"/></effectiveTime>', None, "2021", ""),
    ],
)
def test_times(write, read_section, time, start, end, text):
    when = read_section(
        "30954-2", write.panel(None, [write.observation(TSH, time="X").replace('<effectiveTime value="X"/>', time)])
    ).only.when
    assert (when.start and when.start.text, when.end and when.end.text, when.text) == (start, end, text)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ('<effectiveTime xsi:type="PIVL_TS"><period value="1" unit="d"/></effectiveTime>', "every day"),
        (
            '<effectiveTime xsi:type="PIVL_TS"><period><low value="4" unit="h"/><high value="6" unit="h"/></period></effectiveTime>',
            "every 4 to 6 hours",
        ),
        (
            '<effectiveTime xsi:type="EIVL_TS"><event code="ACM"/><offset><low value="30" unit="min"/></offset></effectiveTime>',
            "before breakfast, offset 30 min",
        ),
        ('<effectiveTime xsi:type="PIVL_TS"><period nullFlavor="UNK"/></effectiveTime>', ""),
    ],
)
def test_rhythms(write, read_section, time, said):
    entry = write.medication(("2.16.840.1.113883.6.88", "1191", "aspirin"), "2020", every=("X", "X"))
    odd = '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="X" unit="X"/></effectiveTime>'
    assert read_section("10160-0", entry.replace(odd, time)).only.detail("dosage") == said


def _range(low, high, meaning=""):
    code = f'<interpretationCode code="{meaning}"/>' if meaning else ""
    return f'<referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="{low}" unit="g"/><high value="{high}" unit="g"/></value>{code}</observationRange></referenceRange>'


def test_of_several_limits_the_normal_one_counts(write, read_section):
    found = _result(read_section, write, extra=_range(1, 2, "L") + _range(3, 4, "N")).only.reference
    assert (found.low, found.high) == (3, 4)


def test_several_limits_without_a_mark_stay_text(write, read_section):
    read = _result(read_section, write, extra=_range(1, 2) + _range(3, 4))
    assert read.only.reference == ReferenceRange(text="1.0-2.0 g; 3.0-4.0 g")
    assert any("several reference ranges" in warning for warning in read.report.warnings)


def test_interpretations_that_disagree_are_left_unsaid(write, read_section):
    read = _result(read_section, write, interpretation="H", extra='<interpretationCode code="L"/>')
    assert read.only.interpretation is None
    assert any("disagree" in warning for warning in read.report.warnings)


def test_several_values_are_joined(write, read_section):
    read = _result(read_section, write, value=write.pq("1", "g") + write.st("cloudy"))
    assert (read.only.value, read.only.value_text) == (None, "1 g; cloudy")


def test_an_embedded_picture_is_not_a_result(write, read_section):
    read = _result(
        read_section, write, value='<value xsi:type="ED" mediaType="image/png" representation="B64">AAAA</value>'
    )
    assert read.only.detail("absent_reason") == "embedded file (image/png)"


def test_an_observation_in_an_observation_points_at_it(write, read_section):
    inner = f'<entryRelationship typeCode="COMP">{write.observation(TSH, write.pq("1", "g"))}</entryRelationship>'
    outer, nested = read_section("10190-7", write.entry(write.observation(ASTHMA, extra=inner, suffix="69"))).clinical
    assert nested.part_of == outer.id


def test_an_author_who_is_only_an_id_is_looked_up_in_the_header(write, write_document, read_text):
    told = '<author><time value="2020"/><assignedAuthor><id root="2.16.840.1.113883.4.6" extension="66665"/></assignedAuthor></author>'
    section = write.section((write.LOINC, "11450-4", ""), "5", "P", entries=[write.problem(ASTHMA, extra=told)])
    fact = read_text(write_document(section)).only
    assert (fact.performer, fact.specialty, fact.recorded.text) == ("Anders Quist", "Family Medicine Physician", "2020")


def test_a_role_is_not_a_specialty(write, read_section):
    nurse = write.performer(("Nils", "Dahl"), ("2.16.840.1.113883.5.88", "PCP", "primary care physician"))
    (visit,) = [
        fact
        for fact in read_section("46240-8", write.encounter((write.CPT, "99213", "Visit"), "20200101", who=nurse)).facts
        if fact.kind is Kind.ENCOUNTER
    ]
    assert (visit.performer, visit.specialty) == ("Nils Dahl", "")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"status": "completed"}, Status.CONFIRMED),
        ({"status": "active", "mood": "INT"}, Status.PLANNED),
        ({"status": "cancelled"}, Status.NOT_DONE),
        ({"status": "aborted"}, Status.NOT_DONE),
        ({"status": "nullified"}, Status.ENTERED_IN_ERROR),
        ({"status": "completed", "kind": "act", "suffix": "12"}, Status.CONFIRMED),
        ({"status": "completed", "kind": "observation", "suffix": "13"}, Status.CONFIRMED),
    ],
)
def test_where_a_procedure_stands(write, read_section, words, status):
    fact = read_section("47519-4", write.procedure(ASTHMA, "2020", **words)).only
    assert (fact.kind, fact.status) == (Kind.PROCEDURE, status)


def test_a_procedure_with_a_code_for_any_procedure_is_named_by_its_text(write, read_section):
    entry = write.procedure((write.SNOMED, "71388002", "Procedure"), "2020", extra="<text>Mole removed</text>")
    assert read_section("47519-4", entry).only.text == "Mole removed"


def test_a_sister_section_inside_a_section_is_read(write, write_document, read_text):
    inner = write.section((write.LOINC, "11450-4", ""), "5", "Inner", entries=[write.problem(ASTHMA)])
    outer = write.section((write.LOINC, "51848-0", ""), "8", "Outer", text="words").replace(
        "</section>", f"{inner}</section>"
    )
    assert {fact.text for fact in read_text(write_document(outer)).clinical} == {"Outer", "Asthma"}
