"""Archives: every bound is checked before and while unpacking, and nothing else is lost."""

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from zonula.chart_import import read_documents
from zonula.chart_import.containers import Limits, Unpacker
from zonula.errors import UserError

SMALL = Limits(files=5, file_bytes=1000, total_bytes=2000, nesting=2)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return written.getvalue()


def opened(data, name="records", limits=SMALL):
    return list(Unpacker(limits).open(name, data))


def test_plain_gzip_and_zip_open_to_the_same_bytes():
    assert [each.data for each in opened(b"hello")] == [b"hello"]
    assert [(each.name, each.data) for each in opened(gzip.compress(b"hello"), "a.json.gz")] == [("a.json", b"hello")]
    assert [(each.name, each.data) for each in opened(zipped({"d/a.json": b"hello"}))] == [
        ("records/d/a.json", b"hello")
    ]


def test_a_gzip_of_several_members_is_one_document():
    assert opened(gzip.compress(b"hel") + gzip.compress(b"lo"))[0].data == b"hello"


def test_an_archive_may_hold_archives_but_those_hold_none():
    inner = zipped({"a.json.gz": gzip.compress(b"hello")})
    assert "inside an archive inside an archive" in opened(zipped({"inner.zip": inner}))[0].refusal
    assert opened(zipped({"a.json.gz": gzip.compress(b"hello")}))[0].data == b"hello"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"\0" * 5000), "unpacks to more than 1000 bytes"),
        (gzip.compress(b"hello")[:-9], "cut short"),
        (gzip.compress(b"hello" * 100)[:20] + b"rubbish rubbish", "damaged gzip"),
        (zipped({"a": b"\0" * 5000}), "claims to unpack to 5000 bytes"),
        (zipped({str(number): b"" for number in range(9)}), "holds 9 files"),
        (zipped({"a": b"hello"})[:-10], "damaged zip"),
        (zipped({"[Content_Types].xml": b"<x/>"}), "office document"),
        (b"7z\xbc\xaf\x27\x1c", "7z archive"),
        (b"Rar!\x1a\x07\x00", "rar archive"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_a_reason(data, reason):
    assert reason in opened(data)[0].refusal


def test_one_member_too_large_loses_only_itself():
    first, second = opened(zipped({"a": b"x" * 1500, "b": b"fine"}))
    assert "claims to unpack" in first.refusal
    assert second.data == b"fine"


def test_a_header_that_lies_about_the_size_is_caught_while_unpacking():
    data = bytearray(zipped({"a": b"\0" * 5000}))
    directory = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 10)
    struct.pack_into("<I", data, 22, 10)
    assert "damaged inside its zip file" in opened(bytes(data))[0].refusal


def test_a_zip_claiming_two_gigabytes_is_refused_unopened():
    data = bytearray(zipped({"a.json": b"{}"}))
    directory = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 2_147_483_000)
    with pytest.raises(UserError, match="claims to unpack to 2048 MB"):
        read_documents([("bomb.zip", bytes(data))])


def test_a_gzip_bomb_does_not_fill_the_memory():
    limits = Limits(file_bytes=8 << 20)
    packing = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packing.compress(b"\0" * (1 << 20)) for _ in range(256)) + packing.flush()
    tracemalloc.start()
    refused = opened(bomb, limits=limits)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "unpacks to more than 8 MB" in refused[0].refusal
    assert peak < 24 << 20


def test_the_total_over_all_documents_is_bounded():
    unpacker = Unpacker(SMALL)
    refusals = [next(iter(unpacker.open(str(number), gzip.compress(bytes(900))))).refusal for number in range(4)]
    assert refusals[:2] == ["", ""]
    assert "unpacks to more than" in refusals[2]


def test_a_password_is_asked_for_by_name():
    data = bytearray(zipped({"a": b"hello"}, zipfile.ZIP_STORED))
    for start in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[start] |= 1
    assert "password" in opened(bytes(data))[0].refusal
