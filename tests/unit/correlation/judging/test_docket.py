"""The docket: whatever the order, the repetition and the split, the findings of one audit of all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.unit.correlation.invented import (
    ACCOUNT,
    ANA,
    ARN,
    BEN,
    HOUR,
    IDENTITIES,
    LATER,
    NAME,
    OTHER_ARN,
    REGION,
    VERSION,
    T,
    approval,
    at,
    change,
    kms,
    label,
    move,
    service_event,
    session,
    standing,
    ticket,
)
from tests.unit.correlation.sealing import evidence, issued, revoked

from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.docket import Decided, Docket
from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.delivery import Place
from counterseal.correlation.records.event import Event, Kind, Operation
from counterseal.correlation.records.held import Held, put_together
from counterseal.correlation.records.population import CoveredHour, Population, label_hours
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import FieldEdit, Ticket, TicketSet

LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotate"
ELSEWHERE = "444455556666"
RULES = Rules(policy=Policy(), as_of=LATER)
KNOWN = [at(hours=hour) for hour in (-3, -0.5, 0, 0.5, 30)]


def at_once(
    events: Iterable[Event], told: TicketSet, *, kms_hours: Iterable[CoveredHour] = (), rules: Rules = RULES
) -> AuditResult:
    held = Held()
    for event in events:
        held.keep(event)
    together = put_together(held.standing)
    population = Population(
        events=together.events, kms_hours=frozenset(kms_hours), label_hours=label_hours(together.events)
    )
    return audit(population, told, rules, evidence())


def docket(rules: Rules = RULES) -> Docket:
    return Docket(rules, evidence())


def told(*tickets: Ticket, **more: Any) -> TicketSet:
    return TicketSet(tickets=tickets, **({"identities": IDENTITIES} | more))


def names(found: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(it.event_id, it.verdict.value) for it in found]


def trail(name: str, when: datetime, **changed: Any) -> Event:
    facts = {"guards": "monitor", "resource": "trail"}
    one: dict[str, Any] = {"event_id": f"g-{name}-{when}", "service": "cloudtrail", "kind": Kind.GUARD, "facts": facts}
    return structs.replace(
        change(name, None, secret_arn="", secret_name="", secret_given="", time=when), **(one | changed)
    )


def organisation(name: str, when: datetime, **changed: Any) -> Event:
    facts = {"guards": "monitor", "resource": ACCOUNT, "inviter": ELSEWHERE}
    given: dict[str, Any] = {"service": "organizations", "account": ELSEWHERE, "facts": facts}
    return trail(name, when, **(given | changed))


# ------------------------------------------------------------------ what is drawn for the property

SEALED_TOKEN = issued().token
NAMELESS: dict[str, Any] = {"secret_arn": "", "secret_name": "", "secret_given": ""}
SECRETS: list[dict[str, Any]] = [
    {"secret_arn": ARN, "secret_name": "", "secret_given": NAME},
    {"secret_arn": "", "secret_name": "", "secret_given": NAME},
    {"secret_arn": "", "secret_name": "", "secret_given": ARN},
    {"secret_arn": "", "secret_name": "", "secret_given": ARN[:-7]},
    {"secret_arn": ARN.replace("AbCdEf", "XyZxYz"), "secret_name": NAME, "secret_given": NAME},
    {"secret_arn": ARN.replace(REGION, "us-east-1"), "secret_name": NAME, "secret_given": "", "region": "us-east-1"},
    {"secret_arn": ARN, "secret_name": "", "secret_given": ARN, "account": ELSEWHERE},
    {"secret_arn": OTHER_ARN, "secret_name": "other", "secret_given": "other"},
    {"secret_arn": f"{ARN}-GhIjKl", "secret_name": "", "secret_given": f"{NAME}-AbCdEf"},
    NAMELESS,
]
VERSIONS = ["", VERSION, "00000000-0000-4000-8000-000000000002", SEALED_TOKEN]
ACTORS = [ANA, BEN, session("rotate", role="rotate"), session("x", source_identity="OPS-42"), session("OPS-43")]
CALLS = [
    ("CreateSecret", Operation.CREATE),
    ("PutSecretValue", Operation.VALUE),
    ("UpdateSecret", Operation.VALUE),
    ("DeleteSecret", Operation.DELETE),
    ("RotateSecret", Operation.ROTATION),
    ("CancelRotateSecret", Operation.ROTATION),
]
SERVICES = [
    "RotationStarted",
    "RotationSucceeded",
    "RotationFailed",
    "StartSecretVersionDelete",
    "EndSecretVersionDelete",
]
ORGANISATION_CALLS = ["RemoveAccountFromOrganization", "AcceptHandshake", "DisableAWSServiceAccess"]
OF_BUCKET = {"guards": "bucket", "resource": "logs"}
TO_BUCKET = {"guards": "monitor", "resource": "trail", "bucket": "logs", "sent": True}
TRAIL_CALLS = ["StopLogging", "StartLogging", "DeleteTrail"]
MOMENTS = [at(hours=it) for it in (-90, -2, -1, 0, 0.5, 1, 30)]


@st.composite
def events(draw: st.DrawFn) -> Event:
    one = draw(contents())
    return structs.replace(one, digest=sha256(repr(one).encode()).hexdigest())


@st.composite
def contents(draw: st.DrawFn) -> Event:
    where = draw(st.sampled_from(SECRETS))
    more = where | {
        "event_id": draw(st.sampled_from("abcdefghijklmnopqrst")),
        "time": draw(st.sampled_from(MOMENTS)),
        "version_id": draw(st.sampled_from(VERSIONS)),
        "request_id": draw(st.sampled_from("rs")),
    }
    facts: dict[str, Any] = {"corrects": draw(st.sampled_from("abcdef"))} if draw(st.integers(0, 3)) == 0 else {}
    shared = {"shared_event_id": "one"} if draw(st.integers(0, 5)) == 0 else {}
    name, operation = draw(st.sampled_from(CALLS))
    actor = draw(st.sampled_from(ACTORS))
    moved = move(draw(st.sampled_from(VERSIONS)), **(more | {"version_id": "", "actor": actor}))
    rotation = {"rotation_lambda": LAMBDA} if name == "RotateSecret" else {}
    plain = more | shared | {"facts": facts}
    made = [
        change(name, operation, **(plain | {"actor": actor, "facts": facts | rotation})),
        structs.replace(moved, facts=moved.facts | facts),
        service_event(draw(st.sampled_from(SERVICES)), **more),
        kms(**more),
        label(**more),
        trail(draw(st.sampled_from(TRAIL_CALLS)), more["time"], event_id=more["event_id"]),
        organisation(draw(st.sampled_from(ORGANISATION_CALLS)), more["time"], event_id=more["event_id"]),
        trail("PutBucketPolicy", more["time"], event_id=more["event_id"], service="s3", facts=OF_BUCKET),
        trail("UpdateTrail", more["time"], event_id=more["event_id"], facts=TO_BUCKET),
        change(**(plain | {"kind": Kind.ATTEMPT, "error_code": "AccessDenied"})),
        change("FrobnicateSecret", None, **(plain | {"kind": Kind.UNCLASSIFIED})),
    ]
    return made[draw(st.sampled_from([0, 0, 0, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10]))]


TICKETS = [
    ticket(),
    ticket(issue_key="OPS-43", issue_id="10043", secrets=(NAME,), operations=frozenset({"any"}), approvals=None),
    ticket(issue_key="OPS-44", issue_id="10044", secrets=(ARN[:-7],), operations=frozenset({"rotation", "label"})),
    ticket(issue_key="OPS-45", issue_id="", secrets=(OTHER_ARN,), window=None, approvals=(approval(at(hours=-80)),)),
    ticket(
        issue_key="OPS-46",
        issue_id="10046",
        operations=frozenset({"any"}),
        approvals=(),
        emergency_declared_at=at(hours=-3),
    ),
]
HOURS = [HOUR, CoveredHour(ACCOUNT, REGION, at(hours=30)), CoveredHour(ACCOUNT, "us-east-1", T)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_order_any_repetition_and_any_split_give_the_findings_of_one_audit(data: st.DataObject) -> None:
    drawn = data.draw(st.lists(events(), min_size=1, max_size=16))
    tickets = data.draw(st.lists(st.sampled_from(TICKETS), unique=True))
    given_issuances = evidence(issued(), revoked()).issuances if data.draw(st.booleans()) else None
    known = data.draw(st.none() | st.sampled_from(KNOWN))
    whole = told(*tickets, standing=(standing(secrets=("other",)),), issuances=given_issuances, known_until=known)
    hours = data.draw(st.lists(st.sampled_from(HOURS), unique=True))
    again = data.draw(st.lists(st.sampled_from(drawn)) if drawn else st.just([]))
    pieces: list[object] = [*drawn, *again, *hours]
    pieces += [replace(whole, tickets=(it,), issuances=None) for it in (*tickets, *tickets[:1])]
    pieces += [replace(whole, tickets=()), *([None] * data.draw(st.integers(0, 5)))]
    pieces += [TicketSet(known_until=it) for it in KNOWN if known and it < known]
    desk = docket()

    for piece in data.draw(st.permutations(pieces)):
        give(desk, piece)
    desk.decide()

    expected = at_once(drawn, whole, kms_hours=hours)
    assert desk.findings() == expected.findings
    assert desk.blind_intervals() == expected.blind_intervals
    assert desk.guard_events() == expected.guard_events


def give(desk: Docket, piece: object) -> None:
    match piece:
        case Event():
            desk.add([piece])
        case CoveredHour():
            desk.add([], kms_hours=[piece])
        case TicketSet():
            desk.add_tickets(piece)
        case _:
            desk.decide()


# ------------------------------------------------------------------ what touches what, one by one

ROTATES = change(
    "RotateSecret", Operation.ROTATION, event_id="r-1", time=at(hours=-1), facts={"rotation_lambda": LAMBDA}
)
STARTED = service_event("RotationStarted", time=at(minutes=-1), version_id=VERSION)
STEP = change(actor=session("rotate", role="rotate"), facts={"stages": ("AWSPENDING",)})
FOR_ROTATION = ticket(operations=frozenset({"rotation"}))
UPDATE = change("UpdateSecret")
OTHER = change(
    event_id="o-1", version_id="other-version", secret_arn=OTHER_ARN, secret_name="other", secret_given="other"
)
ENDED = service_event("EndSecretVersionDelete", event_id="d-1", version_id="", time=at(hours=1))
BARE: dict[str, Any] = {"secret_arn": "", "secret_name": ""}
ABROAD: dict[str, Any] = {"region": "us-east-1", "secret_arn": ARN.replace(REGION, "us-east-1")}

LATE: dict[str, tuple[Sequence[object], object, list[tuple[str, str]]]] = {
    "a witness makes an update a new value": ([UPDATE, HOUR, ticket()], kms(), [("e-1", "approved")]),
    "a covered hour makes an update metadata": ([UPDATE, ticket()], HOUR, [("e-1", "mismatched")]),
    "a label event elsewhere in the hour makes a witness missing": (
        [change()],
        label(event_id="l-9", version_id="w", secret_arn=OTHER_ARN, secret_name="other"),
        [("e-1", "unapproved"), ("l-9", "unrecorded-version")],
    ),
    "an earlier use of the token makes a repeat": (
        [change()],
        change(event_id="e-0", time=at(minutes=-1)),
        [("e-0", "unapproved"), ("e-1", "unapproved")],
    ),
    "the start of a rotation lets its step inherit": (
        [STEP, ROTATES, FOR_ROTATION],
        STARTED,
        [("e-1", "inherited")],
    ),
    "a ticket for a rotation lets its step inherit": (
        [STEP, ROTATES, STARTED],
        FOR_ROTATION,
        [("r-1", "approved"), ("e-1", "inherited")],
    ),
    "a cancelled rotation passes nothing on": (
        [STEP, ROTATES, STARTED, FOR_ROTATION],
        change("CancelRotateSecret", Operation.ROTATION, event_id="c-1", time=at(minutes=-30)),
        [("c-1", "approved"), ("e-1", "mismatched")],
    ),
    "a call that made the version explains its witness": ([kms()], change(), [("e-1", "unapproved")]),
    "a call on the primary explains the copy in another region": (
        [kms(**ABROAD)],
        change(),
        [("e-1", "unapproved")],
    ),
    "a deletion by name explains what was deleted": (
        [ENDED],
        change("DeleteSecret", Operation.DELETE, **BARE),
        [("e-1", "unapproved")],
    ),
    "a record that tells the ARN lets a ticket by ARN apply": (
        [change(**BARE), ticket(secrets=(ARN[:-7],))],
        change("TagResource", Operation.TAG, event_id="t-1", time=at(hours=1)),
        [("t-1", "mismatched"), ("e-1", "approved")],
    ),
    "a second birth makes a name mean another secret": (
        [change(**BARE, time=at(hours=2)), kms(time=at(hours=1), version_id="w"), ticket()],
        change(
            "CreateSecret",
            Operation.CREATE,
            event_id="n-1",
            time=at(hours=1.5),
            version_id="u",
            secret_arn=ARN.replace("AbCdEf", "XyZxYz"),
        ),
        [("e-1", "unapproved"), ("n-1", "unapproved")],
    ),
    "a correction takes the place of what it corrects": (
        [change()],
        change(event_id="e-2", facts={"corrects": "e-1"}),
        [("e-2", "unapproved")],
    ),
    "the row of the owner takes the place of the other account's": (
        [change(account=ELSEWHERE, event_id="e-9", shared_event_id="one")],
        change(shared_event_id="one"),
        [("e-1", "unapproved")],
    ),
    "a graver record takes the place of one with its id": (
        [change(kind=Kind.ATTEMPT, error_code="AccessDenied", digest="1")],
        change(digest="2"),
        [("e-1", "unapproved")],
    ),
    "a stopped trail marks what was changed meanwhile": (
        [change(), trail("CreateTrail", at(minutes=-9)), trail("StartLogging", at(minutes=5))],
        trail("StopLogging", at(minutes=-5)),
        [("e-1", "unapproved")],
    ),
    "a stopped trail of which nothing is known marks what was changed anywhere": (
        [change(), trail("StartLogging", at(minutes=5))],
        trail("StopLogging", at(minutes=-5)),
        [("e-1", "unapproved"), ("far", "unapproved")],
    ),
    "the making of a trail tells how far its stop reached": (
        [change(), trail("StopLogging", at(minutes=-5)), trail("StartLogging", at(minutes=5))],
        trail("CreateTrail", at(minutes=-9)),
        [("far", "unapproved")],
    ),
    "a token used on another secret before is a reuse": (
        [change(version_id=SEALED_TOKEN, **SECRETS[7]), TicketSet(issuances=evidence(issued()).issuances)],
        change(event_id="e-0", version_id=SEALED_TOKEN),
        [("e-0", "unapproved"), ("e-1", "unapproved")],
    ),
    "an issuance proves": (
        [change(version_id=SEALED_TOKEN), ticket()],
        TicketSet(issuances=evidence(issued()).issuances),
        [("e-1", "proved")],
    ),
    "a ticket that is cited by its id": (
        [change(version_id="#10042." + "A" * 43)],
        ticket(secrets=("something-else",)),
        [("e-1", "mismatched")],
    ),
    "two deletions under one request of no secret are one": (
        [structs.replace(ENDED, **NAMELESS, request_id="q")],
        structs.replace(ENDED, **NAMELESS, request_id="q", event_id="d-0"),
        [("d-0", "orphan-deletion")],
    ),
}


@pytest.mark.parametrize(("before", "late", "altered"), LATE.values(), ids=LATE.keys())
def test_what_comes_late_alters_what_it_touches(
    before: Sequence[object], late: object, altered: list[tuple[str, str]]
) -> None:
    desk = docket()
    for piece in before:
        give(desk, told(piece) if isinstance(piece, Ticket) else piece)
    far = change(event_id="far", account=ELSEWHERE, secret_arn="", secret_name="far", secret_given="far", version_id="")
    desk.add([far])
    desk.decide()

    give(desk, told(late) if isinstance(late, Ticket) else late)
    decided = desk.decide()

    assert sorted(names(decided.findings)) == sorted(altered)
    again = docket()
    for piece in (late, far, *before):
        give(again, told(piece) if isinstance(piece, Ticket) else piece)
    again.decide()
    assert desk.findings() == again.findings()


def test_identities_tell_who_made_what_was_decided_before() -> None:
    desk = docket()
    desk.add([change()])
    desk.add_tickets(told(ticket()))
    desk.decide()

    desk.add_tickets(TicketSet(identities={"ben.j": (BEN.arn,)}))

    assert names(desk.decide().findings) == [("e-1", "unattributed")]


def test_what_is_not_touched_is_not_looked_at() -> None:
    desk = docket()
    desk.add([change(), OTHER])
    desk.add_tickets(told(ticket()))

    first = desk.decide()
    desk.add([change(event_id="o-2", time=at(hours=1), version_id="w", **SECRETS[7])])
    second = desk.decide()

    assert (first.looked_at, second.looked_at) == (2, 2)
    assert names(second.findings) == [("o-2", "unapproved")]
    assert desk.decide() == Decided(findings=(), withdrawn=(), looked_at=0)


def test_the_same_again_touches_nothing() -> None:
    desk = docket()

    def give_all() -> Decided:
        desk.add([change(digest="1")], kms_hours=[HOUR])
        desk.add_tickets(told(ticket(), issuances=evidence(issued()).issuances))
        return desk.decide()

    assert [give_all().looked_at, give_all().looked_at] == [1, 0]


def test_a_finding_that_is_explained_is_withdrawn() -> None:
    desk = docket()
    desk.add([kms()])
    assert names(desk.decide().findings) == [("k-1", "unrecorded-version")]

    desk.add([change()])
    decided = desk.decide()

    assert (names(decided.findings), names(decided.withdrawn)) == (
        [("e-1", "unapproved")],
        [("k-1", "unrecorded-version")],
    )
    assert names(desk.findings()) == [("e-1", "unapproved")]


def test_time_alone_makes_an_emergency_overdue_and_touches_nothing_else() -> None:
    desk = docket(Rules(policy=Policy(), as_of=at(hours=1)))
    desk.add([change(), OTHER])
    desk.add_tickets(told(ticket(approvals=(), emergency_declared_at=at(hours=-1))))
    assert ("e-1", "emergency-pending") in names(desk.decide().findings)

    decided = desk.decide(as_of=at(hours=25))

    assert (names(decided.findings), decided.looked_at) == ([("e-1", "emergency-overdue")], 1)
    assert desk.decide(as_of=at(hours=25)).looked_at == 0


@pytest.mark.parametrize(
    "said_now",
    [
        {"secrets": (OTHER_ARN,)},
        {"issue_key": "NEW-7", "secrets": (OTHER_ARN,)},
        {"issue_id": "", "secrets": (OTHER_ARN,)},
    ],
    ids=["altered", "moved to another project", "without its id"],
)
def test_a_ticket_takes_the_place_of_what_was_said_of_it_before(said_now: dict[str, Any]) -> None:
    desk = docket()
    desk.add([change(), OTHER])
    desk.add_tickets(told(ticket()))
    assert names(desk.decide().findings) == [("e-1", "approved"), ("o-1", "unapproved")]

    desk.add_tickets(told(ticket(**said_now)))
    decided = desk.decide()

    assert names(decided.findings) == [("e-1", "unapproved"), ("o-1", "approved")]


@pytest.mark.parametrize("take", [Docket.add_tickets, Docket.hold_tickets])
@pytest.mark.parametrize("moved", [{"issue_key": "NEW-7"}, {"issue_id": "10077"}], ids=["one id", "one key"])
def test_two_tickets_with_a_name_in_common_that_came_together_are_both_judged_as_one_audit_judges_them(
    take: Callable[[Docket, TicketSet], None], moved: dict[str, Any]
) -> None:
    approved, waiting = ticket(), ticket(approvals=(), **moved)
    for tickets in [(approved, waiting), (waiting, approved)]:
        desk = docket()
        desk.add([change()])
        take(desk, told(*tickets))

        desk.decide()

        assert desk.findings() == at_once([change()], told(*tickets)).findings


def test_keys_and_evidence_that_come_later_are_used() -> None:
    desk = Docket(RULES)
    desk.add([change(version_id=SEALED_TOKEN), OTHER])
    desk.add_tickets(told(ticket()))
    assert names(desk.decide().findings)[0] == ("e-1", "approved")

    desk.know(evidence(issued()))
    decided = desk.decide()

    assert (names(decided.findings), decided.looked_at) == ([("e-1", "proved")], 1)


def test_a_discrepancy_of_a_blind_interval_is_never_all_clear() -> None:
    desk = docket()
    desk.add([trail("StopLogging", at(hours=-1)), trail("StartLogging", at(hours=1))])

    desk.decide()

    assert not desk.findings()
    assert [(it.start, it.end) for it in desk.blind_intervals()] == [(at(hours=-1), at(hours=1))]
    assert [it.name for it in desk.guard_events()] == ["StopLogging", "StartLogging"]


@pytest.mark.parametrize(("places", "count"), [((Place("logs"),), 0), ((), 1)])
def test_a_trail_that_is_sent_where_its_files_are_read_is_not_blind(places: tuple[Place, ...], count: int) -> None:
    update = trail("UpdateTrail", T, facts={"guards": "monitor", "resource": "t", "bucket": "logs", "sent": True})
    rules = replace(RULES, read=places)
    desk = docket(rules)
    desk.add([update])
    desk.decide()

    assert len(desk.blind_intervals()) == count
    assert desk.blind_intervals() == at_once([update], told(), rules=rules).blind_intervals


def test_a_bucket_that_a_trail_turns_out_to_deliver_to_was_guarded_before() -> None:
    altered = trail("PutBucketPolicy", at(hours=-1), service="s3", facts=OF_BUCKET, account=ELSEWHERE, version_id="")
    desk = docket()
    desk.add([altered])
    assert desk.guard_events(desk.decide().events) == ()

    desk.add([trail("UpdateTrail", T, facts=TO_BUCKET)])
    decided = desk.decide()

    assert [it.name for it in desk.guard_events(decided.events)] == ["PutBucketPolicy", "UpdateTrail"]
    assert desk.guard_events() == desk.guard_events(decided.events)


def test_tickets_as_all_there_are_forget_what_is_not_among_them() -> None:
    desk = docket()
    desk.add([change(), OTHER])
    both = told(ticket(), ticket(issue_key="OPS-43", issue_id="10043", secrets=(OTHER_ARN,)), standing=(standing(),))
    desk.hold_tickets(both)
    assert names(desk.decide().findings) == [("e-1", "approved"), ("o-1", "approved")]

    desk.hold_tickets(replace(both, tickets=both.tickets[1:], standing=()))
    decided = desk.decide()

    assert names(decided.findings) == [("e-1", "unapproved")]
    desk.hold_tickets(TicketSet())
    desk.decide()
    assert desk.findings() == at_once([change(), OTHER], TicketSet()).findings


def test_a_standing_approval_counts_from_when_it_is_heard_of_until_it_is_not_told_any_more() -> None:
    desk, people = docket(), told()
    desk.add([change()])
    desk.hold_tickets(people)
    assert names(desk.decide().findings) == [("e-1", "unapproved")]

    desk.hold_tickets(replace(people, standing=(standing(),)))
    assert names(desk.decide().findings) == [("e-1", "approved")]

    desk.hold_tickets(people)
    assert names(desk.decide().findings) == [("e-1", "unapproved")]


def test_the_same_tickets_again_touch_nothing() -> None:
    desk = docket()
    desk.add([change(), OTHER])
    desk.hold_tickets(told(ticket()))
    desk.decide()

    desk.hold_tickets(told(ticket()))

    assert desk.decide().looked_at == 0
    assert desk.policy == Policy()


def test_events_of_what_was_touched_are_told_with_it() -> None:
    desk = docket()
    desk.add([change(), OTHER])
    desk.decide()

    desk.add([kms()])
    decided = desk.decide()

    assert [it.event_id for it in decided.events] == ["e-1", "k-1"]
    assert [it.event_id for it in desk.events()] == ["e-1", "k-1", "o-1"]


def test_a_ticket_that_moved_is_found_by_the_key_that_a_change_cites() -> None:
    cites = change(version_id="OPS-42." + "A" * 43)
    moved = ticket(
        issue_key="SEC-7",
        secrets=("something-else",),
        edits=(FieldEdit(at=at(hours=1), field="Key", former_key="OPS-42"),),
    )
    desk = docket()
    desk.add([cites])
    desk.decide()
    desk.add_tickets(told(moved))

    assert names(desk.decide().findings) == [("e-1", "mismatched")]
    assert desk.findings() == at_once([cites], told(moved)).findings

    desk.hold_tickets(told())

    assert names(desk.decide().findings) == [("e-1", "unapproved")]


def test_tickets_read_later_decide_what_was_unknown_and_nothing_else() -> None:
    desk = docket()
    desk.add([change(time=at(hours=-1)), structs.replace(OTHER, time=at(hours=1))])
    desk.hold_tickets(told(known_until=T))
    assert names(desk.decide().findings) == [("e-1", "unapproved"), ("o-1", "approval-unknown")]

    desk.hold_tickets(told(known_until=at(hours=2)))
    decided = desk.decide()

    assert (names(decided.findings), decided.looked_at) == ([("o-1", "unapproved")], 1)


def test_an_emergency_is_not_overdue_before_tickets_of_its_limit_were_read() -> None:
    urgent = ticket(approvals=(), emergency_declared_at=at(hours=-1))
    desk = docket()
    desk.add([change()])
    desk.hold_tickets(told(urgent, known_until=at(hours=2)))
    assert names(desk.decide().findings) == [("e-1", "emergency-pending")]

    desk.hold_tickets(told(urgent, known_until=at(hours=30)))

    assert names(desk.decide().findings) == [("e-1", "emergency-overdue")]


@pytest.mark.parametrize("steps", [[T, None], [None, T], [at(hours=2), at(hours=-2)], [T, T], [at(hours=-2), T]])
def test_up_to_when_tickets_are_known_may_move_either_way(steps: list[datetime | None]) -> None:
    events = [change(time=at(hours=-1)), structs.replace(OTHER, time=at(hours=1))]
    desk = docket()
    desk.add(events)
    for known in steps:
        desk.hold_tickets(told(ticket(), known_until=known))
        desk.decide()

    assert desk.findings() == at_once(events, told(ticket(), known_until=steps[-1])).findings


def test_a_secret_that_is_known_better_joins_its_case_to_another() -> None:
    create: dict[str, Any] = {"operation": Operation.CREATE, "version_id": ""}
    events = [
        trail("StopLogging", T, event_id="a"),
        structs.replace(move("", event_id="a"), **SECRETS[1], version_id="", digest="1"),
        change("CreateSecret", event_id="b", **(create | SECRETS[1] | {"version_id": VERSION})),
        change("CreateSecret", event_id="d", **(create | SECRETS[8] | {"shared_event_id": "one"})),
        change("CreateSecret", event_id="a", **(create | SECRETS[0] | {"shared_event_id": "one", "digest": "2"})),
        change("CreateSecret", event_id="c", **(create | SECRETS[5] | {"version_id": VERSION})),
    ]
    desk = docket()
    desk.add(events)
    desk.decide()

    assert desk.findings() == at_once(events, told()).findings
