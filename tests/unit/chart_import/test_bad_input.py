"""Bad input: a clear reason each, nothing else lost."""

import codecs
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from zonula.chart import Quantity
from zonula.chart_import import read_documents, read_paths
from zonula.chart_import.containers import LIMITS
from zonula.errors import UserError


def reading(data, name="doc.json"):
    imported = read_documents([(name, data)])
    return [fact for chart in imported.charts.values() for fact in chart.facts], imported.documents[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_and_32_are_read_and_said(made, encoding):
    facts, report = reading(made.bundle(made.glucose()).decode().encode(encoding))
    assert len(facts) == 1
    assert "was written in UTF-" in report.warnings[0]


def test_a_byte_order_mark_is_no_obstacle(made):
    facts, report = reading(codecs.BOM_UTF8 + made.bundle(made.glucose()))
    assert len(facts) == 1
    assert report.warnings == ()


def test_latin_1_is_read_as_such_and_said(made):
    text = json.dumps({**made.glucose(), "note": [{"text": "nüchtern"}]}, ensure_ascii=False)
    facts, report = reading(text.encode("latin-1"))
    assert facts[0].note == "nüchtern"
    assert "not UTF-8" in report.warnings[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x89PNG\r\n", "is a picture"),
        (b"MSH|^~\\&|", "HL7 v2"),
        (b"\0" * 128 + b"DICM", "DICOM"),
        (b"[]", "JSON list"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "FHIR in XML"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"<note/>", "neither C-CDA"),
        (b"\xff\xfe{\0\0", "damaged text"),
        (b"just a sentence", "no form that Zonula reads"),
        (b"\x01\x02\x00\x04", "not text"),
        (b"{", "not a FHIR resource"),
        (b'{"resourceType":"Bundle","type":"batch"', "not valid JSON"),
    ],
)
def test_a_document_of_no_known_form_is_refused_with_its_reason(data, reason):
    with pytest.raises(UserError, match=reason):
        read_documents([("doc", data)])


def test_one_refused_document_takes_no_other_with_it(made):
    imported = read_documents([("scan.pdf", b"%PDF"), ("good.json", made.bundle(made.glucose()))])
    assert [report.kind for report in imported.documents] == ["refused", "fhir-bundle"]
    assert len(imported.charts["p"].facts) == 1


def test_all_refused_says_how_many_and_the_first_reason():
    with pytest.raises(UserError, match=r"None of the 2 documents could be read\. a\.pdf is a PDF"):
        read_documents([("a.pdf", b"%PDF"), ("b.pdf", b"%PDF-1")])


def test_an_impossible_date_is_unknown_kept_in_words_and_said(made, read):
    (fact,), report = read(made.glucose(effectiveDateTime="2023-02-30"))
    assert not fact.when.known
    assert fact.when.text == "2023-02-30"
    assert "day is out of range for month" in report.warnings[0]


def test_a_period_that_ends_before_it_starts_is_kept_and_said(made, read):
    period = {"start": "2020-05-02", "end": "2020-05-01"}
    (fact,), report = read({**made.glucose(), "effectiveDateTime": "", "effectivePeriod": period})
    assert fact.when.start.text == "2020-05-02"
    assert "before it starts" in report.warnings[0]


@pytest.mark.parametrize(("written", "value"), [("5.4", 5.4), (" 1e3 ", 1000.0), ("-2", -2.0)])
def test_a_number_written_as_text_is_read_when_it_can_only_be_that(made, read, written, value):
    (fact,), report = read(made.glucose(valueQuantity={"value": written, "unit": "mg"}))
    assert fact.value == Quantity(value, "mg")
    assert "a number written as text" in report.warnings[0]


@pytest.mark.parametrize("written", ["5,4", "1.234,5", "about 5", "", True, [], "NaN", "Infinity"])
def test_anything_else_in_place_of_a_number_is_left_out_and_said(made, read, written):
    (fact,), report = read(made.glucose(valueQuantity={"value": written, "unit": "mg"}))
    assert fact.value is None
    assert fact.value_text == "mg"
    assert "valueQuantity.value: left out" in report.warnings[0]


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("category", {"text": "laboratory"}),
        ("performer", {"display": "Dr. Kern"}),
        ("subject", [{"reference": "Patient/p"}]),
        ("code", "Glucose"),
        ("code", [{"text": "Glucose"}]),
        ("issued", 20210304),
        ("encounter", "Encounter/1"),
        ("component", "none"),
        ("note", None),
        ("status", 3),
        ("valueQuantity", "5.4 mmol/L"),
    ],
)
def test_one_field_of_the_wrong_shape_costs_at_most_itself(made, read, field, written):
    (fact,), _ = read(made.glucose(**{field: written}))
    assert fact.id == "doc.json#Observation/x"
    assert fact.when.start.text == "2021-03-04T08:00:00Z"


