"""Evidence from a file and from a chart: what is written is read, what does not fit is refused, what is unknown stays so."""

import json
from datetime import date

import pytest
import yaml

from zonula.chart import (
    Code,
    Fact,
    Interpretation,
    Kind,
    Moment,
    Patient,
    Quantity,
    ReferenceRange,
    Source,
    Status,
    System,
    at,
    chart_of,
)
from zonula.errors import UserError
from zonula.laboratory_tests.celiac import (
    TEMPLATE,
    AntibodyTest,
    Gluten,
    History,
    KnownDisease,
    Reported,
    assess_celiac,
    evidence_from_chart,
    evidence_of,
    read_evidence,
)

TODAY = date(2026, 11, 24)


def test_the_template_is_valid_evidence_and_reads_the_same_from_json(tmp_path):
    written = yaml.safe_load(TEMPLATE)
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    (tmp_path / "a.json").write_text(json.dumps(written, default=str))
    assert read_evidence(tmp_path / "a.yaml") == read_evidence(tmp_path / "a.json")
    assert assess_celiac(evidence_of(written), TODAY).state == "C1"


def test_every_commented_line_of_the_template_is_valid_too():
    uncommented = "\n".join(
        line.replace("# ", "", 1)
        if line.lstrip().startswith(
            (
                "# hla:",
                "#   typing",
                "#   source",
                "# biopsy:",
                "#   date",
                "#   marsh",
                "#   lymph",
                "#   distal",
                "#   bulb",
                "# gluten_now",
            )
        )
        else line
        for line in TEMPLATE.splitlines()
    )
    evidence = evidence_of(yaml.safe_load(uncommented))
    assert evidence.hla is not None
    assert evidence.biopsy is not None
    assert evidence.gluten_now is not None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ages": 3}, "unknown field `ages`"),
        ({"age_years": -1}, "age_years is between 0 and 130"),
        ({"age_years": "old"}, "expected a number"),
        ({"draws": [{"tests": []}]}, "missing required field `date`"),
        ({"draws": [{"date": "2026-02-30"}]}, "nvalid RFC3339"),
        ({"draws": [{"date": "2026-02-03", "tests": [{"test": "ttg"}]}]}, "nvalid enum value 'ttg'"),
        ({"draws": [{"date": "2026-02-03", "tests": [{"test": "ttg_iga", "value": -1}]}]}, "not negative"),
        ({"draws": [{"date": "2026-02-03", "tests": [{"test": "ttg_iga", "value": "high"}]}]}, "expected a number"),
        (
            {"draws": [{"date": "2026-02-03", "tests": [{"test": "ttg_iga", "value": 1, "uln": 0}]}]},
            "a limit is above zero",
        ),
        (
            {"draws": [{"date": "2026-02-03", "tests": [{"test": "ttg_iga", "value": 1, "comparator": "~"}]}]},
            "is not one of",
        ),
        ({"draws": [{"date": "2026-02-03", "total_iga": {"reported": "ok"}}]}, "'normal' or 'low'"),
        ({"draws": [{"date": "2026-02-03", "gluten": {"weeks": -1}}]}, "not negative"),
        ({"draws": [{"date": "2026-02-03"}, {"date": "2026-02-03"}]}, "two draws on one day"),
        ({"gluten_now": {"meals_a_day": -1}}, "not negative"),
        ({"biopsy": {"date": "2026-02-03", "marsh": 4}}, "biopsy.marsh is one of"),
        ({"hla": {"typing": "DQ2", "source": "friend"}}, "hla.source is"),
        ({"history": {"weight_loss": "perhaps"}}, "expected true or false"),
        ([], "holds no fields"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change, reason):
    with pytest.raises(UserError, match=reason):
        evidence_of(change)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "not readable as YAML"),
        ("draws: [{date: 2026-13-02}]", "line 1: 2026-13-02 is not a date"),
        ("[" * 5000, "not readable as YAML"),
        ("", "holds no fields"),
        ("- 1", "holds no fields"),
    ],
)
def test_a_file_that_is_no_evidence_is_refused(tmp_path, text, reason):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(UserError, match=reason):
        read_evidence(tmp_path / "x.yaml")


def test_a_missing_file_a_binary_one_and_broken_json_are_refused(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_evidence(tmp_path / "none.yaml")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="UTF-8"):
        read_evidence(tmp_path / "b.yaml")
    (tmp_path / "c.json").write_text("{")
    with pytest.raises(UserError, match="not readable as YAML"):
        read_evidence(tmp_path / "c.json")


def test_bounds_are_read_from_text():
    tests = [{"test": "ttg_iga", "value": text} for text in (">100", "≥ 100", "<=5", "7.5")]
    read = evidence_of({"draws": [{"date": "2026-02-03", "tests": tests}]}).draws[0].tests
    assert [(test.comparator, test.value) for test in read] == [(">", 100), (">=", 100), ("<=", 5), ("", 7.5)]


