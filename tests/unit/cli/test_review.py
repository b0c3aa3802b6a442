"""`zonula review` as a person at the keyboard meets it."""

import json
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from lxml import html
from pypdf import PdfReader

from zonula import cli
from zonula.cli.review import EXAMPLE

DAY = ("--today", "2026-11-24")


def run(capsys, *words):
    code = cli.main(["review", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """The example reviewed once: (JSON, HTML tree, text of the PDF's only page)."""
    folder = tmp_path_factory.mktemp("review")
    files = {kind: folder / f"review.{kind}" for kind in ("json", "html", "pdf")}
    assert (
        cli.main(
            ["review", "--example", *DAY, *(word for kind, path in files.items() for word in (f"--{kind}", str(path)))]
        )
        == 0
    )
    reader = PdfReader(BytesIO(files["pdf"].read_bytes()))
    assert len(reader.pages) == 1
    review = json.loads(files["json"].read_text(encoding="utf-8"))
    return (
        review,
        html.fromstring(files["html"].read_text(encoding="utf-8")),
        " ".join(reader.pages[0].extract_text().split()),
    )


def words(element):
    return " ".join(element.text_content().split())


def test_the_example_is_read_from_five_providers_and_tells_its_story(outputs):
    review, _, _ = outputs
    assert review["import"]["documents"] == 5
    assert review["summary"]["years"] >= 14
    assert review["summary"]["max_concurrent_domains"] >= 6
    assert review["summary"]["specialties"] >= 12
    assert {"multiple_sclerosis", "chronic_lyme", "ibs"} <= {each["id"] for each in review["suspicions"]}
    assert any("2019-02-30" in warning for line in review["import"]["per_document"] for warning in line["warnings"])


def test_the_json_follows_its_published_schema(outputs):
    schema = json.loads(
        (Path(__file__).parents[3] / "docs" / "schemas" / "review.schema.json").read_text(encoding="utf-8")
    )
    Draft202012Validator(schema).validate(outputs[0])
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate({**outputs[0], "symptom_domains": "none"})


def test_everything_the_json_names_it_also_carries(outputs):
    review, _, _ = outputs
    assert {fact for finding in review["findings"] for fact in finding.get("because", ())} <= set(review["facts"])
    assert {card for finding in review["findings"] for card in finding.get("according_to", ())} <= set(review["cards"])


def test_json_page_and_summary_agree(outputs):
    review, page, paper = outputs
    glance = words(page.xpath("//section[@id='glance']")[0])
    for name in ("domains_present", "max_concurrent_domains", "encounters", "specialties"):
        value = review["summary"][name]
        assert re.search(rf"\b{value}\b", glance), name
        assert re.search(rf"\b{value}\b", paper), name
    tests = review["summary"]["tests"]
    outcomes = f"{tests['abnormal']} abnormal", f"{tests['inconclusive']} inconclusive", f"{tests['normal']} normal"
    assert all(said in glance and said in paper for said in outcomes)
    rows = {words(row.xpath("./th")[0]): row for row in page.xpath("//section[@id='domains']//tbody/tr")}
    assert len(rows) == len(review["symptom_domains"]) == 12
    for domain in review["symptom_domains"]:
        if domain["present"]:
            said = words(rows[domain["title"]])
            assert domain["first"] in said
            assert domain["last"] in said
            assert str(domain["count"]) in said
    flags = [words(flag) for flag in page.xpath("//section[@id='flags']//p[@class='says']")]
    assert len(flags) == len(review["red_flags"])
    assert all(finding["says"] in flag for finding, flag in zip(review["red_flags"], flags, strict=True))
    for suspicion in review["suspicions"]:
        assert suspicion["label"] in paper
        assert suspicion["label"] in words(page.xpath("//section[@id='labels']")[0])


def test_the_terminal_says_the_same_figures(capsys, outputs):
    review, _, _ = outputs
    code, text, _ = run(capsys, "--example", *DAY)
    assert code == 0
    assert f"{review['summary']['encounters']}  visits" in text
    flattened = " ".join(text.split())
    assert all(finding["says"] in flattened for finding in review["red_flags"])


def test_the_same_records_and_day_give_the_same_bytes(capsys):
    first, second = (run(capsys, EXAMPLE, *DAY, "--json", "-")[1] for _ in range(2))
    assert first == second
    assert json.loads(first)["as_of"] == "2026-11-24"


def test_json_to_the_terminal_is_only_json(capsys):
    code, out, err = run(capsys, EXAMPLE.parent / "ines-falk", *DAY, "--json", "-")
    assert code == 0
    assert json.loads(out)["red_flags"] == []
    assert err == ""


def test_an_emergency_comes_first(capsys):
    code, out, _ = run(capsys, EXAMPLE.parent / "tobias-renner", *DAY, "--json", "-")
    assert code == 0
    assert json.loads(out)["red_flags"][0]["level"] == "E"


def test_several_patients_are_listed_and_one_can_be_picked(capsys):
    both = (EXAMPLE.parent / "ines-falk", EXAMPLE.parent / "tobias-renner")
    code, out, err = run(capsys, *both, *DAY)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "rfp-3302 (Tobias Renner)" in err
    assert "rfp-3417 (Ines Falk)" in err
    assert "--patient" in err
    code, out, _ = run(capsys, *both, *DAY, "--patient", "rfp-3417", "--json", "-")
    assert code == 0
    assert json.loads(out)["patient"]["name"] == "Ines Falk"
    assert "Renner" not in out
    assert [line["name"] for line in json.loads(out)["import"]["per_document"]] == ["ines-falk.fhir.json"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "No records were named."),
        (("--example", "x.json"), "--example and a PATH"),
        (("no-such-file.json",), "no such file"),
        (("--example", "--patient", "nobody"), "No patient 'nobody'"),
        (("--example", "--today", "24.11.2026"), "not a date"),
        (("--example", "--pdf", "-"), "need the name of a file"),
        (("--example", "--html", "/no/such/folder/x.html"), "/no/such/folder/x.html"),
    ],
)
def test_what_the_caller_can_mend_is_one_line_and_exit_2(capsys, words, said):
    code, _, err = run(capsys, *words)
    assert code == 2
    assert err.startswith("zonula: ")
    assert err.count("\n") == 1
    assert said in err


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"<a>", b'{"resourceType": "Bundle", "entry": [', b"hello"]
)
def test_unreadable_input_is_one_line_and_exit_2(capsys, tmp_path, content):
    path = tmp_path / "chart.json"
    path.write_bytes(content)
    code, out, err = run(capsys, path, *DAY)
    assert (code, out) == (2, "")
    assert err.startswith("zonula: chart.json")
    assert err.count("\n") == 1


