"""A server's application with rows to show, and a visitor who is signed in."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient
from tests.unit.web.fake_reports import NOON, FakeReports

from counterseal.assembly.embedded import Place
from counterseal.clock import FixedClock
from counterseal.control.evidence import Asked, Dossier
from counterseal.control.ticket_record import TicketRecord
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, StatusMove, Ticket, Window
from counterseal.web.application import Sources, application
from counterseal.web.doorway import Doorway
from counterseal.web.rendering import Rendering
from counterseal.web.sign_in import SignIn

PORT = 8642
ADDRESS = f"http://127.0.0.1:{PORT}"

TICKET = Ticket(
    issue_id="10105",
    issue_key="OPS-105",
    secrets=("shop/prod/database",),
    operations=frozenset({"value", "tag"}),
    status="Approved",
    requester="ines",
    assignee="jonas",
    approvals=(Approval(by="priya", at=NOON + timedelta(hours=1), decision=Decision.APPROVED),),
    window=Window(start=NOON - timedelta(hours=2), end=NOON + timedelta(hours=2)),
    edits=(FieldEdit(at=NOON - timedelta(hours=3), field="summary"),),
    status_history=(StatusMove(at=NOON - timedelta(hours=4), to="Open"),),
    emergency_declared_at=NOON - timedelta(minutes=5),
)


class Terminal:
    """What the person at the terminal was told."""

    def __init__(self) -> None:
        self.links: list[str] = []

    def tell(self, link: str) -> None:
        self.links.append(link)


def visitor(
    reports: FakeReports,
    terminal: Terminal,
    *,
    is_demonstration: bool = False,
    is_told: bool = True,
    metrics: Callable[[], str] | None = None,
) -> TestClient:
    """Return somebody with a browser on this machine, who is not signed in yet."""
    doorway = Doorway(
        port=PORT,
        sign_in=SignIn(FixedClock(NOON)),
        rendering=Rendering(
            is_demonstration=is_demonstration, places=[Place("Safes", "file:///safes", "2 sealed objects")]
        ),
        announce=terminal.tell,
    )
    for _ in range(is_told):
        doorway.announce_link()
    tickets = {TICKET.issue_key: TICKET}

    def record(issue_key: str, as_of: datetime) -> TicketRecord:
        reports.read_tickets.append((issue_key, as_of))
        return reports.records.get(issue_key, TicketRecord((issue_key,)))

    def dossier(asked: Asked) -> Dossier:
        return reports.dossier._replace(ticket=tickets.get(asked.ticket))

    sources = Sources(
        reports, dossier, record, FixedClock(NOON), is_demonstration, reports.intake_state, metrics, reports.jira_url
    )
    app = application(sources, doorway)
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)


@pytest.fixture
def reports() -> FakeReports:
    return FakeReports()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def stranger(reports: FakeReports, terminal: Terminal) -> Iterator[TestClient]:
    with visitor(reports, terminal) as client:
        yield client


@pytest.fixture
def person(stranger: TestClient, terminal: Terminal) -> TestClient:
    """Return a visitor who has followed the link."""
    stranger.get(terminal.links[-1])
    return stranger


@pytest.fixture
def spectator(reports: FakeReports, terminal: Terminal) -> Iterator[TestClient]:
    """Return somebody who is signed in to a demonstration."""
    with visitor(reports, terminal, is_demonstration=True) as client:
        client.get(terminal.links[-1])
        yield client
