"""What a journey in a real browser stands on: the demonstration clinic, a page on a phone and on a desk, and watchers.

    def test_the_missed_test_is_found(story, page, sign_in, examine):
        with story.given("a clinician with a chart of fourteen years"):
            sign_in("clinician")
        with story.when("she opens the chart"):
            page.get_by_role("link", name="Mara Lindqvist").click()
        with story.then("the missing celiac test is said, and the page is accessible"):
            expect(page.get_by_text("celiac")).to_be_visible()
            examine("chart")

Every test that takes `page` runs at both widths, and fails by itself when the browser logs an error or a warning, the content
security policy is broken, or anything outside the site is asked for. The story is printed with `pytest -s`. ZONULA_SCREENSHOTS=1
writes the examined pages to docs/screenshots/. Without a browser the tests are skipped, and the run ends with their number.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / ".cache" / "browser" / "browser.json"
FAILURES = ROOT / ".cache" / "browser" / "failures"
SCREENSHOTS = ROOT / "docs" / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TALLEST = 1800  # pixels of a page that its picture shows
PATIENCE = 120.0  # seconds until a clinic must answer: the first start compiles and imports charts
# Told to the console, where the watcher reads it: what the policy stopped, and where.
TELL_VIOLATIONS = """document.addEventListener('securitypolicyviolation', e => console.error(
    `content security policy: ${e.effectiveDirective} stopped ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber} ${e.sample}`))"""


class Screen(NamedTuple):
    """A width a journey must work at."""

    name: str
    width: int
    height: int
    phone: bool


SCREENS = (Screen("phone", 390, 844, phone=True), Screen("desktop", 1440, 900, phone=False))


class Clinic(NamedTuple):
    """A running demonstration: where it answers, and who signs in with what. people: role to e-mail."""

    url: str
    people: dict[str, str]
    password: str
    log: Path


@contextmanager
def running_clinic(*, patients: int = 3, **settings: str) -> Iterator[Clinic]:
    """The real server, as `zonula demo` starts it, on a free port with data of its own; gone after the block.

    settings: ZONULA_ variables by their last part in lower case. Raises RuntimeError with the end of the log when it does not answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="zonula-journeys-"))
    log = folder / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZONULA_")}
    environment |= {f"ZONULA_{name.upper()}": value for name, value in settings.items()}
    options = ["--port", str(port), "--data", str(folder / "data"), "--patients", str(patients)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "zonula", "demo", *options],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}/"
        _until_it_answers(process, url, log)
        said = log.read_text(encoding="utf-8", errors="replace")
        password = re.search(r"^ *password +(\S+)$", said, re.M)
        people = dict(re.findall(r"^ *(\w+) +(\S+@\S+)$", said, re.M))
        if password is None or not people:
            raise RuntimeError(f"zonula demo does not say how to sign in:\n{said}")
        yield Clinic(url, people, password[1], log)
    finally:
        _ended(process)
        shutil.rmtree(folder, ignore_errors=True)


def _until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"{url}health/", timeout=5):
                return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"zonula demo does not answer:\n{log.read_text()[-2000:]}") from error
            time.sleep(0.1)


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def clinic() -> Iterator[Clinic]:
    """One demonstration clinic for all journeys of this process."""
    with running_clinic() as running:
        yield running


@pytest.fixture
def site(request: pytest.FixtureRequest) -> str:
    """Address of the site under test, the only one the browser may talk to."""
    url: str = request.getfixturevalue("clinic").url
    return url


# One browser for each file, not for the session: while Playwright is open its event loop counts as running in this thread,
# and Django refuses to touch a database beside a running loop; tests of other files need theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium that tools/browser.py found or made."""
    if not FOUND.exists():
        subprocess.run([sys.executable, str(ROOT / "tools" / "browser.py")], check=False)
    found = json.loads(FOUND.read_text(encoding="utf-8"))
    if "missing" in found:
        pytest.skip(f"NO BROWSER: {found['missing']}")
    with pytest.MonkeyPatch.context() as patch:
        if found["node"]:
            patch.setenv("PLAYWRIGHT_NODEJS_PATH", found["node"])
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=found["executable"],
                env={**os.environ, **found["environment"]},
                # Nothing but this machine has a name, whatever a page asks for.
                args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
            )
            yield chromium
            chromium.close()


@pytest.fixture(params=SCREENS, ids=lambda screen: screen.name)
def screen(request: pytest.FixtureRequest) -> Screen:
    """Phone, then desktop. A test for one of them: @pytest.mark.parametrize("screen", [SCREENS[0]], indirect=True)."""
    chosen: Screen = request.param
    return chosen


class Watch:
    """Collects what must not happen in a browser; `allow` names what a test provokes on purpose."""

    def __init__(self, site: str) -> None:
        self.problems: list[str] = []
        self._site = urlsplit(site).netloc
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Problems that match this regular expression are expected: a refused form logs `status of 422`."""
        self._allowed.append(re.compile(pattern))

    def follow(self, context: BrowserContext) -> None:
        """Watch every page of this context."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"exception: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self._site:
            self.problems.append(f"asked for {request.url}, which is not the site")

    def unexpected(self) -> list[str]:
        """What happened and was not allowed, each thing once."""
        return [
            problem
            for problem in dict.fromkeys(self.problems)
            if not any(pattern.search(problem) for pattern in self._allowed)
        ]


