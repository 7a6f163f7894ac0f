"""Tickets are read from Jira whole, or said to be unknown; what fails is never 'no ticket'."""

from datetime import datetime, timedelta

import pytest
from tests.unit.jira.fake import NOW, FakeJira, at, edited, one_round

from counterseal.clock import FixedClock, format_time
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Approval, Decision, Ticket, TicketSet
from counterseal.errors import (
    CountersealError,
    Denied,
    Gone,
    MalformedInput,
    NotFound,
    NotSignedIn,
    OtherAnswer,
    SettingsError,
    Throttled,
    Unreachable,
)
from counterseal.jira.interface import Issue, Json
from counterseal.jira.tickets import JiraTickets

MAPPED = {"secrets": "Secret", "operations": "customfield_2"}
CAB = Policy(jira_fields=MAPPED, approver_groups=frozenset({"cab"}))
REASON = "the reason"


@pytest.fixture
def jira() -> FakeJira:
    held = FakeJira()
    held.put("OPS-42", "10042", rounds=[one_round()])
    return held


def reader(jira: FakeJira, policy: Policy | None = None, *projects: str) -> JiraTickets:
    return JiraTickets(
        jira.opened, policy or Policy(jira_fields=MAPPED), projects=projects or ("OPS",), clock=FixedClock(NOW)
    )


def ticket(jira: FakeJira, policy: Policy | None = None) -> Ticket:
    (found,) = reader(jira, policy).ticket("OPS-42").tickets
    return found


def concerning(jira: FakeJira, *, since: float = -24) -> TicketSet:
    return reader(jira).concerning(["db/password"], since=at(hours=since), until=NOW)


def test_a_ticket_is_read_with_its_history_and_its_approvals(jira: FakeJira) -> None:
    found = ticket(jira)

    assert (found.issue_id, found.secrets, found.operations) == ("10042", ("db/password",), frozenset({"value"}))
    assert found.approvals == (Approval(by="ben", at=at(hours=-2), decision=Decision.APPROVED),)
    assert [name for name, _ in jira.asked] == ["fields", "issue", "approvals", "history"]
    assert not jira.is_open


def test_now_means_that_nothing_later_is_unread(jira: FakeJira) -> None:
    told = reader(jira).ticket("OPS-42")

    assert (told.known_until, told.notes) == (None, ())


def test_what_is_no_service_request_has_no_approvals_and_is_not_unknown(jira: FakeJira) -> None:
    jira.put("OPS-42", "10042")

    assert ticket(jira).approvals == ()


@pytest.mark.parametrize("kind", [Denied, NotFound, Gone, OtherAnswer, MalformedInput])
def test_approvals_that_cannot_be_read_are_unknown_and_say_why(jira: FakeJira, kind: type[CountersealError]) -> None:
    jira.fails["approvals"] = kind(REASON)

    told = reader(jira).ticket("OPS-42")

    assert told.tickets[0].approvals is None
    assert told.notes == (f"OPS-42: its approvals could not be read, so they are unknown: {REASON}",)


@pytest.mark.parametrize("call", ["fields", "issue", "approvals", "history"])
@pytest.mark.parametrize("kind", [NotSignedIn, Throttled, Unreachable])
def test_what_fails_is_never_no_ticket(jira: FakeJira, call: str, kind: type[CountersealError]) -> None:
    jira.fails[call] = kind(REASON)

    with pytest.raises(kind):
        reader(jira).ticket("OPS-42")


def test_a_field_that_jira_does_not_have_is_named(jira: FakeJira) -> None:
    with pytest.raises(SettingsError, match=r"policy\.jira_fields\.secrets: Jira has no field 'Secrets'"):
        ticket(jira, Policy(jira_fields={"secrets": "Secrets"}))


def test_fields_that_nobody_named_are_missed(jira: FakeJira) -> None:
    told = reader(jira, Policy(jira_fields={"secrets": "Secret"})).ticket("OPS-42")

    assert told.notes == ("policy.jira_fields names no field for operations: without these a ticket covers no change",)


def test_a_ticket_of_another_project_approves_nothing(jira: FakeJira) -> None:
    jira.put("EVIL-1", "1", rounds=[one_round()])

    with pytest.raises(NotFound, match="EVIL-1 is in none of the projects whose tickets approve changes"):
        reader(jira).ticket("EVIL-1")


def came(when: datetime, key: str) -> Json:
    item = {"field": "Key", "fieldtype": "jira", "fromString": key, "toString": "OPS-42"}
    return {"id": "1", "created": format_time(when), "author": {"accountId": "cleo"}, "items": [item]}


