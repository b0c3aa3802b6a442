"""What a researcher can see, take away and work out: attacks on the release for research, and the downloads."""

import io
import json
import re
from collections import Counter

import msgspec
import numpy as np
import pytest
from pyarrow import csv, parquet

from zonula.outcomes import check_keys, declared, pool, read_signed, verify
from zonula_web.access.rights import Role
from zonula_web.audit.models import Event
from zonula_web.records import figures, read, research
from zonula_web.records.models import Figures
from zonula_web.records.research import contributing

pytestmark = pytest.mark.django_db
LEAST = 5


def text_of(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def rows_of(browser):
    return csv.read_csv(io.BytesIO(browser.get("/research/table.csv").content)).to_pylist()


def test_only_who_agreed_counts(signed_in, filled):
    filled.add(30)
    refused = filled.add(20, agreed=False, seed=2)
    taken_back = filled.add(6, seed=3)
    for one in taken_back:
        filled.consent(one, given=False)
    filled.make()
    release = research.stored(filled.clinic)
    assert release.content.summary.patients == 30
    assert len(rows_of(signed_in(Role.RESEARCHER))) == 30
    assert not release.contributors & {str(one.id) for one in [*refused, *taken_back]}


def test_every_count_on_the_page_is_a_multiple_of_five_and_none_is_small(signed_in, filled):
    filled.add(43)
    filled.add(4, agreed=False, seed=9)
    said = filled.make()
    assert "Courses summed up: 47." in said
    page = signed_in(Role.RESEARCHER).get("/figures/")
    counts = [int(one) for one in re.findall(r"about (\d+)", page.content.decode())]
    assert len(counts) >= 4
    assert {one % LEAST for one in counts} == {0}
    without_clock = re.sub(r"\d\d:\d\d", "", text_of(page).partition("Take away")[0])
    assert not re.search(r"\b4[1-46-9]\b", without_clock)


def test_a_researcher_never_reads_what_the_job_says(signed_in, filled):
    filled.add(23)
    said, browser = filled.make(), signed_in(Role.RESEARCHER)
    for address in ("/figures/", "/figures/making/", "/research/"):
        assert said not in text_of(browser.get(address))
    assert said in text_of(signed_in(Role.CLINICIAN).get("/figures/"))


def test_small_cells_stay_hidden_and_so_does_what_gives_them_away(signed_in, filled):
    filled.add(45)
    filled.make()
    content = research.stored(filled.clinic).content
    for table in (content.summary.ends, content.summary.standings):
        assert all(count is None or count == 0 or count >= LEAST for count in table.values())
        assert sum(count is None for count in table.values()) != 1
    for _, count in content.way:
        assert count is None or count == 0 or count >= LEAST


def test_steps_of_the_way_do_not_give_their_difference_away(filled):
    patients = filled.add(40, foods_given_back=2)
    courses = figures.courses(filled.clinic)
    for patient, course in list(zip(patients, courses, strict=True))[:3]:
        filled.keep(patient, msgspec.structs.replace(course, patient=str(patient.id), foods_given_back=0))
    filled.make()
    way = dict(research.stored(filled.clinic).content.way)
    assert way["eating restricted for the treatment"] is None or way["at least one food given back"] is None, (
        "40 and 37 say that three got nothing back"
    )


def test_nobody_is_found_by_comparing_two_releases(filled):
    patients = filled.add(40)
    filled.make()
    first = research.stored(filled.clinic)
    filled.add(3, seed=4)
    filled.make()
    second = research.stored(filled.clinic)
    assert second.contributors == first.contributors, "three who are new wait"
    filled.add(2, seed=5)
    filled.make()
    third = research.stored(filled.clinic)
    assert len(third.contributors - second.contributors) == 5
    filled.consent(patients[0], given=False)
    filled.make()
    fourth = research.stored(filled.clinic)
    assert str(patients[0].id) not in fourth.contributors, "a consent taken back holds at once"
    assert len(third.contributors - fourth.contributors) == 5


@pytest.mark.parametrize("seed", range(30))
def test_two_releases_differ_by_nobody_or_by_five(seed):
    rng = np.random.default_rng(seed)
    everyone = [f"p{i}" for i in range(60)]
    before: frozenset[str] = frozenset()
    for _ in range(12):
        now = {one for one in everyone if rng.random() < 0.9} if rng.random() < 0.5 else set(before) | {"p0", "p1"}
        following = contributing(before, now, LEAST, rng)
        assert following <= now
        if before:
            joined, left = following - before, before - following
            assert not joined or len(joined) >= LEAST
            assert not left or len(left) >= min(LEAST, len(before))
        before = following


def test_the_signed_file_is_kept_until_each_count_moved_by_five(filled):
    filled.add(40)
    filled.make()
    first = research.stored(filled.clinic)
    filled.add(6, seed=4)
    filled.make()
    second = research.stored(filled.clinic)
    assert second.content.summary.patients == 46
    assert second.registry == first.registry or _far(first.registry, second.registry)


def _far(before, now):
    pairs = [(before.patients, now.patients), *((before.ends[one], now.ends[one]) for one in now.ends)]
    return all(a is None or b is None or a == b or abs(a - b) >= LEAST for a, b in pairs)


def test_the_signed_file_is_one_that_registry_pool_reads(signed_in, filled):
    filled.add(45)
    filled.make()
    signed = read_signed(signed_in(Role.RESEARCHER).get("/research/registry.json").content, "registry.json")
    check_keys([signed], {filled.clinic.name: research.public_key(filled.clinic)})
    content = verify(signed, "registry.json")
    assert content.definitions == declared(read.knowledge()).fingerprint
    assert pool([content]).patients == 45


def test_the_table_is_the_same_in_both_forms_and_leads_back_to_nobody(signed_in, filled):
    patients = filled.add(45)
    filled.make()
    browser = signed_in(Role.RESEARCHER)
    plain, packed = browser.get("/research/table.csv"), browser.get("/research/table.parquet")
    table = parquet.read_table(io.BytesIO(packed.content))
    assert rows_of(browser) == [
        {name: value if value != "" else None for name, value in row.items()} for row in table.to_pylist()
    ]
    classes = Counter((row["age"], row["sex"], row["domains"]) for row in table.to_pylist())
    assert min(classes.values()) >= LEAST
    for one in patients:
        assert str(one.id) not in plain.content.decode()
        assert str(one.id).encode() not in packed.content
    assert not re.search(r"\d{4}-\d{2}-\d{2}", plain.content.decode())
    assert all(f"`{name}`" in browser.get("/research/columns.md").content.decode() for name in table.column_names)


def test_a_release_has_its_own_order(filled):
    filled.add(45)
    filled.make()
    first = research.stored(filled.clinic).content.rows
    filled.make()
    second = research.stored(filled.clinic).content.rows
    assert first["baseline"] != second["baseline"]
    assert sorted(map(str, zip(*(first[name] for name in first if name != "row"), strict=True))) == sorted(
        map(str, zip(*(second[name] for name in second if name != "row"), strict=True))
    )


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("/research/table.csv", "research as csv"),
        ("/research/table.parquet", "research as parquet"),
        ("/research/columns.md", "research-columns as md"),
        ("/research/registry.json", "registry as json"),
    ],
)
def test_each_download_is_in_the_log(signed_in, filled, address, detail):
    filled.add(30)
    filled.make()
    answer = signed_in(Role.RESEARCHER).get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="zonula-')
    assert Event.objects.filter(action="exported", detail=detail).count() == 1
    assert signed_in(Role.DIETITIAN).get(address).status_code == 404


