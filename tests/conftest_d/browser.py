"""
A real Chromium in front of the real application.

Every page is watched: an error in its console, or a request to any other host, fails
the test that caused it.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from maps.pages.assets import default_vendor_dir, missing_vendor_files
from maps.pages.screenshot import find_browser
from tests.conftest_d.api import ADMIN, PASSWORD, ApiServer, visiting

DESKTOP = (1440, 900)
PHONE = (390, 844)
_COOKIE = "dispatch119_session"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Should a page name another host after all, its request goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# Session cookies by server and username: a login costs a fifth of a second, by design.
_sessions: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the installed Chromium once per test process."""
    path = find_browser()
    if path is None:
        pytest.skip("CHROMIUM ABSENT: the browser tests need an installed Chromium")
    missing = missing_vendor_files(default_vendor_dir())
    assert not missing, f"map assets are not installed, run npm ci: {missing}"
    # How soon something appears is asserted where it is promised; elsewhere a machine may be busy.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Windows:
    """Opens pages as somebody, and remembers everything that they asked for."""

    browser: Browser
    api: ApiServer
    stack: ExitStack
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(
        self,
        path: str = "/",
        *,
        role: str = "dispatcher",
        counties: tuple[str, ...] = ("B3",),
        size: tuple[int, int] = DESKTOP,
    ) -> Page:
        """Open a page as a person of that role and those counties, and wait for its data."""
        context = self.context(size)
        context.add_cookies(
            [
                {
                    "name": _COOKIE,
                    "value": self._session(role, counties),
                    "url": self.api.base_url,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        return self.visit(context.new_page(), path)

    def context(self, size: tuple[int, int] = DESKTOP) -> BrowserContext:
        """Return a fresh browser profile; every address it asks for is noted."""
        width, height = size
        # Without a graphics card every moving ring is drawn by the processor, which others need.
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        self.stack.callback(context.close)
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context

    def visit(self, page: Page, path: str) -> Page:
        """Go to a path and wait until its scripts say that they are ready."""
        page.goto(self.api.base_url + path)
        page.wait_for_selector("html[data-ready]", timeout=30_000)
        return page

    def account(self, role: str, counties: tuple[str, ...]) -> str:
        """Return the username of an account of that role, made when it is new."""
        from dispatch import services as use_cases

        name = "-".join(("window", role, *counties[:3], str(len(counties)))).lower()
        engine = self.api.services.accounts
        if name not in {known.username for known in use_cases.list_accounts(engine, ADMIN)}:
            use_cases.create_account(
                engine, ADMIN, username=name, password=PASSWORD, role=role, counties=counties
            )
        return name

    def forgive(self, part: str) -> None:
        """Take back complaints that a test provokes: a browser logs every refused request."""
        self.complaints = [text for text in self.complaints if part not in text]

    def foreign_requests(self) -> list[str]:
        """List the addresses asked for that are not our server's."""
        own = urlsplit(self.api.base_url).netloc
        return [url for url in self.asked if urlsplit(url).netloc not in ("", own)]

    def _session(self, role: str, counties: tuple[str, ...]) -> str:
        name = self.account(role, counties)
        key = (self.api.base_url, name)
        if key not in _sessions:
            credentials = {"username": name, "password": PASSWORD}
            with visiting(self.api.base_url) as client:
                answer = client.post("/v1/sessions", json=credentials)
            assert answer.status_code == 201, answer.text
            _sessions[key] = answer.cookies[_COOKIE]
        return _sessions[key]


@pytest.fixture
def windows(chromium: Browser, api: ApiServer) -> Iterator[Windows]:
    """Open windows on the application; none may leave the host or complain."""
    with ExitStack() as stack:
        opened = Windows(chromium, api, stack)
        yield opened
        assert opened.foreign_requests() == []
        assert opened.complaints == []
