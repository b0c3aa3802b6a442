"""A screening: the answers of the plain evaluator for everyone, with counts, checksums, a worklist, and validity against labels."""

import csv
import json
from datetime import date
from pathlib import Path

import jsonschema
import msgspec
import pytest
from pyarrow import parquet

import zonula.population.screen as screening
import zonula.population.stage as staging
from zonula.chart_import import read_paths
from zonula.chart_review.evaluate import Evidence, PlainEvaluator
from zonula.chart_review.library import DOMAINS
from zonula.chart_review.vocabulary import vocabulary
from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.population.answers import worklist, write_csv, write_worklist
from zonula.population.engines.duckdb import DuckEngine
from zonula.population.report import report
from zonula.population.screen import chosen, screen, screened
from zonula.population.stage import stage
from zonula.population.staged import Staged
from zonula.population.validate import truth_labels, validate, wilson
from zonula.reports.population_page import population_html, population_text, validation_text

TODAY = date(2026, 11, 24)
ROOT = Path(__file__).resolve().parents[3]
STATES = {"yes": True, "no": False, "unknown": None}


@pytest.fixture(scope="module")
def done(staged_export, tmp_path_factory):
    """A screened export: (the export, the screening's folder, what it said)."""
    root, staged = staged_export
    out = tmp_path_factory.mktemp("screened")
    return root, out, screen(Staged(staged), chosen([]), out, DuckEngine(), "duckdb", TODAY)


def test_every_answer_is_the_plain_evaluators(done):
    root, out, found = done
    told = {}
    for row in parquet.read_table(out / "answers").to_pylist():
        told[row["patient"], row["rule"]] = Evidence(row["holds"], row["value"], tuple(row["because"]))
    for patient, chart in read_paths([root]).charts.items():
        plain = PlainEvaluator(chart, TODAY, vocabulary())
        for number, rule in enumerate(chosen([]).values()):
            expected = plain.truth(rule.when)
            answered = told.get((patient, number))
            if answered is None:
                otherwise = STATES[found.rules[number].otherwise]
                assert (expected.holds, expected.because) == (otherwise, ()), rule.id
            else:
                assert answered == expected, rule.id


def test_counts_add_up_and_the_whole_library_is_asked(done):
    _, out, found = done
    assert len(found.rules) >= 50
    assert all(each.yes + each.no + each.unknown == found.patients == 12 for each in found.rules)
    assert screened(out) == found
    fatigue = next(each for each in found.rules if each.rule == "domain.fatigue")
    assert (fatigue.yes, fatigue.unknown) == (9, 3)


def test_results_do_not_depend_on_parts_or_batches(export, tmp_path, monkeypatch):
    checksums = []
    for name, part_bytes, most in (("one", 1 << 20, 10**6), ("many", 4000, 40)):
        monkeypatch.setattr(staging, "PART_BYTES", part_bytes)
        monkeypatch.setattr(screening, "MOST_FACTS", most)
        stage([export(folder=f"in-{name}")], tmp_path / name)
        found = screen(
            Staged(tmp_path / name),
            chosen(["domain", "burden"]),
            tmp_path / f"out-{name}",
            DuckEngine(),
            "duckdb",
            TODAY,
        )
        checksums.append([(each.rule, each.checksum, each.yes, each.no) for each in found.rules])
    assert checksums[0] == checksums[1]
    assert len({checksum for _, checksum, _, _ in checksums[0]}) > 1


def test_rules_are_chosen_by_id_or_chapter():
    assert set(chosen(["domain", "red_flag.child"])) == {
        rule for rule in chosen([]) if rule.startswith("domain.") or rule == "red_flag.child"
    }
    with pytest.raises(UserError, match=r"no rule domain\.luck"):
        chosen(["domain.luck"])


def test_the_csv_names_facts_and_no_cell_is_a_formula(done, tmp_path):
    _, out, _ = done
    write_csv(out, tmp_path / "answers.csv")
    lines = list(csv.DictReader((tmp_path / "answers.csv").read_text().splitlines()))
    fatigue = next(line for line in lines if line["rule"] == "domain.fatigue" and line["patient"] == "p0")
    assert fatigue["answer"] == "yes"
    assert fatigue["because"] == "Condition.ndjson#Condition/c0"
    assert not any(cell[:1] in "=+@" for line in lines for cell in line.values() if cell)


def test_the_worklist_has_reasons(done, tmp_path):
    _, out, _ = done
    found = worklist(out, "red_flag.celiac_never_tested")
    write_worklist(found, tmp_path / "list.csv")
    lines = list(csv.DictReader((tmp_path / "list.csv").read_text().splitlines()))
    assert len(lines) == len(found.entries) == 9
    assert all("Condition.ndjson#Condition/" in line["because"] and "domain.fatigue" in line["also"] for line in lines)
    assert {line["identifiers"] for line in lines} >= {"urn:clinic|0", "urn:clinic|1"}
    with pytest.raises(UserError, match="did not ask"):
        worklist(out, "no.rule")


