"""Genotype files: every company, build and packing gives the same labels; what is damaged or of two people is refused."""

import gzip
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.errors import UserError
from zonula.laboratory_tests.genotype import Label, genotype_findings, read_genotype_file

sys.path.insert(0, str(Path(__file__).parent))
from genotype_files import BUILD_WORDS, FLIP, NOTHING, RSIDS, WRITERS, as_23andme, as_vcf, rows_of

TODAY = date(2026, 11, 24)


def read(folder, text, name="file.txt", **more):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_genotype_file(path, **more)


def labels(folder, **genotypes):
    return read(folder, as_23andme(rows_of({**NOTHING, **genotypes}))).labels


@pytest.mark.parametrize("company", WRITERS)
@pytest.mark.parametrize("packing", ["plain", "gz", "zip"])
def test_every_company_and_packing(tmp_path, company, packing):
    genotypes = {**NOTHING, "rs2187668": "CT", "rs7454108": "CT"}
    build = 38 if company == "vcf" else 37
    text = WRITERS[company](rows_of(genotypes, build), build).encode()
    path = tmp_path / "raw data"
    if packing == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/._genome.txt", b"rubbish")
            archive.writestr("genome.txt", text)
    else:
        path.write_bytes(gzip.compress(text) if packing == "gz" else text)
    reading = read_genotype_file(path)
    assert reading.labels == (Label.DQ25, Label.DQ8)
    assert reading.company == company
    assert reading.build == build
    assert [call.letters for call in reading.calls] == ["CT", "CT", "GG", "TT", "TT"]


@pytest.mark.parametrize("build", BUILD_WORDS)
def test_every_build_named_in_the_file(tmp_path, build):
    reading = read(tmp_path, as_23andme(rows_of(NOTHING, build), build))
    assert reading.build == build
    assert reading.labels == (Label.NONE,)


def test_a_file_that_names_no_build_is_told_by_its_positions(tmp_path):
    assert read(tmp_path, WRITERS["ftdna"](rows_of(NOTHING, 37))).build == 37


@pytest.mark.parametrize(
    ("genotypes", "expected"),
    [
        ({}, (Label.NONE,)),
        ({"rs2187668": "TT"}, (Label.DQ25,)),
        ({"rs7454108": "CC"}, (Label.DQ8,)),
        ({"rs7775228": "CT", "rs2395182": "TT"}, (Label.DQ22,)),
        ({"rs7775228": "CC", "rs2395182": "TT"}, (Label.DQ22,)),
        ({"rs7775228": "CT", "rs2395182": "GG"}, (Label.NONE,)),  # without rs2395182 T it is not the DQ2.2 haplotype
        ({"rs7775228": "CT", "rs2395182": "TT", "rs4713586": "CT"}, (Label.NONE,)),  # rs4713586 C excludes it
        ({"rs7775228": "CC", "rs2395182": "TT", "rs4713586": "CT"}, (Label.DQ22,)),
        ({"rs7775228": "CC", "rs2395182": "GT"}, (Label.CANNOT_TELL,)),  # two tags, one of what they need
        ({"rs2187668": "CT", "rs7775228": "CT", "rs2395182": "GT"}, (Label.DQ25, Label.DQ22)),
        ({"rs2187668": "TT", "rs7454108": "CT"}, (Label.CANNOT_TELL,)),  # three haplotypes do not fit one person
        ({"rs2187668": "--"}, (Label.CANNOT_TELL,)),
        ({"rs2187668": "--", "rs7454108": "CT"}, (Label.DQ8, Label.CANNOT_TELL)),
        ({"rs2187668": "TT", "rs7454108": "--"}, (Label.DQ25,)),  # two known haplotypes leave no room
        ({"rs7454108": "--", "rs2187668": "CT"}, (Label.DQ25, Label.CANNOT_TELL)),
        ({"rs7775228": "--", "rs2395182": "GT"}, (Label.CANNOT_TELL,)),
        ({"rs7775228": "--", "rs2395182": "GG"}, (Label.NONE,)),
        ({"rs4713586": "--"}, (Label.NONE,)),
        ({"rs4713586": "--", "rs7775228": "CT", "rs2395182": "TT"}, (Label.CANNOT_TELL,)),
    ],
)
def test_the_labels(tmp_path, genotypes, expected):
    assert labels(tmp_path, **genotypes) == expected


@pytest.mark.parametrize("letters", ["--", "II", "DD", "ID", "C", "CA", "CG", "TA", "NN", "00", "", "CTT"])
def test_letters_no_strand_explains_are_no_call_with_a_note(tmp_path, letters):
    reading = read(tmp_path, as_23andme(rows_of({**NOTHING, "rs2187668": letters})))
    assert reading.calls[0].letters == ""
    assert "no call" in reading.calls[0].note
    assert Label.CANNOT_TELL in reading.labels


