"""A real Chromium before a real portal. Every page is watched: a console error fails the test."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.browser.portal import PASSWORD, Portal
from tests.demo import ROOT, shared_folder

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
WAIT_MS, EXPECT_MS = 30_000, 15_000
"""Two processes with a browser each share the machine: a wait ends as soon as what it waits for is there."""
expect.set_options(timeout=EXPECT_MS)
IMAGES = ROOT / "docs" / "panduan" / "img"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = chromium()
    if found:
        return found
    message = (
        "Chromium is not installed: the browser tests are left out (apt install chromium, or set CHROMIUM)."
    )
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def portal(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    running = Portal(tmp_path_factory.mktemp("portal"))
    running.prepare(shared_folder(tmp_path_factory))
    running.start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def demo_as_built(portal: Portal) -> None:
    """No test meets what another one wrote, in whatever order they come."""
    portal.renew()


# Of this folder: while Playwright runs, Django refuses database calls in this thread, and other folders need them.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield opened
    opened.close()


class Watch:
    """What the pages of one test complained about, and what the test expects them to complain about."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def expect(self, *patterns: str) -> None:
        """Refused or undelivered requests stand in the console too: name those that the test causes."""
        self.expected += patterns

    def page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def unexpected(self) -> list[str]:
        return [c for c in self.complaints if not any(re.search(pattern, c) for pattern in self.expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert watching.unexpected() == []


OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def open_context(browser: Browser, portal: Portal, watch: Watch) -> Iterator[OpenContext]:
    """``open_context(viewport=..., java_script_enabled=...)`` -> a browser of its own, nobody signed in."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings = {"base_url": portal.url, "viewport": DESKTOP, "locale": "id-ID"} | options
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        context.on("page", watch.page)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def sign_in(page: Page, username: str, password: str = PASSWORD) -> Page:
    page.goto("/akun/masuk/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/akun/masuk/" not in url)
    return page


PageAs = Callable[..., Page]


@pytest.fixture
def page_as(open_context: OpenContext, portal: Portal) -> PageAs:
    """``page_as("koordinator.tabalong")``: a signed-in page at 1366 x 768, in a browser of its own.

    The session was begun when the demo was built. What signing in does is tested with ``sign_in``.
    """

    def enter(username: str, **options: object) -> Page:
        context = open_context(**options)
        page, session = context.new_page(), portal.session(username)
        if session is None:
            return sign_in(page, username)
        context.add_cookies([session])  # type: ignore[list-item]
        page.goto("/")
        return page

    return enter


@pytest.fixture
def phone_as(page_as: PageAs) -> PageAs:
    """The same at 360 x 740, with touch."""

    def enter(username: str, **options: object) -> Page:
        phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
        return page_as(username, **(phone | options))

    return enter


@pytest.fixture
def shot() -> Callable[..., None]:
    """``shot(page, "pengisian")`` writes a picture for the user guide, when KLA_SCREENSHOTS=1 asks for it.

    A locator instead of the page gives a picture of that part alone.
    """

    def take(page: Page | Locator, name: str) -> None:
        if os.environ.get("KLA_SCREENSHOTS") != "1":
            return
        IMAGES.mkdir(parents=True, exist_ok=True)
        # Hiding the caret writes style attributes into the page, which its content policy then reports.
        taken = page.screenshot(animations="disabled", caret="initial")
        picture = Image.open(io.BytesIO(taken))
        # A palette keeps the guide's pictures small enough for the repository.
        picture.convert("RGB").quantize(128).save(IMAGES / f"{name}.png", optimize=True)

    return take