@pytest.fixture
def watch(site: str) -> Iterator[Watch]:
    """Fails the test at its end when something unexpected happened in the browser."""
    watch = Watch(site)
    yield watch
    assert not watch.unexpected(), "in the browser:\n" + "\n".join(watch.unexpected())


@pytest.fixture
def context(browser: Browser, screen: Screen, site: str, watch: Watch) -> Iterator[BrowserContext]:
    """A fresh profile of this size. Motion is reduced, so that what is examined stands still."""
    context = browser.new_context(
        base_url=site,
        viewport={"width": screen.width, "height": screen.height},
        is_mobile=screen.phone,
        has_touch=screen.phone,
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    watch.follow(context)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page; when the test fails its picture is left in .cache/browser/failures."""
    page = context.new_page()
    yield page
    if request.node.stash.get(FAILED, False) and not page.is_closed():
        FAILURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FAILURES / f"{re.sub('[^a-z0-9]+', '-', request.node.name.lower())}.png", full_page=True)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let the page know that its test failed, and show what the clinic said."""
    report: Any = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    clinic = getattr(item, "funcargs", {}).get("clinic")
    if report.failed and clinic is not None and clinic.log.exists():
        report.sections.append(("end of the clinic's log", clinic.log.read_text(errors="replace")[-4000:]))
    return report


@pytest.fixture(scope="session")
def cookies_of() -> dict[str, list[Any]]:
    """Role to the cookies of its session, so that each person goes through the sign-in form once."""
    return {}


@pytest.fixture
def sign_in(page: Page, clinic: Clinic, cookies_of: dict[str, list[Any]]) -> Callable[[str], None]:
    """sign_in("dietitian"): the first page of that person of the demonstration. A session that a test has ended is begun anew."""

    def as_role(role: str) -> None:
        page.context.clear_cookies()
        page.context.add_cookies(cookies_of.get(role, []))
        page.goto("/")
        if "/account/login/" in page.url:
            page.locator("input[name=login]").fill(clinic.people[role])
            page.locator("input[name=password]").fill(clinic.password)
            page.locator("input[name=password]").press("Enter")
            expect(page).not_to_have_url(re.compile("/account/login/"))
            cookies_of[role] = page.context.cookies()

    return as_role


def axe(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong, a line each. It runs in a world of its own, so the site's policy stays as strict as it is.

    Raises RuntimeError when axe checked nothing.
    """
    session = page.context.new_cdp_session(page)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]

        def evaluate(expression: str) -> Any:
            arguments = {"contextId": world, "awaitPromise": True, "returnByValue": True, "expression": expression}
            answer = session.send("Runtime.evaluate", arguments)
            if "exceptionDetails" in answer:
                raise RuntimeError(f"axe: {answer['exceptionDetails']}")
            return answer["result"].get("value")

        evaluate(AXE_FILE_PATH.read_text(encoding="utf-8") + "; undefined")
        options = json.dumps({"runOnly": rules or RULES, "resultTypes": ["violations"]})
        results = evaluate(f"axe.run(document, {options})")
    finally:
        session.detach()
    if not results["passes"]:
        raise RuntimeError(f"axe checked nothing on {page.url}")
    return [
        f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways; nothing may, at any width."""
    found: list[str] = page.evaluate(
        """() => document.scrollingElement.scrollWidth <= document.documentElement.clientWidth ? [] :
            [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => `${e.tagName.toLowerCase()}.${e.className} reaches ${Math.round(e.getBoundingClientRect().right)} px`).slice(0, 5)"""
    )
    return found


@pytest.fixture
def examine(page: Page, screen: Screen) -> Callable[[str], None]:
    """examine("chart"): accessible in light and dark, no sideways scrolling; with ZONULA_SCREENSHOTS=1 its picture for the docs."""

    def examined(name: str) -> None:
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            wrong = axe(page) + sideways(page)
            assert not wrong, f"{name}, {screen.name}, {scheme}:\n" + "\n".join(wrong)
        if os.environ.get("ZONULA_SCREENSHOTS") == "1":
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.evaluate("scrollTo(0, 0)")  # what sticks to the top stands there in the picture
            height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            page.screenshot(
                path=SCREENSHOTS / f"{name}-{screen.width}.jpg", type="jpeg", quality=45, full_page=True,
                clip={"x": 0, "y": 0, "width": screen.width, "height": height},
            )  # fmt: skip

    return examined


class Story:
    """Tells a test as it happens: given, when, then. The step that fails is named in the failure."""

    def __init__(self, title: str) -> None:
        print(f"\n{title}")

    def given(self, text: str) -> Any:
        """What was before."""
        return self._step("Given", text)

    def when(self, text: str) -> Any:
        """What somebody does."""
        return self._step("When", text)

    def then(self, text: str) -> Any:
        """What must hold after it."""
        return self._step("Then", text)

    @contextmanager
    def _step(self, word: str, text: str) -> Iterator[None]:
        print(f"  {word:>5} {text}")
        try:
            yield
        except BaseException as failure:
            failure.add_note(f"in the step: {word} {text}")
            raise


@pytest.fixture
def story(request: pytest.FixtureRequest) -> Story:
    """with story.given("..."): ... with story.when("..."): ... with story.then("..."): ..."""
    return Story(request.node.name.removeprefix("test_").replace("_", " "))