def test_the_worklist_for_the_clinic_application_says_who_and_why(done, tmp_path):
    _, out, _ = done
    write_worklist(worklist(out, "red_flag.celiac_never_tested"), tmp_path / "list.json")
    found = msgspec.json.decode((tmp_path / "list.json").read_bytes())
    schema = json.loads((ROOT / "docs" / "schemas" / "worklist.schema.json").read_text())
    jsonschema.validate(found, schema)
    (first,) = [each for each in found["entries"] if each["patient"] == "p0"]
    assert (first["identifiers"], first["birth"], first["sex"]) == (["urn:clinic|0"], "1960-03-04", "male")
    assert first["reason"]["facts"] == ["Condition.ndjson#Condition/c0"]
    assert any(each["rule"] == "domain.fatigue" and each["facts"] for each in first["also"])


def test_the_report_hides_small_counts(done):
    _, out, _ = done
    found = report(out, shelf())
    for rule in found.rules:
        assert not any(count is not None and 0 < count < found.least for count in (rule.yes, rule.no, rule.unknown))
    fatigue = next(rule for rule in found.rules if rule.rule == "domain.fatigue")
    assert (fatigue.yes, fatigue.unknown) == (None, None)
    page = population_html(found)
    assert "<svg" in page
    assert "hidden" in page
    assert "p11" not in page
    assert "everyone in the export" in population_text(found)


def test_validity_against_labels(done):
    _, out, _ = done
    lines = [f"p{number},domain.fatigue,{'yes' if number in (0, 1, 3) else 'no'}" for number in range(6)]
    labels = "\n".join(
        ["patient,rule,truth", *lines, "p1,domain.fatigue,no", "p9,domain.fatigue,maybe", "nobody,domain.fatigue,yes"]
    )
    found = validate(labels, "labels.csv", out)
    (rule,) = found.rules
    assert (rule.sensitivity.found, rule.sensitivity.of) == (2, 3)
    assert (rule.specificity.found, rule.specificity.of) == (0, 3)
    assert (rule.ppv.found, rule.ppv.of) == (2, 5)
    assert rule.undecided == 1
    assert len(found.skipped) == 3
    assert "sensitivity 67 %" in validation_text(found)


def test_validity_against_phq15(done):
    _, out, _ = done
    found = validate("patient,phq15\np0,14\np1,3\np2,99\n", "phq.csv", out)
    assert found.rules[0].against == "PHQ-15 of 10 or more"
    assert (found.rules[0].sensitivity.of, found.rules[0].specificity.found) == (1, 1)
    assert found.skipped == ("line 4: phq15 is not a number from 0 to 30",)


def test_the_truth_of_virtual_patients_is_a_label_of_every_domain(done, tmp_path):
    _, out, _ = done
    for number, domains in ((0, {"fatigue": "2024-02-01"}), (1, {}), (3, dict.fromkeys(DOMAINS, "2020-01-01"))):
        truth = {"schema": "zonula.simulation-truth/1", "patient": f"p{number}", "domains": domains}
        (tmp_path / f"p{number}.json").write_text(json.dumps(truth))
    found = {each.rule: each for each in validate(truth_labels(tmp_path), "truth", out).rules}
    fatigue = found["domain.fatigue"]
    assert (fatigue.sensitivity.found, fatigue.sensitivity.of, fatigue.specificity.found) == (1, 2, 0)
    assert found["burden.six_domains_at_once"].sensitivity.of == 1
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UserError, match=r"other\.json"):
        truth_labels(tmp_path)
    with pytest.raises(UserError, match="no truth"):
        truth_labels(tmp_path / "nowhere")


def test_labels_that_cannot_be_used_are_the_users_error(done):
    _, out, _ = done
    with pytest.raises(UserError, match="columns"):
        validate("a,b\n1,2\n", "labels.csv", out)
    with pytest.raises(UserError, match="no line can be used"):
        validate("patient,rule,truth\np1,none,yes\n", "labels.csv", out)


def test_wilson_is_the_published_interval():
    """Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662; 0 of 20 is 0 to 0.1611."""
    some, none = wilson(81, 263), wilson(0, 20)
    assert (round(some.low, 4), round(some.high, 4)) == (0.2553, 0.3662)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)
    assert wilson(0, 0).share is None


def test_folders_that_are_none_are_said(tmp_path):
    with pytest.raises(UserError, match="no staged tables"):
        Staged(tmp_path)
    with pytest.raises(UserError, match="no screening"):
        screened(tmp_path)
    with pytest.raises(UserError, match="--memory"), DuckEngine(memory="plenty"):
        pass
