"""The demonstration's Jira in a real browser: for everybody, in light and dark, wide and narrow."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Opener
from tests.browser.test_pages import LOOKS, is_too_wide, violations
from tests.servers import eventually
from tests.servers_up import Up

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

Visits = Callable[..., Page]
PATHS = ("/", "/?as=maya", "/browse/OPS-107", "/browse/OPS-112?as=priya", "/browse/OPS-115?as=ines", "/nowhere")


@pytest.fixture
def visit(browser: Browser, demonstration: Up) -> Iterator[Visits]:
    """Return what opens pages of the demonstration's Jira; the checker comes from outside of their policy."""
    found = re.search(r"(http://127\.0\.0\.1:\d+)/browse/", demonstration.printed)
    assert found
    contexts = []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(base_url=found[1], bypass_csp=True, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", PATHS)
def test_everybody_can_use_every_page(visit: Visits, scheme: str, width: int, path: str) -> None:
    page = visit(path, color_scheme=scheme, viewport={"width": width, "height": 900})
    for folded in page.locator("summary").all():
        folded.click()

    expect(page.get_by_text("An invented Jira")).to_be_visible()
    assert violations(page) == []
    assert not is_too_wide(page)


def test_an_approval_is_three_clicks_and_its_link_leads_to_the_new_verdict(visit: Visits, opener: Opener) -> None:
    page = visit("/", java_script_enabled=False)
    page.get_by_role("link", name="Emergency: the token").click()
    page.get_by_role("link", name="Be Priya").click()
    expect(page.get_by_label("You are")).to_have_value("priya")
    page.get_by_role("button", name="Approve", exact=True).click()

    expect(page.get_by_text("Priya: approved")).to_be_visible()
    answered = page.get_by_role("link", name=re.compile("delivery-tracking: emergency$"))

    def is_there() -> bool:
        page.get_by_role("link", name="Look again").click()
        return answered.count() > 0

    assert eventually(is_there)
    ours = opener(answered.get_attribute("href") or "")
    said = "1 change was made under this ticket, and it is explained"
    expect(ours.get_by_role("heading", level=1)).to_have_text(said)
