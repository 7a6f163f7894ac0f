"""The pages in a real browser: for everybody, in light and dark, wide and narrow, with scripts and without."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Opener
from tests.servers import free_port
from tests.servers_up import Up, up
from tests.unit.web.conftest import TICKET
from tests.unit.web.dossiers import chain, seal
from tests.unit.web.fake_reports import NOON, finding, waived

from counterseal.clock import FixedClock
from counterseal.control.evidence import Dossier
from counterseal.inbox.letter import Arrival
from counterseal.inbox.sqlite import SqliteInbox
from counterseal.reports import Cell
from counterseal.web.evidence import evidence_document, evidence_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PATHS = ("/", "/changes", "/changes?verdict=mismatched", "/changes?secret=nothing", "/approvals", "/coverage", "/words")
SCHEMES = ("light", "dark")
LOOKS = (("light", 1280), ("dark", 390))


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and its own best practices."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']}: {it['nodes'][0]['html']}" for it in found]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def evidence_paths(page: Page) -> list[str]:
    return sorted(set(re.findall(r'href="(/changes/[^"]+)"', page.content())))


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", PATHS)
def test_everybody_can_use_every_page(opener: Opener, tmp_path: Path, scheme: str, width: int, path: str) -> None:
    page = opener(path, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.screenshot(path=tmp_path / "page.png", full_page=True)

    assert violations(page) == []
    assert not is_too_wide(page)


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize(
    "verdict",
    ["unapproved", "emergency-pending", "inherited", "attempt", "unrecorded-version", "proved", "approved-late"],
)
def test_everybody_can_read_the_evidence(opener: Opener, scheme: str, width: int, verdict: str) -> None:
    page = opener(f"/changes?verdict={verdict}", color_scheme=scheme, viewport={"width": width, "height": 900})
    page.locator(".rows a").first.click()

    page.locator("summary").click()

    expect(page.get_by_role("heading", name="Place in the ledger")).to_be_visible()
    expect(page.get_by_text("The leaf is the SHA-256")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 400, 1200])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("issue_key", ["OPS-105", "OPS-108", "OPS-114", "OPS-115"])
def test_everybody_can_read_a_ticket_also_where_there_is_little_room(
    opener: Opener, scheme: str, width: int, issue_key: str
) -> None:
    page = opener(f"/tickets/{issue_key}", color_scheme=scheme, viewport={"width": width, "height": 800})
    top = page.get_by_role("heading", level=1).bounding_box()

    assert violations(page) == []
    assert not is_too_wide(page)
    assert top
    assert top["y"] < 400  # at one glance: also below the mark of the demonstration


def test_a_keyboard_leads_from_the_evidence_to_the_ticket_and_back(opener: Opener) -> None:
    page = opener("/changes?verdict=proved", java_script_enabled=False)
    page.locator(".rows .what a").first.press("Enter")
    page.get_by_role("link", name="OPS-115").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "1 change was made under this ticket, and it is explained"
    )
    page.get_by_role("link", name="PutSecretValue").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("shop/prod/gift-vouchers")


def test_a_link_of_jira_puts_its_change_on_top(opener: Opener) -> None:
    page = opener("/changes?verdict=mismatched")
    event_id = evidence_paths(page)[0].removeprefix("/changes/")
    page.goto(f"/tickets/SEC-1?change={event_id}")

    expect(page.get_by_role("region", name="The change that the link is about")).to_be_visible()
    assert violations(page) == []


def test_a_page_of_jira_can_show_our_marks_and_nothing_else(browser: Browser, demonstration: Up) -> None:
    names = ("marks/seal.svg", "marks/explained.svg", "marks/unexplained.svg", "counterseal.css")
    shown = "".join(f'<img src="{demonstration.address}/static/{it}">' for it in names)
    # Without it Chromium lets no page of another site load anything from this machine: a person is asked.
    context = browser.new_context(permissions=["local-network-access"])
    page = context.new_page()
    page.route("https://jira.example/", lambda route: route.fulfill(content_type="text/html", body=shown))
    page.goto("https://jira.example/", wait_until="load")
    widths = page.evaluate("[...document.images].map((it) => it.naturalWidth)")
    context.close()

    assert widths == [16, 16, 16, 0]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_everybody_can_read_the_evidence_in_a_file(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    touched: dict[str, Cell] = {"resource": "acme-logs", "object": f"AWSLogs/{'1_2-3' * 30}.json.gz"}
    row = finding(time=NOON, signals="", basis="", ticket="OPS-105", recorded_at=NOON, actor_via="", **touched)
    said: dict[str, Cell] = {"verdict": "unapproved", "why": "x" * 200, "waived_until": NOON, "recorded_at": NOON}
    waivers: list[dict[str, Cell]] = [
        said | {"what": what, "said_by": "cleo@bakery.example"} for what in ("ended", "waived")
    ]
    told = evidence_of(row, [row], Dossier(TICKET, seal(NOON), chain()), waived(), waivers)
    file = tmp_path / "evidence.html"
    file.write_text(evidence_document(told, written_at=NOON), encoding="utf-8")
    # The file's own policy allows no script, and axe is one: the checker comes from outside of the page.
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)  # type: ignore[arg-type]
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    found, too_wide = violations(page), is_too_wide(page)
    context.close()

    assert found == []
    assert not too_wide
    assert asked == [file.as_uri()]


def test_all_evidence_fits_a_narrow_screen(opener: Opener) -> None:
    page = opener("/changes", viewport={"width": 390, "height": 900})
    widths = {path: page.goto(path) and is_too_wide(page) for path in evidence_paths(page)}

    assert len(widths) == 16
    assert set(widths.values()) == {False}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["/", "/sign-in?token=used"])
def test_everybody_can_use_the_door(browser: Browser, demonstration: Up, scheme: str, path: str) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 900})  # type: ignore[arg-type]
    page.goto(demonstration.address + path)
    found = violations(page)
    page.close()

    assert found == []


def test_without_scripts_a_reader_gets_from_the_first_page_to_the_evidence(opener: Opener) -> None:
    page = opener("/", java_script_enabled=False)
    page.get_by_role("link", name="shop/prod/mail-relay").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("shop/prod/mail-relay")
    expect(page.get_by_text("Approved by priya").first).to_be_visible()
    expect(page.locator(".beside").get_by_text(", after the change")).to_be_visible()


def test_without_scripts_the_filters_work(opener: Opener) -> None:
    page = opener("/changes", java_script_enabled=False)
    page.get_by_label("Verdict").select_option("Mismatched")
    page.get_by_label("Actor, or part of the name").fill("jonas")
    page.get_by_role("button", name="Filter").click()

    expect(page.locator(".rows li")).to_have_count(1)
    expect(page.get_by_label("Verdict")).to_have_value("mismatched")


def test_a_count_leads_to_what_it_counts(opener: Opener) -> None:
    page = opener("/")
    page.get_by_role("link", name=re.compile(r"2\s*Mismatched")).click()

    expect(page.locator(".rows li")).to_have_count(2)


def test_a_keyboard_reaches_the_content_first(opener: Opener) -> None:
    page = opener("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_targets_are_large_enough_to_hit(opener: Opener) -> None:
    page = opener("/changes", viewport={"width": 390, "height": 900})
    boxes = [it.bounding_box() for it in page.locator("nav a, button, input, select, .button").all()]

    # WCAG 2.2, 2.5.8: 24 by 24 CSS pixels.
    assert all(box and box["width"] >= 24 and box["height"] >= 24 for box in boxes)


def test_a_command_can_be_copied(opener: Opener) -> None:
    page = opener("/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="shop/prod/loyalty-cards").click()
    page.get_by_role("button", name="Copy the command").click()

    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "counterseal up --logs FOLDER --tickets FILE"


@pytest.mark.parametrize(
    ("path", "said"),
    [("/coverage", "What was looked at"), ("/tickets/OPS-108?change=unknown", "1 change needs an explanation")],
)
def test_a_link_on_another_site_leads_in_all_the_same(opener: Opener, demonstration: Up, path: str, said: str) -> None:
    page = opener("/")
    page.route("https://tickets.example/", lambda route: route.fulfill(
        content_type="text/html", body=f'<a href="{demonstration.address}{path}">evidence</a>'
    ))  # fmt: skip
    page.goto("https://tickets.example/")
    page.get_by_role("link", name="evidence").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(said)


def test_who_signs_out_is_out(browser: Browser, tmp_path: Path) -> None:
    with up(tmp_path, "--port", str(free_port())) as running:
        page = browser.new_page()
        page.goto(running.link)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
        page.goto(running.address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        page.close()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_everybody_can_see_how_the_intake_stands(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    origin = "https://sqs.eu-west-1.amazonaws.com/111122223333/" + 80 * "q"
    with up(tmp_path, "--port", str(free_port())) as running:
        state = next(tmp_path.rglob("ledger.sqlite")).parent
    with closing(SqliteInbox.at(state / "inbox.sqlite", FixedClock(NOON))) as inbox:
        inbox.store([Arrival("sqs", origin, "m-1", b"poison")], quarantine="it is not JSON")
    with up(tmp_path, "--port", str(free_port())) as running:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
        page.goto(running.link)

        expect(page.get_by_role("heading", name="Messages from AWS")).to_be_visible()
        expect(page.get_by_text("1 message needs a look")).to_be_visible()
        assert violations(page) == []
        assert not is_too_wide(page)
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        page.close()
