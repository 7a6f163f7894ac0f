"""Tickets read from both flavours of Jira, through the client, and what an audit makes of them."""

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.journeys.story import record, write_logs
from tests.unit.correlation.invented import change, finding

from counterseal.assembly.jira_settings import JiraSettings
from counterseal.assembly.settings import Settings
from counterseal.assembly.tickets import jira_tickets
from counterseal.cli import audit as cli_audit
from counterseal.cli import ticket as cli_ticket
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.clock import format_time
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.records.event import Actor
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import NotFound, NotSignedIn, Unreachable
from counterseal.jira.tickets import JiraTickets
from counterseal.jira_double import faults, world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour, HandClock, Person

pytestmark = pytest.mark.enable_socket

SECRET = "db/password"
FIELDS = {world.SECRET: SECRET, world.OPERATION: "value", "assignee": world.DAVE}
MAPPED = {"secrets": "Secret", "operations": world.OPERATION, "executors": "executors"}
POLICY = Policy(jira_fields=MAPPED)
APPROVERS = Policy(jira_fields=MAPPED, approver_groups=frozenset({"secrets-approvers"}))
BY_STATUS = Policy(jira_fields=MAPPED, approved_statuses=frozenset({"approved"}))


@pytest.fixture(params=list(Flavour))
def double(request: pytest.FixtureRequest) -> Iterator[JiraDouble]:
    with JiraDouble(request.param) as made:
        yield made


def reader(double: JiraDouble, policy: Policy = POLICY, *, token: str = "") -> JiraTickets:
    is_cloud = double.flavour is Flavour.CLOUD
    set_up = JiraSettings(
        url=double.url,
        flavour="cloud" if is_cloud else "data-center",
        email=world.ROBOT.email if is_cloud else "",
        token_env="JIRA_TOKEN",
        projects=("OPS", "SEC"),
    )
    settings = Settings(state_directory=Path("state"), jira=set_up)
    return jira_tickets(settings, policy, {"JIRA_TOKEN": token or double.token()})


def one(double: JiraDouble, issue_key: str, policy: Policy = POLICY) -> Ticket:
    (found,) = reader(double, policy).ticket(issue_key).tickets
    return found


def user(double: JiraDouble, person: Person) -> str:
    return person.account_id if double.flavour is Flavour.CLOUD else person.name


def now(double: JiraDouble) -> datetime:
    assert isinstance(double.clock, HandClock)
    return double.clock().replace(microsecond=0)


def later(double: JiraDouble, **span: float) -> datetime:
    assert isinstance(double.clock, HandClock)
    return double.clock.advance(**span).replace(microsecond=0)


def judged(double: JiraDouble, told: TicketSet, policy: Policy = POLICY, *, cites: str = "") -> Finding:
    """Return what a change by Dave would be called that is made now."""
    actor = Actor(type="IAMUser", arn="arn:aws:iam::111122223333:user/dave", name="dave", source_identity=cites)
    made = change(time=now(double), secret_arn="", secret_name=SECRET, secret_given=SECRET, actor=actor)
    said = {"identities": {user(double, world.DAVE): (actor.arn,)}, "known_until": told.known_until}
    return finding(made, tickets=told.tickets, policy=policy, as_of=now(double), said=said)


# ------------------------------------------------------------------ one ticket


def test_an_approved_ticket_approves_the_change(double: JiraDouble) -> None:
    issue = double.approved_issue("OPS", FIELDS)
    told = reader(double).ticket(issue.issue_key)

    (found,) = told.tickets
    assert (found.secrets, found.operations) == ((SECRET,), frozenset({"value"}))
    assert (found.requester, found.assignee) == (user(double, world.ALICE), user(double, world.DAVE))
    assert [it.by for it in found.approvals or ()] == [user(double, world.BOB)]
    assert told.notes == ()
    later(double, minutes=5)
    assert judged(double, told).verdict is Verdict.APPROVED


