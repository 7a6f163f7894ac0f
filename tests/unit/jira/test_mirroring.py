"""What is read into the mirror, and what comes out of it while Jira is silent."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.jira.fake import NOW, FakeJira, at, edited, one_round

from counterseal.clock import format_time
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import Denied, MalformedInput, NotFound, NotSignedIn, SettingsError, Unreachable
from counterseal.jira.mirrored import MirroredTickets
from counterseal.jira.mirroring import Mirroring, Scope
from counterseal.mirror.interface import Reached
from counterseal.mirror.sqlite import SqliteMirror

POLICY = Policy(jira_fields={"secrets": "Secret", "operations": "Operation"})
SCOPE = Scope("https://jira.example", ["OPS"])
MINUTE = timedelta(minutes=1)


class HandClock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[SqliteMirror]:
    with closing(SqliteMirror.at(tmp_path / "mirror.sqlite")) as opened:
        yield opened


@pytest.fixture
def jira() -> FakeJira:
    jira = FakeJira()
    jira.is_open = True
    return jira


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def mirroring(jira: FakeJira, mirror: SqliteMirror, clock: HandClock) -> Mirroring:
    return Mirroring(jira, mirror, SCOPE, POLICY, clock)  # type: ignore[arg-type]


def tickets(mirror: SqliteMirror, policy: Policy = POLICY, reread: Any = None) -> TicketSet:
    found = MirroredTickets(mirror, policy, ["OPS"], reread)
    return found.concerning([], since=NOW, until=NOW)


def queries(jira: FakeJira) -> list[str]:
    return [about for name, about in jira.asked if name == "search"]


def reads(jira: FakeJira) -> list[str]:
    return [about for name, about in jira.asked if name == "issue"]


def test_a_ticket_comes_out_as_jira_holds_it(jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring) -> None:
    jira.put("OPS-1", "1", rounds=[one_round(by="ben")])

    caught_up = mirroring.catch_up()

    assert (caught_up.read, caught_up.changed, caught_up.known_until) == (1, 1, NOW - MINUTE)
    found = tickets(mirror)
    (ticket,) = found.tickets
    assert (ticket.issue_key, ticket.secrets) == ("OPS-1", ("db/password",))
    assert [it.by for it in ticket.approvals or ()] == ["ben"]
    assert found.known_until == NOW - MINUTE


def test_before_jira_was_read_nothing_is_known(mirror: SqliteMirror) -> None:
    found = tickets(mirror)

    assert found.tickets == ()
    assert found.known_until == datetime(1970, 1, 1, tzinfo=UTC)


def test_the_clock_that_is_behind_says_how_far_we_know(jira: FakeJira, mirroring: Mirroring) -> None:
    jira.time = at(hours=-1)

    assert mirroring.catch_up().known_until == at(hours=-1) - MINUTE


def test_a_clock_that_jira_does_not_tell_is_ours(jira: FakeJira, mirroring: Mirroring) -> None:
    jira.time = None

    assert mirroring.catch_up().known_until == NOW - MINUTE


def test_the_first_time_projects_are_asked_and_then_whatever_changed_anywhere(
    jira: FakeJira, mirroring: Mirroring, clock: HandClock
) -> None:
    mirroring.catch_up()
    clock.time += timedelta(hours=20, seconds=1)
    mirroring.catch_up()

    assert queries(jira) == [
        'project in ("OPS") AND updated >= -400d ORDER BY key ASC',
        "updated >= -1206m ORDER BY key ASC",  # twenty hours, a second, and five minutes
    ]


def test_the_watermark_survives_the_program_and_missed_hours(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring, clock: HandClock
) -> None:
    mirroring.catch_up()
    clock.time += timedelta(hours=2)
    another = Mirroring(jira, mirror, SCOPE, POLICY, clock)  # type: ignore[arg-type]

    another.catch_up()

    assert queries(jira)[-1] == "updated >= -125m ORDER BY key ASC"


def test_what_fails_half_way_leaves_how_far_we_know(jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring) -> None:
    jira.put("OPS-1", "1")
    jira.put("OPS-2", "2")
    jira.fails["issue 2"] = Unreachable("down")

    with pytest.raises(Unreachable):
        mirroring.catch_up()

    assert [it.issue_key for it in tickets(mirror).tickets] == ["OPS-1"]
    assert mirror.reached().watermark is None


@pytest.mark.parametrize("call", ["server", "fields", "search", "issue"])
def test_a_dead_token_is_never_no_ticket(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring, clock: HandClock, call: str
) -> None:
    jira.put("OPS-1", "1")
    mirroring.catch_up()
    jira.put("OPS-2", "2")
    clock.time += timedelta(hours=1)
    jira.fails[call] = NotSignedIn("the token is dead")

    with pytest.raises(NotSignedIn):
        Mirroring(jira, mirror, SCOPE, POLICY, clock).catch_up()  # type: ignore[arg-type]

    assert tickets(mirror).known_until == NOW - MINUTE
    assert len(tickets(mirror).tickets) == 1


def test_what_has_not_changed_for_long_is_not_read_again(
    jira: FakeJira, mirroring: Mirroring, clock: HandClock
) -> None:
    jira.put("OPS-1", "1", updated=format_time(at(hours=-1)))
    mirroring.catch_up()
    clock.time += MINUTE

    assert mirroring.catch_up().read == 0


def test_what_changed_just_now_is_read_again(jira: FakeJira, mirroring: Mirroring, clock: HandClock) -> None:
    jira.put("OPS-1", "1", updated=format_time(NOW))
    mirroring.catch_up()
    clock.time += MINUTE

    caught_up = mirroring.catch_up()

    assert (caught_up.read, caught_up.changed) == (1, 0)


def test_what_a_clock_that_was_ahead_read_is_read_anew_once_it_is_right(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring, clock: HandClock
) -> None:
    clock.time = NOW + timedelta(days=1)
    jira.put("OPS-1", "1")
    mirroring.catch_up()
    clock.time = NOW + MINUTE
    jira.put("OPS-1", "1", customfield_1=None, updated=format_time(NOW))

    mirroring.catch_up()

    assert queries(jira) == ['project in ("OPS") AND updated >= -400d ORDER BY key ASC'] * 2
    assert [it.secrets for it in tickets(mirror).tickets] == [()]


def test_a_ticket_that_names_no_secret_is_not_read(jira: FakeJira, mirroring: Mirroring) -> None:
    jira.put("OPS-1", "1", customfield_1=None)

    mirroring.catch_up()

    assert reads(jira) == []


def test_a_ticket_of_another_project_is_not_read(jira: FakeJira, mirroring: Mirroring) -> None:
    jira.put("HR-1", "1")

    mirroring.catch_up()

    assert not mirroring.reread("1")
    assert reads(jira) == ["1"]


def test_a_ticket_that_left_our_projects_approves_no_more(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring
) -> None:
    jira.put("OPS-1", "1")
    mirroring.catch_up()
    jira.put("HR-1", "1", updated=format_time(NOW))

    mirroring.catch_up()

    found = tickets(mirror)
    assert found.tickets == ()
    assert "HR-1 has moved to a project whose tickets approve no change" in found.notes


def test_a_ticket_from_which_the_secret_was_removed_covers_it_no_more(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring
) -> None:
    jira.put("OPS-1", "1")
    mirroring.catch_up()
    jira.put("OPS-1", "1", customfield_1=None, updated=format_time(NOW))

    mirroring.catch_up()

    assert [it.secrets for it in tickets(mirror).tickets] == [()]


def test_a_message_has_a_ticket_read_at_once(jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring) -> None:
    jira.put("OPS-1", "1")

    assert mirroring.reread("OPS-1")
    assert not mirroring.reread("1")

    assert [it.issue_key for it in tickets(mirror).tickets] == ["OPS-1"]
    assert mirror.reached().known_until is None


def test_many_messages_about_one_ticket_have_it_read_once(
    jira: FakeJira, mirroring: Mirroring, clock: HandClock
) -> None:
    jira.put("OPS-1", "1")
    received = clock.time
    clock.time += MINUTE

    changed = [mirroring.reread("1", since=received) for _ in range(3)]

    assert changed == [True, False, False]
    assert reads(jira) == ["1"]
    assert not mirroring.reread("1", since=clock.time)
    assert reads(jira) == ["1", "1"]


def test_what_a_deleted_ticket_approved_is_unknown(jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring) -> None:
    jira.put("OPS-1", "1", rounds=[one_round()])
    mirroring.catch_up()
    jira.issues.clear()

    assert mirroring.reread("1")
    assert not mirroring.reread("1")
    assert not mirroring.reread("999")

    (ticket,) = tickets(mirror).tickets
    assert ticket.approvals is None
    assert "OPS-1 is shown by Jira no more: what it approves is not known" in tickets(mirror).notes


def test_approvals_that_may_not_be_read_are_unknown(jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring) -> None:
    jira.put("OPS-1", "1")
    jira.fails["approvals"] = Denied("not for you")

    mirroring.catch_up()

    assert [it.approvals for it in tickets(mirror).tickets] == [None]
    assert "not for you" in " ".join(tickets(mirror).notes)


def test_a_field_that_cannot_be_read_leaves_one_ticket_unknown(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring
) -> None:
    jira.put("OPS-1", "1", customfield_2="rotaet")
    jira.put("OPS-2", "2", rounds=[one_round()])

    mirroring.catch_up()

    doubtful, sound = tickets(mirror).tickets
    assert doubtful.approvals is None
    assert sound.approvals
    assert "whether OPS-1 approves anything is not known" in " ".join(tickets(mirror).notes)


def test_groups_are_kept_where_the_policy_asks_for_them(jira: FakeJira, mirror: SqliteMirror, clock: HandClock) -> None:
    policy = replace(POLICY, approver_groups=frozenset({"approvers"}))
    jira.put("OPS-1", "1", rounds=[one_round(by="ben")])
    jira.members["ben"] = frozenset({"approvers", "staff"})

    Mirroring(jira, mirror, SCOPE, policy, clock).catch_up()  # type: ignore[arg-type]

    (ticket,) = tickets(mirror, policy).tickets
    assert [it.groups for it in ticket.approvals or ()] == [frozenset({"approvers", "staff"})]


def test_no_text_of_a_ticket_is_kept(jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring) -> None:
    typed = "hunter2 typed into the wrong place"
    edit = edited(at(hours=-2), field="description", name="description")
    history = [{**edit, "items": [{**edit["items"][0], "fromString": typed, "toString": ""}]}]
    jira.put("OPS-1", "1", description=typed, summary=typed, comment={"comments": [typed]}, history=history)

    mirroring.catch_up()

    (held,) = mirror.held()
    assert b"hunter2" not in held.content
    assert [it.field for it in tickets(mirror).tickets[0].edits] == ["description"]


def test_status_moves_keep_where_they_led(jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring) -> None:
    move = {"field": "status", "fieldId": "status", "fieldtype": "jira", "fromString": "Open", "toString": "Approved"}
    history = [{"id": "1", "created": format_time(at(hours=-2)), "author": {"accountId": "ben"}, "items": [move]}]
    jira.put("OPS-1", "1", history=history)

    mirroring.catch_up()

    assert [(it.to, it.by) for it in tickets(mirror).tickets[0].status_history] == [("Approved", "ben")]


def test_only_what_changed_is_read_out_of_the_mirror_again(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring
) -> None:
    jira.put("OPS-1", "1")
    jira.put("OPS-2", "2")
    mirroring.catch_up()
    found = MirroredTickets(mirror, POLICY, ["OPS"], lambda _: TicketSet())
    before = found.concerning([], since=NOW, until=NOW).tickets
    jira.put("OPS-2", "2", assignee={"accountId": "dora"}, updated=format_time(NOW))
    mirroring.catch_up()

    after = found.concerning([], since=NOW, until=NOW).tickets

    assert after[0] is before[0]
    assert [it.assignee for it in after] == ["ana", "dora"]


def test_one_ticket_is_read_from_jira_itself(mirror: SqliteMirror) -> None:
    def gone(_: str) -> TicketSet:
        raise NotFound("no such ticket")

    with pytest.raises(NotFound):
        MirroredTickets(mirror, POLICY, ["OPS"], gone).ticket("OPS-1")


def test_out_of_the_mirror_nothing_is_approved_that_was_approved_in_another_project(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring
) -> None:
    item = {"field": "Key", "fieldtype": "jira", "fromString": "EVIL-1", "toString": "OPS-1"}
    came = {"id": "1", "created": format_time(at(hours=-1)), "author": {"accountId": "cleo"}, "items": [item]}
    jira.put("OPS-1", "1", rounds=[one_round()], history=[came])

    mirroring.catch_up()

    assert tickets(mirror).tickets[0].approvals == ()


def test_out_of_the_mirror_an_emergency_is_none_before_its_ticket_was_made(
    jira: FakeJira, mirror: SqliteMirror, clock: HandClock
) -> None:
    policy = Policy(jira_fields={**POLICY.jira_fields, "emergency": "Summary"})
    declared, made = format_time(at(hours=-5)), format_time(at(hours=-3))
    jira.put("OPS-1", "1", summary=declared, created=made)

    Mirroring(jira, mirror, SCOPE, policy, clock).catch_up()  # type: ignore[arg-type]

    assert tickets(mirror, policy).tickets[0].emergency_declared_at == at(hours=-3)


def test_a_mirror_in_which_less_was_kept_is_filled_again(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring
) -> None:
    jira.put("OPS-1", "1")
    mirror.begin("https://jira.example OPS operations=Operation,secrets=Secret")
    mirror.reach(Reached(NOW, NOW))

    assert mirroring.catch_up().read == 1
    assert mirror.reached().known_until == NOW - MINUTE


def test_another_jira_begins_the_mirror_anew(
    jira: FakeJira, mirror: SqliteMirror, mirroring: Mirroring, clock: HandClock
) -> None:
    jira.put("OPS-1", "1")
    mirroring.catch_up()
    jira.issues.clear()

    Mirroring(jira, mirror, SCOPE._replace(url="https://other.example"), POLICY, clock).catch_up()  # type: ignore[arg-type]

    assert tickets(mirror).tickets == ()


@pytest.mark.parametrize(
    ("projects", "fields", "said"),
    [
        ([], {"secrets": "Secret"}, "names no project"),
        (["OPS"], {"operations": "Operation"}, "no field for secrets"),
        (["OPS"], {"secrets": "Secert"}, "Secert"),
    ],
)
def test_what_is_not_set_up_is_said(
    jira: FakeJira, mirror: SqliteMirror, projects: list[str], fields: dict[str, str], said: str
) -> None:
    policy, scope = replace(POLICY, jira_fields=fields), SCOPE._replace(projects=projects)

    with pytest.raises(SettingsError, match=said):
        Mirroring(jira, mirror, scope, policy, HandClock()).catch_up()  # type: ignore[arg-type]


def test_progress_is_told(jira: FakeJira, mirroring: Mirroring) -> None:
    jira.put("OPS-1", "1")
    jira.put("OPS-2", "2")
    told: list[tuple[int, int]] = []

    mirroring.catch_up(lambda *it: told.append(it))

    assert told == [(1, 2), (2, 2)]


def test_a_mirror_that_somebody_wrote_into_is_said_to_be_broken(mirror: SqliteMirror) -> None:
    mirror.begin("x")
    mirror.describe(b"{}")

    with pytest.raises(MalformedInput, match="what nobody wrote there") as broken:
        tickets(mirror)
    assert "remove it" in broken.value.hint
