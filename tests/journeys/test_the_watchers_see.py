"""The watchers of the journeys bite: each finds the fault planted for it, on a page under the site's own strict policy."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
GOOD = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Chart</title>"
    "<main><h1>Chart</h1><p>Fourteen years.</p>{}</main></html>"
)


class Handler(BaseHTTPRequestHandler):
    """/page?<html> is a good page with that html in it; anything else does not exist."""

    def do_GET(self) -> None:
        from urllib.parse import unquote, urlsplit

        parts = urlsplit(self.path)
        body = GOOD.format(unquote(parts.query)).encode() if parts.path == "/page" else b"none"
        self.send_response(200 if parts.path in ("/page", "/favicon.ico") else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listener.server_port}/"
        listener.shutdown()
        thread.join()


@pytest.fixture
def site(server):
    return server


def planted(page, html):
    page.goto("/page?" + html.replace("#", "%23"))


def test_a_good_page_passes(page, watch, examine):
    planted(page, "")
    examine("good")
    assert watch.problems == []


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<script>document.title = 'x'</script>", "content security policy: script-src-elem stopped inline"),
        ("<p style='color:red'>x</p>", "content security policy: style-src-attr stopped inline"),
        ("<script src='https://cdn.example/a.js'></script>", "content security policy: script-src-elem stopped https"),
        ("<img src=/missing.png alt=none>", "status of 404"),
        ("<iframe src='http://127.0.0.1:9/' title=other></iframe>", "content security policy: frame-src"),
    ],
)
def test_a_fault_in_the_browser_is_seen(page, watch, html, said):
    planted(page, html)
    page.wait_for_timeout(100)
    assert any(said in problem for problem in watch.unexpected()), watch.problems
    watch.allow(".")


def test_another_host_is_seen_even_where_the_policy_would_let_it(page, watch):
    page.goto("/page")
    with pytest.raises(Exception, match="ERR_"):
        page.goto("http://elsewhere.example/")
    assert watch.unexpected() == ["asked for http://elsewhere.example/, which is not the site"]
    watch.allow("elsewhere")


def test_an_exception_in_a_script_is_seen(page, watch):
    planted(page, "")
    page.evaluate("setTimeout(() => { throw new Error('of ours') })")
    page.wait_for_timeout(100)
    assert any("of ours" in problem for problem in watch.unexpected())
    watch.allow("of ours")


def test_only_what_is_allowed_is_allowed(page, watch):
    planted(page, "<img src=/missing.png alt=none><p style='color:red'>x</p>")
    page.wait_for_timeout(100)
    watch.allow("status of 404")
    assert watch.unexpected()
    assert not any("404" in problem for problem in watch.unexpected())
    watch.allow("content security policy|Content Security Policy")


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt"),
        ("<input>", "label"),
        ("<font color=#dddddd>pale</font>", "color-contrast"),
        ("<table width=2000><tr><td>wide</td></tr></table>", "px"),
    ],
)
def test_a_page_that_some_cannot_use_is_not_accepted(page, examine, html, rule):
    planted(page, html)
    with pytest.raises(AssertionError, match=rule):
        examine("bad")


def test_the_step_that_fails_is_named(story):
    with pytest.raises(ZeroDivisionError) as failure, story.when("she divides by nothing"):
        _ = 1 / 0
    assert failure.value.__notes__ == ["in the step: When she divides by nothing"]
