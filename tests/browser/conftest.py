"""A real browser, and the demonstration running for it.

Both live as long as one file: Playwright keeps an event loop running, in which no other test could run its own.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright
from tests.servers import free_port
from tests.servers_up import Up, up

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

Opener = Callable[..., Page]
"""Opens a page of the demonstration, as somebody who is signed in."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("demonstration"), "--demo", "--port", str(free_port())) as running:
        yield running


@pytest.fixture(scope="module")
def session(browser: Browser, demonstration: Up) -> StorageState:
    """Return the cookies of somebody who followed the link in this browser."""
    context = browser.new_context()
    context.new_page().goto(demonstration.link)
    cookies = context.storage_state()
    context.close()
    return cookies


@pytest.fixture
def opener(browser: Browser, demonstration: Up, session: StorageState) -> Iterator[Opener]:
    """Return what opens pages, and check at the end that the browser had nothing to complain of."""
    contexts, complaints = [], []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(storage_state=session, base_url=demonstration.address, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A page that answers 401 or 404 is noted by the browser; what it refuses to do is what is looked for here.
    assert [it for it in complaints if not it.startswith("Failed to load resource")] == []
