"""Progress is shown only to a person, and only when it takes long."""

import io
import time

from zonula.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def watch(monkeypatch, stream, patience, wait):
    monkeypatch.setattr("sys.stderr", stream)
    with Progress(patience) as progress:
        progress("a\x1b[31m.json", 0, 3)
        time.sleep(wait)
        progress("b.json", 1, 3)
    return stream.getvalue()


def test_a_quick_reading_says_nothing(monkeypatch):
    assert watch(monkeypatch, Terminal(), 30, 0) == ""


def test_a_long_reading_says_where_it_is_and_cleans_up(monkeypatch):
    said = watch(monkeypatch, Terminal(), 0.01, 0.2)
    assert "reading 1 of 3: a?[31m.json" in said
    assert "reading 2 of 3: b.json" in said
    assert said.endswith("\r\x1b[K")


def test_a_log_file_gets_no_progress(monkeypatch):
    assert watch(monkeypatch, io.StringIO(), 0.0, 0.1) == ""