def test_a_ticket_that_waits_is_awaiting_approval(double: JiraDouble) -> None:
    issue = double.create_issue("OPS", FIELDS)
    double.request_approval(issue)
    later(double, minutes=5)

    found = judged(double, reader(double).ticket(issue.issue_key))

    assert found.verdict is Verdict.UNAPPROVED
    assert "awaiting-approval" in found.reason


def test_a_declined_ticket_is_rejected(double: JiraDouble) -> None:
    issue = double.create_issue("OPS", FIELDS)
    double.request_approval(issue)
    double.decline(issue)
    later(double, minutes=5)

    assert judged(double, reader(double).ticket(issue.issue_key)).reason.startswith("rejected")


def test_a_way_around_the_approval_approves_nothing(double: JiraDouble) -> None:
    issue = double.create_issue("OPS", FIELDS)
    double.request_approval(issue)
    later(double, minutes=1)
    double.transition(issue, "Approved")
    later(double, minutes=5)

    assert judged(double, reader(double).ticket(issue.issue_key)).verdict is not Verdict.APPROVED


def test_an_edit_after_the_approval_voids_it(double: JiraDouble) -> None:
    issue = double.approved_issue("OPS", {**FIELDS, world.SECRET: "another"})
    later(double, minutes=5)
    double.edit(issue, {world.SECRET: SECRET})
    later(double, minutes=5)

    found = judged(double, reader(double).ticket(issue.issue_key))

    assert found.reason.startswith("edited")
    assert "its field 'Secret' was edited" in found.reason


def test_a_status_is_an_approval_by_whoever_moved_the_ticket_there(double: JiraDouble) -> None:
    issue = double.approved_issue("SEC", FIELDS)
    told = reader(double, BY_STATUS).ticket(issue.issue_key)
    later(double, minutes=5)

    assert judged(double, told, BY_STATUS).verdict is Verdict.APPROVED
    assert f"approved by {user(double, world.BOB)}" in judged(double, told, BY_STATUS).reason


def test_only_members_of_the_approver_groups_count(double: JiraDouble) -> None:
    by_bob, by_carol = double.approved_issue("OPS", FIELDS), double.approved_issue("OPS", FIELDS, by=world.ROBOT)
    later(double, minutes=5)

    member, stranger = (reader(double, APPROVERS).ticket(it.issue_key) for it in (by_bob, by_carol))

    assert judged(double, member, APPROVERS).verdict is Verdict.APPROVED
    assert judged(double, stranger, APPROVERS).reason.startswith("too-few-approvals")


def test_a_ticket_that_moved_is_found_by_its_old_key_and_cited_by_it(double: JiraDouble) -> None:
    issue = double.approved_issue("OPS", FIELDS)
    old_key = issue.issue_key
    changed_at = later(double, minutes=5)
    later(double, minutes=5)
    double.move(issue, "SEC")

    found = one(double, old_key)

    assert (found.issue_key, found.issue_id) == (issue.issue_key, issue.issue_id)
    assert found.former_keys() == {old_key}
    assert found.key_at(changed_at) == old_key


def test_a_ticket_of_a_project_that_approves_nothing_is_refused(double: JiraDouble) -> None:
    issue = double.approved_issue("PUB", FIELDS)

    with pytest.raises(NotFound, match="is in none of the projects"):
        reader(double).ticket(issue.issue_key)


def test_approvals_that_may_not_be_read_are_unknown(double: JiraDouble) -> None:
    issue = double.approved_issue("OPS", FIELDS)
    double.inject(faults.forbidden(), "/rest/servicedeskapi/request/*")
    later(double, minutes=5)

    told = reader(double).ticket(issue.issue_key)

    assert judged(double, told).verdict is Verdict.APPROVAL_UNKNOWN
    assert "its approvals could not be read" in told.notes[0]


def test_a_dead_token_is_never_no_ticket(double: JiraDouble) -> None:
    issue = double.approved_issue("OPS", FIELDS)
    token = double.token()
    double.kill(token)

    for ask in (
        lambda: reader(double, token=token).ticket(issue.issue_key),
        lambda: reader(double, token=token).concerning([], since=now(double), until=now(double)),
        lambda: reader(double, token=token).probe(),
    ):
        with pytest.raises(NotSignedIn):
            ask()