def test_the_printable_report_is_for_the_clinic_only(signed_in, filled):
    filled.add(30)
    filled.make()
    answer = signed_in(Role.DIETITIAN).get("/figures/report/")
    assert b"30" in answer.content
    assert Event.objects.filter(action="exported", detail="outcomes as html").count() == 1
    assert signed_in(Role.RESEARCHER).get("/figures/report/").status_code == 404


@pytest.mark.parametrize("count", [0, 1, 9])
def test_with_too_few_people_nothing_is_shown_and_nothing_is_given(signed_in, filled, count):
    filled.add(count)
    filled.make()
    browser = signed_in(Role.RESEARCHER)
    page = text_of(browser.get("/figures/"))
    assert "Fewer than 10 patients" in page
    assert "Take away" not in page
    for address in ("/research/table.csv", "/research/table.parquet", "/research/registry.json"):
        assert browser.get(address).status_code == 422
    assert not Event.objects.filter(action="exported").exists()


def test_before_the_first_making_the_page_says_so(signed_in, clinic):
    assert "never made" in text_of(signed_in(Role.RESEARCHER).get("/figures/"))
    assert "never made" in text_of(signed_in(Role.CLINICIAN).get("/figures/"))


def test_when_too_many_withdraw_the_release_ends_and_is_not_comparable_later(filled):
    patients = filled.add(12)
    filled.make()
    first = research.stored(filled.clinic)
    for one in patients[:3]:
        filled.consent(one, given=False)
    filled.make()
    second = research.stored(filled.clinic)
    assert second.content is None
    assert second.contributors == first.contributors, "the next release is compared with the last that was given out"


def test_the_stored_release_is_json_without_names(filled):
    filled.add(12)
    filled.make()
    body = json.dumps(Figures.objects.get().research["content"])
    assert "A-1" not in body
