"""The fast writer writes what the csv module writes, whatever the names."""

import csv
import io
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.diary import read_directory
from zonula.knowledge import shelf
from zonula.simulation import virtual_diaries, write_diaries
from zonula.simulation.entries import EMPTY, KINDS, Entries

printable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
numbers = st.one_of(st.just(EMPTY), st.integers(0, 100_000))
rows = st.lists(
    st.tuples(st.integers(0, 800 * 1440), st.integers(0, len(KINDS) - 1), st.integers(0, 4), numbers, numbers),
    max_size=30,
)


def by_the_module(patient, entries, start):
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows([patient, *row] for row in entries.rows(start))
    return lines.getvalue().encode()


@settings(deadline=None)  # the first call may compile
@given(
    patient=printable, names=st.tuples(*[printable] * 5), table=rows, start=st.dates(date(1990, 1, 1), date(2060, 1, 1))
)
def test_the_bytes_are_those_of_the_csv_module(patient, names, table, start):
    minute, kind, item, amount, value = np.array(table, dtype=np.int64).reshape(-1, 5).T
    entries = Entries(names=names, minute=minute, kind=kind, item=item, amount=amount, value=value)
    assert entries.csv_bytes(patient, start) == by_the_module(patient, entries, start)


def test_a_whole_diary_is_written_alike_by_both():
    for _, diary in virtual_diaries(4, 11, shelf()):
        assert diary.csv_bytes() == by_the_module(diary.patient, diary.entries, diary.start)
        assert len(diary.rows) == len(diary.entries) > 500


def test_what_is_written_is_read_back_row_by_row(tmp_path):
    count = write_diaries(3, 5, tmp_path, shelf())
    with (tmp_path / "diary.csv").open(encoding="utf-8", newline="") as lines:
        read = list(csv.DictReader(lines))
    assert len(read) == count
    diaries, report = read_directory(tmp_path)
    assert len(list(diaries)) == 3
    assert not list(report.lines())
    assert {row["kind"] for row in read} <= set(KINDS)