# ------------------------------------------------------------------ all tickets


def test_all_tickets_that_name_a_secret_are_read(double: JiraDouble) -> None:
    keys = [double.approved_issue(project, FIELDS).issue_key for project in ("OPS", "SEC", "OPS")]
    double.create_issue("OPS")
    double.approved_issue("PUB", FIELDS)
    later(double, minutes=5)

    told = reader(double).concerning([SECRET], since=now(double) - timedelta(days=1), until=now(double))

    assert sorted(it.issue_key for it in told.tickets) == sorted(keys)
    # The second of Jira's clock is the one in which the reading began; the index may lag a minute behind.
    assert told.known_until == now(double) - timedelta(minutes=1)
    assert judged(double, told).verdict is Verdict.APPROVAL_UNKNOWN


def test_once_jira_was_read_after_the_change_it_is_known(double: JiraDouble) -> None:
    double.approved_issue("OPS", FIELDS)
    made_at = later(double, minutes=5)
    later(double, minutes=2)

    told = reader(double).concerning([SECRET], since=made_at, until=made_at)

    assert told.known_until is not None
    assert told.known_until > made_at


def test_a_jira_that_does_not_answer_says_nothing(double: JiraDouble) -> None:
    double.approved_issue("OPS", FIELDS)
    word = "search/jql" if double.flavour is Flavour.CLOUD else "search"
    double.inject(faults.broken(), f"/rest/api/*/{word}")

    with pytest.raises(Unreachable):
        reader(double).concerning([SECRET], since=now(double), until=now(double))


# ------------------------------------------------------------------ as a person meets it


def command(double: JiraDouble, folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    """Run a command by the settings of a folder; return its status, and what it printed."""
    is_cloud = double.flavour is Flavour.CLOUD
    email = f'email = "{world.ROBOT.email}"' if is_cloud else ""
    flavour = "cloud" if is_cloud else "data-center"
    (folder / "counterseal.toml").write_text(
        f"""
[jira]
url = "{double.url}"
flavour = "{flavour}"
{email}
token_env = "JIRA_TOKEN"
projects = ["OPS"]
[policy.jira_fields]
secrets = "Secret"
operations = "Operation"
""",
        encoding="utf-8",
    )
    monkeypatch.chdir(folder)
    monkeypatch.setenv("JIRA_TOKEN", double.token())
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(folder / "state"))
    output, notes = io.StringIO(), io.StringIO()
    module = {"ticket": cli_ticket, "audit": cli_audit}[arguments[0]]
    parsed = command_parser(arguments[0], module).parse_args(arguments[1:])
    return module.run(parsed, Console(output, notes)), output.getvalue(), notes.getvalue()


def test_a_ticket_is_shown_as_jira_holds_it(
    double: JiraDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = double.approved_issue("OPS", FIELDS)
    double.edit(issue, {world.SECRET: "shop/database"})

    status, shown, _ = command(double, tmp_path, monkeypatch, "ticket", "show", issue.issue_key)

    assert status == 0
    assert f"✗ {issue.issue_key} approves no change now" in shown
    assert "the secret shop/database" in shown
    assert "approved: does not count, for Secret was edited on" in shown
    shows_names = double.flavour is Flavour.CLOUD  # Data Center's are readable as they are
    assert ("Bob Example approved" in shown, f"Bob Example: {world.BOB.account_id}" in shown) == (shows_names,) * 2


def test_an_audit_asks_jira(double: JiraDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = double.approved_issue("OPS", FIELDS)
    made_at = later(double, minutes=5)
    later(double, hours=1)
    logs = write_logs(tmp_path, record(eventTime=format_time(made_at)))

    status, shown, notes = command(double, tmp_path, monkeypatch, "audit", str(logs), "--jira", "--json")

    (found,) = json.loads(shown)["findings"]
    assert (status, found["verdict"], found["ticket"]) == (10, "unattributed", issue.issue_key)
    assert "tickets last touched before" in notes