@pytest.mark.parametrize(("former", "approvers"), [("EVIL-1", []), ("OPS2-1", ["ben"])])
def test_what_was_approved_in_another_project_before_the_ticket_came_from_there_is_not_approved(
    jira: FakeJira, former: str, approvers: list[str]
) -> None:
    done = {"field": "status", "fieldId": "status", "fieldtype": "jira", "toString": "Approved"}
    there = {"id": "0", "created": format_time(at(hours=-2)), "author": {"accountId": "ben"}, "items": [done]}
    jira.put("OPS-42", "10042", rounds=[one_round()], history=[there, came(at(hours=-1), former)])
    asked = reader(jira, None, "OPS", "OPS2")

    for told in (asked.ticket("OPS-42"), asked.concerning(["db/password"], since=at(hours=-24), until=NOW)):
        (found,) = told.tickets
        assert [it.by for it in found.approvals or ()] == approvers
        assert [it.by for it in found.status_history] == approvers


def test_what_was_approved_once_a_ticket_had_come_is_approved(jira: FakeJira) -> None:
    jira.put("OPS-42", "10042", rounds=[one_round()], history=[came(at(hours=-2.5), "EVIL-1")])
    assert [it.by for it in ticket(jira).approvals or ()] == ["ben"]

    jira.fails["approvals"] = Denied(REASON)
    assert ticket(jira).approvals is None


# ------------------------------------------------------------------ groups


def test_groups_of_whoever_decided_are_asked_where_the_policy_needs_them(jira: FakeJira) -> None:
    jira.members["ben"] = frozenset({"CAB"})

    assert [it.groups for it in ticket(jira, CAB).approvals or ()] == [frozenset({"CAB"})]
    assert ("groups", "ben") in jira.asked


def test_without_approver_groups_nobody_is_asked_for(jira: FakeJira) -> None:
    ticket(jira)

    assert "groups" not in [name for name, _ in jira.asked]


def test_groups_that_cannot_be_read_are_unknown_and_say_why(jira: FakeJira) -> None:
    jira.fails["groups"] = Denied(REASON)

    told = reader(jira, CAB).ticket("OPS-42")

    assert [it.groups for it in told.tickets[0].approvals or ()] == [None]
    assert told.notes == (f"in which groups ben is could not be read: {REASON}",)


def test_a_dead_token_is_no_unknown_group(jira: FakeJira) -> None:
    jira.fails["groups"] = NotSignedIn(REASON)

    with pytest.raises(NotSignedIn):
        reader(jira, CAB).ticket("OPS-42")


# ------------------------------------------------------------------ edited while it is read


class Moving(FakeJira):
    """Somebody edits the ticket whenever it was read, so many times; Jira's own clock may be behind itself."""

    def __init__(self, times: int, *, tells: bool = True) -> None:
        super().__init__()
        self.times, self.tells = times, tells

    def issue(self, id_or_key: str, *, fields: tuple[str, ...] = ("*all",)) -> Issue:  # type: ignore[override]
        found = super().issue(id_or_key, fields=fields)
        if self.times:
            self.times -= 1
            when = at(hours=-1) + timedelta(seconds=10 + len(self.histories["10042"]))
            self.histories["10042"].append(edited(when))
            if self.tells:
                more = {**found.fields, "customfield_1": "other", "updated": when.isoformat()}
                self.issues["10042"] = found._replace(fields=more)
        return found


def moving(times: int, *, tells: bool = True) -> Moving:
    jira = Moving(times, tells=tells)
    jira.put("OPS-42", "10042", rounds=[one_round()])
    return jira


def test_a_ticket_that_is_edited_while_it_is_read_is_read_again() -> None:
    found = ticket(moving(1))

    assert (found.secrets, len(found.edits)) == (("other",), 1)


def test_one_that_is_edited_all_the_time_is_unknown() -> None:
    told = reader(moving(99)).ticket("OPS-42")

    assert told.tickets[0].approvals is None
    assert told.notes == ("OPS-42 was edited each time while it was read, so its approvals are unknown",)


def test_a_history_that_is_ahead_of_the_ticket_for_good_is_believed() -> None:
    assert ticket(moving(1, tells=False)).approvals


def test_without_the_time_of_the_last_edit_a_reading_stands(jira: FakeJira) -> None:
    jira.put("OPS-42", "10042", history=[edited(at(hours=5))], rounds=[one_round()], updated=None)

    assert len(ticket(jira).edits) == 1


# ------------------------------------------------------------------ all that concern


def test_all_that_name_a_secret_are_read_by_their_ids(jira: FakeJira) -> None:
    jira.put("OPS-43", "10043", customfield_1="other")
    jira.put("OPS-44", "10044", customfield_1=None)

    told = concerning(jira)

    assert [it.issue_key for it in told.tickets] == ["OPS-42", "OPS-43"]
    assert [about for name, about in jira.asked if name == "issue"] == ["10042", "10043"]
    assert told.known_until == NOW - timedelta(minutes=1)
    assert told.notes == ("tickets last touched before 2025-03-08 are not read",)


def test_the_search_is_bound_to_projects_and_by_minutes_from_now(jira: FakeJira) -> None:
    reader(jira, None, "OPS", "SEC").concerning([], since=at(hours=-1), until=NOW)

    minutes = 366 * 24 * 60 + 60 + 1
    assert ("search", f'project in ("OPS", "SEC") AND updated >= -{minutes}m ORDER BY key ASC') in jira.asked


