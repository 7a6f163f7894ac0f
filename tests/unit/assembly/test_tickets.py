"""Where tickets are read: what is given comes before what is set."""

from pathlib import Path

import pytest

from counterseal.assembly.jira_settings import JiraSettings
from counterseal.assembly.settings import Settings
from counterseal.assembly.tickets import open_tickets
from counterseal.control.tickets import FileTickets
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import SettingsError
from counterseal.jira.tickets import JiraTickets

EXAMPLE = Path(__file__).parents[3] / "examples/tickets.json"


@pytest.mark.parametrize(("given", "set_to"), [(EXAMPLE, None), (None, EXAMPLE), (EXAMPLE, Path("absent.json"))])
def test_the_file_that_is_given_comes_before_the_one_that_is_set(given: Path | None, set_to: Path | None) -> None:
    settings = Settings(state_directory=Path("state"), tickets_file=set_to)

    tickets = open_tickets(settings, Policy(), file=given)

    assert tickets.ticket("OPS-41").tickets


def test_jira_is_asked_where_no_file_is_given() -> None:
    settings = Settings(state_directory=Path("state"), jira=JiraSettings(url="https://jira.example"))

    assert isinstance(open_tickets(settings, Policy()), JiraTickets)
    assert isinstance(open_tickets(settings, Policy(), file=EXAMPLE), FileTickets)
    assert isinstance(open_tickets(settings._replace(tickets_file=EXAMPLE), Policy()), FileTickets)


def test_without_any_file_the_settings_are_incomplete() -> None:
    with pytest.raises(SettingsError, match="where tickets are read"):
        open_tickets(Settings(state_directory=Path("state")), Policy())