def test_a_hostile_name_stays_a_name_everywhere(capsys, tmp_path):
    name = "<script>alert(1)</script> \u202e\x1b[2J"
    patient = {"resourceType": "Patient", "id": "p", "name": [{"text": name}]}
    fatigue = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"text": f"Fatigue {name}"},
        "onsetDateTime": "2020",
    }
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}, {"resource": fatigue}]}
    (tmp_path / "chart.json").write_text(json.dumps(bundle))
    page, paper = tmp_path / "x.html", tmp_path / "x.pdf"
    code, out, _ = run(capsys, tmp_path / "chart.json", *DAY, "--html", page, "--pdf", paper)
    assert code == 0
    assert not set(out) & {"\x1b", "\u202e"}
    assert "<script" not in page.read_text(encoding="utf-8")
    assert len(PdfReader(paper).pages) == 1


def zonula(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "zonula", *words], capture_output=True, check=False, env={**os.environ, **environment}, cwd=Path(__file__).parents[3]
    )  # fmt: skip


def test_into_a_pipe_there_is_no_colour_and_an_ascii_terminal_is_served():
    done = zonula("review", "--example", *DAY, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert b"\x1b" not in done.stdout


def test_what_is_not_asked_for_is_not_loaded():
    program = "import sys; from zonula.cli import main; main(['review', '--example', '--json', '-']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(done.stderr.split()) & {"jinja2", "typst", "pyarrow", "numpy", "scipy", "numba", "pypdf"}