@pytest.mark.parametrize("depth", [200, 400, 800, 950, 5_000, 200_000])
def test_a_resource_nested_without_end_costs_only_itself(made, depth):
    deep = made.glucose(id="deep", status=1, category="HERE")
    document = made.bundle(made.glucose(), deep).replace(b'"HERE"', b"[" * depth + b"]" * depth)
    facts, _ = reading(document)
    assert "doc.json#Observation/x" in [fact.id for fact in facts]


def test_a_text_without_end_is_cut_and_said(made, read):
    (fact,), report = read(made.glucose(note=[{"text": "a" * 1_000_000}]))
    assert len(fact.note) == 20_000
    assert "1000000 characters" in report.warnings[0]


def test_a_key_that_stands_twice_is_said_when_reading_files(made, tmp_path):
    file = tmp_path / "doc.json"
    file.write_bytes(
        made.bundle(made.glucose()).replace(b'"status": "final"', b'"status": "final", "status": "amended"')
    )
    imported = read_paths([file])
    assert "the key 'status' stands twice" in imported.documents[0].warnings[0]
    assert len(imported.charts["p"].facts) == 1


def test_escapes_are_no_repeated_keys(made, tmp_path):
    file = tmp_path / "doc.ndjson"
    line = json.dumps(made.glucose(note=[{"text": 'he said "so"'}])).replace("glucose", "\\u0022")
    file.write_text(f"{json.dumps(made.patient())}\n{line}\n")
    assert read_paths([file]).documents[0].warnings == ()


def test_paths_that_do_not_exist_or_hold_nothing_are_the_users_error(tmp_path):
    with pytest.raises(UserError, match="there is no such file"):
        read_paths([tmp_path / "missing"])
    with pytest.raises(UserError, match="no file in the folders"):
        read_paths([tmp_path])


def test_a_folder_is_read_with_what_is_below_it_but_not_what_is_hidden(made, tmp_path):
    (tmp_path / "clinic" / ".cache").mkdir(parents=True)
    (tmp_path / "clinic" / "visit.json").write_bytes(made.bundle(made.glucose()))
    (tmp_path / "clinic" / ".cache" / "visit.json").write_bytes(b"%PDF")
    seen = []
    imported = read_paths([tmp_path], progress=lambda *said: seen.append(said))
    assert [report.name for report in imported.documents] == ["clinic/visit.json"]
    assert seen == [("clinic/visit.json", 0, 1)]


def test_what_cannot_be_opened_is_said_and_the_rest_is_read(made, tmp_path, monkeypatch):
    (tmp_path / "a.json").write_bytes(made.bundle(made.glucose()))
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere.json")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "locked.json").write_bytes(b"{}")
    whole = Path.open

    def opened(path, *told):
        if path.name == "locked.json":
            raise PermissionError(13, "Permission denied")
        return whole(path, *told)

    monkeypatch.setattr(Path, "open", opened)
    imported = read_paths([tmp_path])
    assert len(imported.charts["p"].facts) == 1
    assert {report.name: report.skipped[0].reason for report in imported.documents if report.skipped} == {
        "gone.json": "is a link that points nowhere",
        "locked.json": "cannot be opened (Permission denied)",
        "loop": "is a link to a folder; give that folder itself",
        "pipe": "is not a file that holds a document (a pipe, a socket or a device)",
    }


def test_a_file_beyond_the_bound_is_never_read_into_memory(tmp_path):
    file = tmp_path / "huge.json"
    with file.open("wb") as out:
        out.truncate(LIMITS.file_bytes + 1)  # a sparse file: it claims the bytes and takes no room
    tracemalloc.start()
    with pytest.raises(UserError, match=r"huge\.json has 513 MB; at most 512 MB is read"):
        read_paths([file])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_table_without_a_header_does_not_repeat_its_first_patient(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("Ann Example,1980-05-01,555-0100,headache\n")
    with pytest.raises(UserError, match="is not the Zonula template") as told:
        read_paths([file])
    assert "Example" not in str(told.value)
    assert "555" not in str(told.value)


@pytest.mark.parametrize(
    "written", ["NKDA", "No known allergies.", "none", "Denies  allergies", "No Known Latex Allergy"]
)
def test_an_entry_that_says_there_is_no_allergy_is_none(made, written):
    facts, _ = reading(
        made.bundle(made.about("AllergyIntolerance", patient={"reference": "Patient/p"}, code={"text": written}))
    )
    assert not facts[0].asserted
    facts, _ = reading(f"patient,kind,text\np,allergy,{written}\n".encode(), "a.csv")
    assert not facts[0].asserted


def test_a_substance_that_begins_like_a_denial_stays_an_allergy(made):
    facts, _ = reading(b"patient,kind,text\np,allergy,Nonoxynol\n", "a.csv")
    assert facts[0].asserted
