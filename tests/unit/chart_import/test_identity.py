"""Who is who: identifiers, or name, birth date and sex together; never a name alone, never against the evidence."""

import json

import pytest

from zonula.chart_import import read_documents


def two(made, one, other):
    """The charts from two hospitals that each know one patient."""
    documents = [
        ("a.json", made.bundle(made.glucose(5), patient=one)),
        ("b.json", made.bundle(made.glucose(6), patient=other)),
    ]
    return read_documents(documents)


def test_name_birth_date_and_sex_together_are_one_person_and_the_merge_is_said(made):
    imported = two(made, made.patient(), made.patient(name=[{"text": "MUSTER, Ada"}]))
    assert list(imported.charts) == ["p"]
    assert len(imported.charts["p"].facts) == 2
    assert imported.documents[1].warnings[0] == "the same person as in a.json: same name, date of birth and sex"


@pytest.mark.parametrize("missing", ["birthDate", "gender"])
def test_a_name_without_birth_date_or_sex_merges_nobody(made, missing):
    stranger = made.patient()
    del stranger[missing]
    imported = two(made, made.patient(), stranger)
    assert list(imported.charts) == ["p", "p~2"]


def test_a_birth_date_known_to_the_year_is_not_enough(made):
    assert len(two(made, made.patient(birthDate="1980"), made.patient(birthDate="1980")).charts) == 2


def test_a_shared_identifier_is_one_person_under_any_name(made):
    identifier = [{"system": "urn:oid:1.2.3", "value": "77"}]
    imported = two(
        made, made.patient(identifier=identifier), made.patient(name=[{"text": "A. M."}], identifier=identifier)
    )
    (chart,) = imported.charts.values()
    assert chart.patient.name == "Ada Muster"
    assert chart.patient.identifiers == ("urn:oid:1.2.3|77",)


def test_an_identifier_without_a_system_identifies_nobody(made):
    identifier = [{"value": "77"}]
    one = made.patient(identifier=identifier, name=[])
    assert len(two(made, one, dict(one)).charts) == 2


@pytest.mark.parametrize("contradiction", [{"birthDate": "1981-02-03"}, {"gender": "male"}])
def test_records_that_contradict_each_other_stay_apart_and_it_is_said(made, contradiction):
    identifier = [{"system": "urn:oid:1.2.3", "value": "77"}]
    imported = two(made, made.patient(identifier=identifier), made.patient(identifier=identifier, **contradiction))
    assert len(imported.charts) == 2
    assert "kept apart" in imported.documents[1].warnings[0]


def test_a_contradiction_is_found_through_a_third_record(made):
    a = [{"system": "urn:a", "value": "1"}]
    b = [{"system": "urn:b", "value": "2"}]
    link = {"resourceType": "Patient", "id": "link", "identifier": [*a, *b]}
    documents = [
        ("1.json", made.bundle(patient=made.patient(identifier=a))),
        ("2.json", made.bundle(patient=link)),
        ("3.json", made.bundle(patient=made.patient(identifier=b, birthDate="1999-09-09"))),
    ]
    assert len(read_documents(documents).charts) == 2


def test_what_is_known_of_the_person_adds_up(made):
    identifier = [{"system": "urn:oid:1.2.3", "value": "77"}]
    sparse = {
        "resourceType": "Patient",
        "id": "p",
        "identifier": identifier,
        "birthDate": "1980",
        "deceasedBoolean": True,
    }
    imported = two(made, sparse, made.patient(identifier=identifier))
    (chart,) = imported.charts.values()
    assert chart.patient.birth.text == "1980-02-03"
    assert chart.patient.deceased
    assert chart.patient.name == "Ada Muster"


def test_the_files_of_one_export_point_at_each_other(made):
    def line(resource):
        return json.dumps(resource).encode()

    documents = [
        ("export/Patient.ndjson", line(made.patient()) + b"\n" + line(made.patient(id="q", name=[{"text": "Q"}]))),
        (
            "export/Observation.ndjson",
            line(made.glucose()) + b"\n" + line(made.glucose(id="y", performer=[{"reference": "Practitioner/d"}])),
        ),
        (
            "export/Practitioner.ndjson",
            line({"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr. Kern"}]}),
        ),
    ]
    charts = read_documents(documents).charts
    assert {key: len(chart.facts) for key, chart in charts.items()} == {"p": 2, "q": 0}
    assert [fact.performer for fact in charts["p"].facts] == ["", "Dr. Kern"]


def test_results_point_at_the_visit_in_another_file_of_the_export(made):
    visit = made.about("Encounter", id="v", status="finished", period={"start": "2021-03-04T07:00:00Z"})
    documents = [
        ("export/Observation.ndjson", json.dumps(made.glucose(encounter={"reference": "Encounter/v"})).encode()),
        ("export/Encounter.ndjson", json.dumps(visit).encode()),
    ]
    encounter, glucose = read_documents(documents).charts["p"].facts
    assert glucose.encounter == encounter.id == "export/Encounter.ndjson#Encounter/v"


def test_the_same_id_in_another_folder_is_someone_else(made):
    documents = [
        ("one/Patient.json", json.dumps(made.patient()).encode()),
        ("two/x.json", json.dumps(made.glucose()).encode()),
    ]
    charts = read_documents(documents).charts
    assert {key: len(chart.facts) for key, chart in charts.items()} == {"p": 0, "p~2": 1}


def test_an_id_that_two_people_of_a_folder_have_points_at_neither(made):
    stranger = made.patient(name=[{"text": "Bert Beispiel"}], birthDate="1950-01-01", gender="male")
    documents = [
        ("1.json", json.dumps(made.patient()).encode()),
        ("2.json", json.dumps(stranger).encode()),
        ("3.json", json.dumps(made.glucose()).encode()),
    ]
    imported = read_documents(documents)
    assert [len(chart.facts) for chart in imported.charts.values()] == [0, 0, 1]
    assert "several patients of this folder" in imported.documents[2].warnings[0]