def test_a_draw_after_today_is_refused():
    evidence = evidence_of({"draws": [{"date": "2026-12-01", "tests": [{"test": "ttg_iga", "value": 1}]}]})
    with pytest.raises(UserError, match="dated after 2026-11-24"):
        assess_celiac(evidence, TODAY)


def test_a_typing_that_cannot_be_read_is_refused():
    with pytest.raises(UserError, match="no HLA-DQ allele"):
        assess_celiac(evidence_of({"hla": "see report"}), TODAY)


def observation(number, code, **more):
    return Fact(
        id=f"doc#{number}",
        kind=Kind.OBSERVATION,
        sources=(Source("doc", str(number)),),
        codes=(Code(System.LOINC, code),),
        status=Status.CONFIRMED,
        **{"when": at("2026-02-03"), **more},
    )


def condition(number, code, status):
    return Fact(
        id=f"doc#{number}",
        kind=Kind.CONDITION,
        sources=(Source("doc", str(number)),),
        codes=(Code(System.ICD10CM, code),),
        status=status,
    )


def read(*facts, birth="1992-01-01", **more):
    return evidence_from_chart(chart_of(Patient(id="p", birth=Moment.parse(birth)), facts), TODAY, **more)


TTG = observation(1, "46128-5", value=Quantity(3, "U/mL"), reference=ReferenceRange(None, 10, "U/mL"))
IGA = observation(2, "2458-8", value=Quantity(190, "mg/dL"), reference=ReferenceRange(70, 400, "mg/dL"))


def test_a_chart_gives_tests_with_their_limits_and_the_facts_behind_them():
    evidence = read(TTG, IGA)
    (drawn,) = evidence.draws
    assert drawn.tests[0].test is AntibodyTest.TTG_IGA
    assert drawn.tests[0].uln == 10
    assert drawn.total_iga is not None
    assert drawn.total_iga.low == 70
    assert evidence.age_years == 34
    assert evidence.history == History()
    assessment = assess_celiac(evidence, TODAY)
    assert assessment.state == "C0"
    assert assessment.findings[0].because == ("doc#1", "doc#2")


def test_what_the_clinician_asked_completes_a_chart_to_c1():
    asked = {name: False for name in History.__struct_fields__ if name != "known_disease"}
    evidence = read(
        TTG,
        IGA,
        history=History(known_disease=KnownDisease.NONE, **asked),
        gluten={date(2026, 2, 3): Gluten(meals_a_day=2, weeks=8)},
    )
    assert assess_celiac(evidence, TODAY).state == "C1"


def test_a_limit_in_another_unit_is_no_limit():
    other = observation(1, "46128-5", value=Quantity(3, "U/mL"), reference=ReferenceRange(None, 10, "CU"))
    assert read(other).draws[0].tests[0].uln is None
    low = observation(2, "2458-8", value=Quantity(190, "mg/dL"), reference=ReferenceRange(0.7, None, "g/L"))
    drawn = read(low).draws[0].total_iga
    assert drawn is not None
    assert drawn.low is None


def test_words_and_flags_of_the_laboratory_are_kept():
    flagged = observation(1, "46128-5", value=Quantity(300, "U"), interpretation=Interpretation.HIGH)
    worded = observation(2, "27038-9", value_text="Negative")
    tests = read(flagged, worded).draws[0].tests
    assert [test.reported for test in tests] == [Reported.POSITIVE, Reported.NEGATIVE]


@pytest.mark.parametrize(
    ("status", "known"),
    [
        (Status.CONFIRMED, KnownDisease.CELIAC),
        (Status.PATIENT_REPORTED, KnownDisease.REPORTED),
        (Status.UNKNOWN, KnownDisease.REPORTED),
        (Status.RESOLVED, KnownDisease.REPORTED),
        (Status.SUSPECTED, None),
        (Status.REFUTED, None),
        (Status.ENTERED_IN_ERROR, None),
    ],
)
def test_only_a_confirmed_condition_is_known_disease(status, known):
    assert read(condition(1, "K90.0", status)).history.known_disease is known


def test_dermatitis_herpetiformis_counts_and_the_clinicians_word_comes_first():
    assert read(condition(1, "L13.0", Status.CONFIRMED)).history.known_disease is KnownDisease.DERMATITIS_HERPETIFORMIS
    told = read(condition(1, "K90.0", Status.PATIENT_REPORTED), history=History(known_disease=KnownDisease.NONE))
    assert told.history.known_disease is KnownDisease.NONE


def test_undated_and_future_results_are_left_out_and_said():
    undated = observation(1, "46128-5", value=Quantity(3, "U"), when=at("2026-02-03").__class__())
    future = observation(2, "46128-5", value=Quantity(3, "U"), when=at("2027-02-03"))
    evidence = read(undated, future)
    assert evidence.draws == ()
    assert evidence.unread == ("doc#2: ttg_iga, dated in the future", "doc#1: ttg_iga, without a date")
    assert any("could not be used" in finding.says for finding in assess_celiac(evidence, TODAY).findings)


