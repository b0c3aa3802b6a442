"""The document writer beside the example documents, and a short way to read what it writes."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from zonula.chart_import.ccda import read

DOCUMENTS = Path(__file__).parents[3] / "documents" / "ccda"


def _load_writer():
    spec = spec_from_file_location("ccda_writer", DOCUMENTS / "writer.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_WRITER = _load_writer()
CCD = (_WRITER.LOINC, "34133-9", "Summarization of Episode Note")


class Read:
    """What came out, with the parts tests ask about."""

    def __init__(self, document):
        self.document = document
        self.report = document.report
        self.facts = next(iter(document.facts.values()), ())

    @property
    def clinical(self):
        """Without the fact about the document itself."""
        return [fact for fact in self.facts if fact.detail("type") != "clinical-document"]

    @property
    def only(self):
        (fact,) = self.clinical
        return fact

    @property
    def reasons(self):
        return [skipped.reason for skipped in self.report.skipped]


@pytest.fixture(scope="session")
def write():
    """The writer module: one function per entry of C-CDA."""
    return _WRITER


@pytest.fixture(scope="session")
def example():
    """Reads one of the example documents by name."""
    return lambda name: Read(read((DOCUMENTS / name).read_bytes(), name))


@pytest.fixture(scope="session")
def read_section():
    """Reads a document that holds one section with these entries."""

    def _read(code, *entries, **words):
        section = _WRITER.section((_WRITER.LOINC, code, ""), "0", "Section", entries=entries, **words)
        text = _WRITER.document(CCD, "2", "Test", [section])
        return Read(read(text.encode(), "test.xml"))

    return _read


@pytest.fixture(scope="session")
def read_text():
    """Reads a whole document given as text or bytes."""
    return lambda text: Read(read(text if isinstance(text, bytes) else text.encode(), "test.xml"))


@pytest.fixture(scope="session")
def write_document():
    """Writes a document from sections."""
    return lambda *sections, **words: _WRITER.document(CCD, "2", "Test", sections, **words)
