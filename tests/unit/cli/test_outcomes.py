"""`zonula outcomes` and `zonula registry` as a clinic types them."""

import json
import re
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "simulators"))

from zonula.cli import main


@pytest.fixture(scope="module")
def registry_file(tmp_path_factory):
    from virtual_registry import registry

    path = tmp_path_factory.mktemp("registry") / "clinic.jsonl"
    courses = registry(100, "false", np.random.default_rng(4))
    lines = [msgspec.json.encode(course) for course in courses]
    path.write_bytes(b"\n".join([*lines, b"{broken", b""]))
    return path


def test_the_report_as_text_page_json_and_table(registry_file, tmp_path, capsys):
    page, table, data = (tmp_path / name for name in ("r.html", "r.csv", "r.json"))
    assert (
        main(["outcomes", "report", str(registry_file), "--html", str(page), "--csv", str(table), "--json", str(data)])
        == 0
    )
    said = capsys.readouterr().out
    assert "100 patients" in said
    assert "line 101 skipped" in said
    content = json.loads(data.read_text())
    html = page.read_text(encoding="utf-8")
    assert f"<td>recovered</td><td>{content['standings']['recovered']}</td>" in html
    assert f"<td>worse</td><td>{content['standings']['worse']}</td>" in html
    assert not re.findall(r"""(?:src|href)=["']?https?:""", html)
    assert "<script" not in html
    assert len(table.read_text().splitlines()) == 101


def test_a_clinic_exports_and_clinics_are_pooled(registry_file, tmp_path, capsys):
    key, out = tmp_path / "key", tmp_path / "a.json"
    assert main(["registry", "key", str(key)]) == 0
    assert key.stat().st_mode & 0o077 == 0
    assert main(["registry", "key", str(key)]) == 2
    assert main(["registry", "export", str(registry_file), "--clinic", "A", "--key", str(key), "--out", str(out)]) == 0
    assert main(["registry", "pool", str(out)]) == 0
    assert "1 clinics: A" in capsys.readouterr().out
    out.write_text(out.read_text().replace('"patients": 100', '"patients": 99'))
    assert main(["registry", "pool", str(out)]) == 2
    assert "was changed" in capsys.readouterr().err


def test_a_study_is_sealed_and_a_site_allocated(tmp_path, capsys):
    declaration = tmp_path / "study.yaml"
    declaration.write_text(
        "format: zonula.study/1\nid: s\ntitle: T\nhypothesis: h\nprimary: p\nanalysis: a\ndecision_rule: d\nstopping_rule: none\n"
        "arms: [x, y]\nsites: [A]\npatients_per_site: 4\nblock: 2\ndefinitions: f\nethics: e\n"
    )
    seed = tmp_path / "seed"
    assert main(["registry", "study", str(declaration), "--seal", str(seed)]) == 0
    sealed = re.search(r"sealed seed (\w+)", capsys.readouterr().out)[1]
    assert (
        main(["registry", "study", str(declaration), "--allocate", "A", "--seed-file", str(seed), "--sealed", sealed])
        == 0
    )
    assert len(re.findall(r"^\d,[xy]$", capsys.readouterr().out, re.M)) == 4


def test_the_reading_list_names_every_claim_with_its_sources(capsys):
    assert main(["outcomes", "reading-list", "--today", "2026-11-24"]) == 0
    said = capsys.readouterr().out
    assert said.count("What would change our mind") == 8
    assert "https://doi.org/10.1136/gutjnl-2019-318427" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no patient could be read"),
        ("{}", "no patient could be read"),
        ('{"patient":"p","clinic":"A","readings":[{"day":1,"total":130}],"last_day":2}', "outside 0 to 120"),
        ('{"patient":"p","clinic":"A","readings":[{"day":3,"total":13}],"last_day":2}', "after last_day"),
        ('{"patient":"p","clinic":"A","readings":[],"last_day":2,"skin_positive":2}', "more positive than tested"),
        ('{"patient":"p","clinic":"A","readings":[],"last_day":2,"adherence":2}', "share between 0 and 1"),
        ('{"patient":"p","clinic":"A","readings":[],"last_day":2,"age":140}', "an age nobody has"),
        (
            '{"patient":"p","clinic":"A","readings":[{"day":1,"total":1},{"day":1,"total":2}],"last_day":2}',
            "two totals on one day",
        ),
        ('{"patient":"p","clinic":"A","readings":[],"last_day":2}\n' * 2, "stands twice"),
    ],
)
def test_bad_registries_are_refused_in_one_line(content, said, tmp_path, capsys):
    path = tmp_path / "r.jsonl"
    path.write_text(content)
    assert main(["outcomes", "report", str(path)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "typed",
    [
        ("outcomes", "report", "REGISTRY", "--seed", "-1"),
        ("outcomes", "report", "REGISTRY", "--parquet", "/nonexistent/x.parquet"),
        ("outcomes", "report", "REGISTRY", "--html", "/nonexistent/x.html"),
        ("outcomes", "report", "/nonexistent"),
        ("outcomes", "patient", "REGISTRY", "nobody"),
        ("registry", "key", "/nonexistent/key"),
        ("registry", "pool", "REGISTRY"),
        ("registry", "export", "REGISTRY", "--clinic", "Z", "--key", "KEY", "--out", "OUT"),
        ("registry", "export", "REGISTRY", "--clinic", "A", "--key", "REGISTRY", "--out", "OUT"),
        ("registry", "export", "REGISTRY", "--clinic", "A", "--key", "KEY", "--out", "OUT", "--previous", "KEY"),
        ("registry", "study", "KEY"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_leaves_nothing_behind(typed, registry_file, tmp_path, capsys):
    named = {"REGISTRY": registry_file, "KEY": tmp_path / "key", "OUT": tmp_path / "out.json"}
    main(["registry", "key", str(named["KEY"])])
    capsys.readouterr()
    assert main([str(named.get(word, word)) for word in typed]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