def test_an_entry_in_error_is_no_result():
    wrong = observation(1, "46128-5", value=Quantity(3, "U"))
    assert (
        read(
            Fact(**{**{f: getattr(wrong, f) for f in wrong.__struct_fields__}, "status": Status.ENTERED_IN_ERROR})
        ).draws
        == ()
    )


def test_hla_is_put_together_from_both_genes():
    alpha = observation(1, "94495-9", value_text="01:01, 01:02")
    beta = observation(2, "53938-7", value_text="DQB1*05:01, DQB1*06:02")
    evidence = read(alpha, beta)
    assert evidence.hla is not None
    assert assess_celiac(evidence, TODAY).signs.hla == "no"


def test_an_hla_result_that_cannot_be_read_is_said_and_not_fatal():
    evidence = read(observation(1, "94492-6", value_text="See separate report"))
    assert evidence.hla is None
    assert "HLA typing" in evidence.unread[0]


def test_a_birth_year_alone_gives_no_age():
    assert read(TTG, birth="1992").age_years is None
    assert read(TTG, birth="1992-11-25").age_years == 33
    assert read(TTG, birth="1992-11-24").age_years == 34


def test_a_strong_result_without_the_name_of_its_assay_asks_for_it():
    def missing(**more):
        tests = [{"test": "ttg_iga", "value": 200, "uln": 10, **more}]
        return " ".join(assess_celiac(evidence_of({"draws": [{"date": "2026-02-03", "tests": tests}]}), TODAY).missing)

    assert "name of the tTG-IgA assay" in missing()
    assert "name of the tTG-IgA assay" not in missing(assay="example")


def test_two_people_in_one_file_are_refused(tmp_path):
    (tmp_path / "two.yaml").write_text("age_years: 3\n---\nage_years: 4\n")
    with pytest.raises(UserError, match="several documents in one file"):
        read_evidence(tmp_path / "two.yaml")


@pytest.mark.parametrize(
    ("iga", "said"),
    [
        ({"value": 1.9, "unit": "g/L", "low": 70}, "total_iga.low does not fit the unit g/L"),
        ({"value": 190, "unit": "mg/dL", "low": 0.7}, "total_iga.low does not fit the unit mg/dL"),
        ({"value": 190, "unit": "g/L", "low": 0.7}, "total_iga.value does not fit the unit g/L"),
    ],
)
def test_a_value_and_a_limit_in_two_units_are_refused(iga, said):
    with pytest.raises(UserError, match=said):
        evidence_of({"draws": [{"date": "2026-02-03", "total_iga": iga}]})


@pytest.mark.parametrize(
    "iga",
    [
        {"value": 0.01, "unit": "g/L", "low": 0.7},
        {"value": 70, "unit": "mg/dL", "low": 70},
        {"value": 700, "unit": "mg/L", "low": 700},
        {"value": 0.2, "unit": "g/L", "low": 0.05},
        {"value": 1.9, "unit": "units of the laboratory", "low": 70},
    ],
)
def test_what_a_patient_can_have_is_read(iga):
    assert evidence_of({"draws": [{"date": "2026-02-03", "total_iga": iga}]}).draws[0].total_iga.value == iga["value"]


def test_a_typing_that_is_none_names_its_file():
    with pytest.raises(UserError, match=r"me\.yaml: hla: "):
        evidence_of({"hla": "hello"}, "me.yaml")


def relative(relation, code="K90.0", **more):
    return Fact(
        id="doc#9",
        kind=Kind.FAMILY_HISTORY,
        sources=(Source("doc", "9"),),
        codes=(Code(System.ICD10CM, code),),
        details=(("relation", relation),),
        **more,
    )


@pytest.mark.parametrize("relation", ["Sister", "mother", "NFTH", "Natural brother", "FTH"])
def test_a_recorded_first_degree_relative_is_known(relation):
    evidence = read(TTG, relative(relation))
    assert evidence.history.first_degree_relative is True
    assert "doc#9" in evidence.facts


@pytest.mark.parametrize(
    "fact",
    [
        relative("Aunt"),
        relative("Grandmother"),
        relative("half-sister"),
        relative("mother-in-law"),
        relative(""),
        relative("Sister", code="E03.9"),
        relative("Sister", negated=True),
    ],
)
def test_no_record_of_one_is_never_read_as_no_relative(fact):
    assert read(TTG, fact).history.first_degree_relative is None


def test_what_the_clinician_asked_of_relatives_is_not_overwritten():
    assert (
        read(TTG, relative("Sister"), history=History(first_degree_relative=False)).history.first_degree_relative
        is False
    )
