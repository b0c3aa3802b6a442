"""Spoilt input of any kind is a user's error in words or a reading, never a crash."""

import contextlib
import gzip
import json
import sys
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.errors import UserError
from zonula.laboratory_tests.celiac import TEMPLATE, assess_celiac, evidence_of, read_evidence
from zonula.laboratory_tests.genotype import Label, read_genotype_file
from zonula.laboratory_tests.hla import meaning_of, read_typing

sys.path.insert(0, str(Path(__file__).parent))
from genotype_files import NOTHING, WRITERS, rows_of

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FILES = [WRITERS[company](rows_of({**NOTHING, "rs2187668": "CT"}, 38), 38).encode() for company in sorted(WRITERS)]
FILES.append(gzip.compress(FILES[0]))


def read(tmp_path, content):
    path = tmp_path / "raw.txt"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        return read_genotype_file(path)
    return None


@quick
@given(content=st.binary(max_size=400))
def test_any_bytes_as_a_genotype_file(tmp_path, content):
    read(tmp_path, content)


@quick
@given(content=st.sampled_from(FILES), at=st.integers(0, 2000), junk=st.binary(max_size=6))
def test_a_genotype_file_spoilt_somewhere(tmp_path, content, at, junk):
    place = at % len(content)
    read(tmp_path, content[:place] + junk + content[place + len(junk) :])


@quick
@given(content=st.sampled_from(FILES), kept=st.integers(0, 2000))
def test_a_genotype_file_cut_anywhere_never_says_that_nothing_was_found(tmp_path, content, kept):
    reading = read(tmp_path, content[: kept % len(content)])
    assert reading is None or reading.labels != (Label.NONE,)


@quick
@given(text=st.text(max_size=80) | st.text(alphabet="DQAB1*:0235/,-+ NGXHLposneg", max_size=60))
def test_any_text_as_a_typing(text):
    with contextlib.suppress(UserError):
        meaning_of(read_typing(text))


json_value = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-5, 500) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["age_years", "draws", "gluten_now", "hla", "biopsy", "history", "facts", "unread", "other"]


@quick
@given(written=st.dictionaries(st.sampled_from(FIELDS), json_value, max_size=4))
def test_any_fields_as_evidence(written):
    with contextlib.suppress(UserError):
        assess_celiac(evidence_of(json.loads(json.dumps(written))), date(2026, 11, 24))


@quick
@given(at=st.integers(0, len(TEMPLATE)), junk=st.text(alphabet="{}[]:&*!|>'\"#-, \n\t0<yx", max_size=4))
def test_a_template_spoilt_somewhere(tmp_path, at, junk):
    path = tmp_path / "me.yaml"
    path.write_text(TEMPLATE[:at] + junk + TEMPLATE[at:], encoding="utf-8")
    with contextlib.suppress(UserError):
        assess_celiac(read_evidence(path), date(2026, 11, 24))