def test_jira_that_tells_no_time_leaves_the_clock_of_this_machine(jira: FakeJira) -> None:
    jira.time = None

    assert concerning(jira).known_until == NOW - timedelta(minutes=1)


def test_the_clock_of_jira_says_up_to_when_tickets_are_known(jira: FakeJira) -> None:
    jira.time = at(hours=-1)

    assert concerning(jira).known_until == at(hours=-1) - timedelta(minutes=1)


@pytest.mark.parametrize("call", ["server", "fields", "search", "issue", "approvals", "history"])
def test_a_reading_that_fails_says_nothing(jira: FakeJira, call: str) -> None:
    jira.fails[call] = Unreachable(REASON)

    with pytest.raises(Unreachable):
        concerning(jira)


def test_a_ticket_that_went_away_meanwhile_is_told(jira: FakeJira) -> None:
    jira.fails["issue 10042"] = NotFound(REASON)

    told = concerning(jira)

    assert told.tickets == ()
    assert told.notes[-1] == "OPS-42 was found, and cannot be read: it was deleted, or is not shown to us"


def test_a_ticket_that_left_the_projects_is_told(jira: FakeJira) -> None:
    jira.put("EVIL-1", "1")

    assert concerning(jira).notes[-1] == "EVIL-1 has moved to a project whose tickets approve no change"


def test_a_slip_in_one_ticket_leaves_that_one_unknown_and_no_other(jira: FakeJira) -> None:
    jira.put("OPS-43", "10043", customfield_2={"value": "valve"}, rounds=[one_round()])

    told = concerning(jira)

    fine, slip = told.tickets
    assert fine.approvals
    assert (slip.issue_key, slip.secrets, slip.operations, slip.approvals) == (
        "OPS-43",
        ("db/password",),
        frozenset({"any"}),
        None,
    )
    assert told.notes[-1] == ("OPS-43.operations: 'valve' is not known: whether OPS-43 approves anything is not known")


def test_a_ticket_that_a_search_finds_twice_is_read_once(jira: FakeJira) -> None:
    jira.issues["again"] = jira.issues["10042"]

    assert len(concerning(jira).tickets) == 1


def test_without_projects_or_a_field_for_secrets_there_is_nothing_to_search(jira: FakeJira) -> None:
    nowhere = JiraTickets(jira.opened, Policy(jira_fields=MAPPED), projects=(), clock=FixedClock(NOW))
    with pytest.raises(SettingsError, match=r"jira\.projects names no project"):
        nowhere.concerning([], since=NOW, until=NOW)
    with pytest.raises(SettingsError, match=r"jira\.projects names no project"):
        nowhere.ticket("OPS-42")
    with pytest.raises(SettingsError, match="names no field for secrets"):
        reader(jira, Policy()).concerning([], since=NOW, until=NOW)


def test_groups_are_asked_once_for_all_tickets(jira: FakeJira) -> None:
    jira.members["ben"] = frozenset({"CAB"})
    jira.put("OPS-43", "10043", rounds=[one_round()])

    told = reader(jira, CAB).concerning([], since=NOW, until=NOW)

    assert [it.approvals[0].groups for it in told.tickets if it.approvals] == [frozenset({"CAB"})] * 2
    assert [name for name, _ in jira.asked].count("groups") == 1


def test_what_can_be_asked_before_the_records_are_read_is_asked(jira: FakeJira) -> None:
    reader(jira).probe()

    assert [name for name, _ in jira.asked] == ["myself", "fields"]
    jira.fails["myself"] = NotSignedIn(REASON)
    with pytest.raises(NotSignedIn):
        reader(jira).probe()
    jira.fails.clear()
    with pytest.raises(SettingsError, match="names no field for secrets"):
        reader(jira, Policy()).probe()


def test_what_people_should_see_to_goes_into_the_notes(jira: FakeJira) -> None:
    warned = JiraTickets(
        jira.opened, Policy(jira_fields=MAPPED), projects=["OPS"], clock=FixedClock(NOW), warn=lambda: ("a warning",)
    )

    assert warned.ticket("OPS-42").notes == ("a warning",)
    assert warned.concerning([], since=NOW, until=NOW).notes[0] == "a warning"


@pytest.mark.parametrize("rounds", [None, [one_round()]])
def test_a_ticket_that_moved_out_of_a_service_project_may_have_been_approved_there(
    jira: FakeJira, rounds: list[Json] | None
) -> None:
    moved = {**edited(at(hours=-1)), "items": [{"field": "Key", "fieldtype": "jira", "fromString": "HELP-1"}]}
    jira.put("OPS-42", "10042", history=[moved], rounds=rounds)

    told = reader(jira).ticket("OPS-42")

    assert (told.tickets[0].approvals is None) == (rounds is None)
    said = "OPS-42 has moved and is no service request: its approvals from before are unknown"
    assert (said in told.notes) == (rounds is None)