def test_the_minus_strand_is_turned_and_said(tmp_path):
    reading = read(tmp_path, as_23andme(rows_of({**NOTHING, "rs2187668": "GA"})))
    assert reading.calls[0].letters == "CT"
    assert reading.calls[0].strand == "minus"
    assert "complemented" in reading.calls[0].note
    assert any("mixes strands" in note for note in reading.notes)


genotype = st.tuples(
    *(
        st.sampled_from(pairs)
        for pairs in (
            ["CC", "CT", "TC", "TT", "--"],
            ["TT", "CT", "CC"],
            ["GG", "GT", "TT"],
            ["TT", "CT", "CC"],
            ["TT", "CT", "CC", "II"],
        )
    )
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(letters=genotype, flipped=st.sets(st.sampled_from(RSIDS)))
def test_a_strand_flip_never_changes_a_call(tmp_path, letters, flipped):
    plus = dict(zip(RSIDS, letters, strict=True))
    turned = {rsid: plus[rsid].translate(FLIP) if rsid in flipped else plus[rsid] for rsid in RSIDS}
    right, left = read(tmp_path, as_23andme(rows_of(plus))), read(tmp_path, as_23andme(rows_of(turned)))
    assert right.labels == left.labels
    assert [call.letters for call in right.calls] == [call.letters for call in left.calls]


@quick
@given(letters=genotype, order=st.permutations(range(11)), company=st.sampled_from(sorted(WRITERS)))
def test_the_order_of_rows_never_matters(tmp_path, letters, order, company):
    rows = rows_of(dict(zip(RSIDS, letters, strict=True)), 38)
    straight = read(tmp_path, WRITERS[company](rows, 38))
    mixed = read(tmp_path, WRITERS[company]([rows[place] for place in order], 38))
    assert straight == mixed


@quick
@given(letters=genotype, dropped=st.sets(st.sampled_from(RSIDS), min_size=1))
def test_fewer_rows_never_make_the_answer_more_reassuring(tmp_path, letters, dropped):
    whole = dict(zip(RSIDS, letters, strict=True))
    fewer = {rsid: letters for rsid, letters in whole.items() if rsid not in dropped}
    complete, partial = read(tmp_path, as_23andme(rows_of(whole))), read(tmp_path, as_23andme(rows_of(fewer)))
    if complete.labels != (Label.NONE,):
        assert partial.labels != (Label.NONE,)


def test_only_the_permitted_labels_and_no_risk_are_said(tmp_path):
    reading = read(tmp_path, as_23andme(rows_of(NOTHING)))
    said = " ".join(finding.says for finding in genotype_findings(reading, TODAY))
    assert "never rules celiac disease out" in said
    assert "Europeans" in said
    assert "%" not in said
    assert "unlikely" not in said
    assert "1 in" not in said


def test_the_snp_with_an_unresolved_strand_is_not_read(tmp_path):
    without = read(tmp_path, as_23andme(rows_of(NOTHING)))
    with_it = read(tmp_path, as_23andme([*rows_of(NOTHING), ("rs4639334", "6", 32600000, "AA")]))
    assert with_it.calls == without.calls
    assert with_it.labels == without.labels


def test_a_longer_rsid_is_not_mistaken_for_its_beginning(tmp_path):
    rows = [row for row in rows_of(NOTHING) if row[0] != "rs2187668"]
    assert read(tmp_path, as_23andme(rows)).calls[0].note == "not in this file"


def test_a_vcf_without_ids_is_read_by_verified_positions_only(tmp_path):
    genotypes = {**NOTHING, "rs2187668": "CT", "rs7454108": "CT"}
    reading = read(tmp_path, as_vcf(rows_of(genotypes, 38), 38, ids=False))
    assert [call.letters for call in reading.calls] == ["CT", "", "", "TT", ""]
    assert "by its position" in reading.calls[0].note
    assert reading.labels == (Label.DQ25, Label.CANNOT_TELL)
    older = read(tmp_path, as_vcf(rows_of(genotypes, 37), 37, ids=False))
    assert [call.letters for call in older.calls] == ["", "", "", "", ""]


def test_a_failed_filter_an_indel_and_a_missing_genotype_are_no_calls(tmp_path):
    text = as_vcf(rows_of({**NOTHING, "rs2187668": "CT"}, 38), 38)
    assert "filter" in read(tmp_path, text.replace("PASS", "q10")).calls[0].note
    indel = text.replace("rs2187668\tC\tT", "rs2187668\tC\tCTT")
    assert read(tmp_path, indel).calls[0].letters == ""
    assert "no genotype" in read(tmp_path, text.replace("GT:DP", "DP:AD")).calls[0].note
    assert read(tmp_path, text.replace("0/1:30", "./.:30")).calls[0].note == "not called in the VCF; no call"
    assert read(tmp_path, text.replace("0/1:30", "0|1:30")).calls[0].letters == "CT"
    assert read(tmp_path, text.replace("0/1:30", "1:30")).calls[0].letters == ""


def test_a_tag_on_another_chromosome_is_no_call(tmp_path):
    rows = [("rs2187668", "9", 5, "CT") if row[0] == "rs2187668" else row for row in rows_of(NOTHING)]
    assert "written on chromosome 9" in read(tmp_path, as_23andme(rows)).calls[0].note


def test_the_same_snp_twice_is_one_call_when_it_agrees_and_none_when_not(tmp_path):
    rows = rows_of(NOTHING)
    assert read(tmp_path, as_23andme([*rows, ("rs2187668", "6", 32605884, "CC")])).calls[0].letters == "CC"
    twice = read(tmp_path, as_23andme([*rows, ("rs2187668", "6", 32605884, "CT")]))
    assert twice.calls[0].note == "stands twice with different letters; no call"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"hello world\n", "not a genotype file we know"),
        (b"\x00\x01\x02binary", "holds binary data"),
        (b"name,age\nx,1\n", "not a genotype file we know"),
        (gzip.compress(b"# 23andMe\n# rsid\tchromosome\tposition\tgenotype\n" * 50)[:-12], "cut short or damaged"),
        (b"\x1f\x8bnonsense", "cut short or damaged"),
        (b"PK\x03\x04nonsense", "cut short or damaged"),
        (as_23andme(rows_of(NOTHING)).encode()[:-3] + b"\nrs1000009\t22", "the last line is incomplete"),
        (as_23andme([("rs1", "1", 5, "AA"), ("rs2", "3", 5, "AA")]).encode(), "ends before chromosome 6"),
        (as_23andme([]).encode(), "ends before chromosome 6"),
        (as_23andme(rows_of(NOTHING, 38), 37).encode(), "positions are those of build 38, but the file names build 37"),
        (as_23andme(rows_of(NOTHING)).replace("build 37", "build 36").encode(), "names more than one genome build"),
        (b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", "without a genotype column"),
        (
            as_vcf(rows_of(NOTHING, 38))
            .replace("FORMAT\tS1", "FORMAT\tS1\tS2")
            .replace(":30\n", ":30\t0/0:9\n")
            .encode(),
            "2 people's genotypes",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, content, reason):
    with pytest.raises(UserError, match=reason):
        read(tmp_path, content)


def test_positions_of_two_builds_in_one_file_are_refused(tmp_path):
    rows = [row if row[0] != "rs7454108" else ("rs7454108", "6", 32713706, "TT") for row in rows_of(NOTHING, 37)]
    with pytest.raises(UserError, match="build 37 and 38"):
        read(tmp_path, WRITERS["ftdna"](rows))


def test_an_archive_of_two_people_an_encrypted_one_and_a_bomb_are_refused(tmp_path):
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", as_23andme(rows_of(NOTHING)))
        archive.writestr("b.txt", as_23andme(rows_of(NOTHING)))
    with pytest.raises(UserError, match="holds 2 genotype files"):
        read_genotype_file(path)
    with pytest.raises(UserError, match="unpacks to more than 1000 bytes"):
        read(tmp_path, gzip.compress(b"A" * 100_000), most_bytes=1000)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", as_23andme(rows_of(NOTHING)))
    locked = bytearray(path.read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(locked)
    with pytest.raises(UserError, match="encrypted"):
        read_genotype_file(path)


def test_a_missing_file_and_one_without_line_ends_are_refused(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="cannot be read"):
        read_genotype_file(tmp_path / "none.txt")
    monkeypatch.setattr("zonula.laboratory_tests.genotype.opening.LONGEST_LINE", 1000)
    with pytest.raises(UserError, match="has no line ends"):
        read(tmp_path, b"A" * 5000)


def test_rows_are_found_across_block_borders(tmp_path, monkeypatch):
    text = as_23andme(rows_of({**NOTHING, "rs2187668": "CT"}))
    whole = read(tmp_path, text)
    for block in (7, 64, 100, 333):
        monkeypatch.setattr("zonula.laboratory_tests.genotype.opening.BLOCK", block)
        assert read(tmp_path, text) == whole


def test_nothing_of_the_file_but_five_calls_is_kept(tmp_path):
    reading = read(tmp_path, as_23andme(rows_of(NOTHING)))
    assert [call.rsid for call in reading.calls] == list(RSIDS)
    assert "rs1000001" not in repr(reading)
    assert reading.notes == ()
