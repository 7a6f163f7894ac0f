"""Small invented worlds, drawn close to every edge that a verdict has: few people, few secrets, times that collide.

What chooses is passed in: hypothesis in a test, a seeded generator where hundreds of thousands are wanted.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec import structs
from tests.unit.correlation.invented import (
    ACCOUNT,
    ANA,
    ARN,
    BEN,
    IDENTITIES,
    NAME,
    OTHER_ARN,
    REGION,
    VERSION,
    ZOE,
    T,
    at,
    change,
    kms,
    label,
    move,
    service_event,
    session,
)
from tests.unit.correlation.judging.oracle_tickets import Seal, World
from tests.unit.correlation.judging.oracle_traces import hour
from tests.unit.correlation.sealing import KEY, OTHER_KEY, issued, revoked

from counterseal.correlation.records.event import Actor, Event, Kind, Operation
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.correlation.tickets.policy import Basis, Freeze, Policy
from counterseal.correlation.tickets.ticket import (
    Approval,
    Decision,
    FieldEdit,
    Standing,
    StatusMove,
    Ticket,
    TicketSet,
    Wait,
    Window,
)

NONE, HOUR, DAY, SECOND = timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
# Around the change; and the ends of 72 hours before it, of 24 hours after it, of 7 days on either side.
NEAR = (-2 * HOUR, -HOUR, -HOUR, -SECOND, NONE, SECOND, HOUR, 2 * HOUR)
FAR = (-10 * DAY, -7 * DAY, -3 * DAY, DAY, 7 * DAY, 10 * DAY)
ELSEWHERE = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
KNOWN = IDENTITIES | {"ana.j": (*IDENTITIES["ana.j"], "u-ana"), "cleo.j": ("cleo", "shared")}
MORE_KNOWN = {"dan.j": ("shared", f"{ROLE}/Admin"), "ana.j": (f"{ROLE}/Admin",)}
MAPPED_FIELDS = {"secrets": "Secret", "window_to": "customfield_5"}
OTHER: dict[str, Any] = {"secret_arn": OTHER_ARN, "secret_name": "other", "secret_given": "other"}
CAB = frozenset({"cab"})


class Happened(NamedTuple):
    """What was recorded, and for which operations tickets were likely made."""

    events: tuple[Event, ...]
    operations: Sequence[str]


class Draw(NamedTuple):
    """What chooses, and how seldom anything in this world is out of the ordinary."""

    one_of: Callable[[Sequence[Any]], Any]
    calm: int = 1

    def usually(self, usual: object, *seldom: object) -> Any:
        """Return what is usual, or something else."""
        return self.one_of([*[usual] * (self.calm * len(seldom)), *seldom])

    def several(self, one: Callable[["Draw"], Any], *lengths: int) -> tuple[Any, ...]:
        """Return so many of them."""
        return tuple(one(self) for _ in range(self.one_of(lengths)))


def moment(draw: Draw) -> datetime:
    """Return a time close to an edge."""
    far: timedelta = draw.one_of(FAR) + draw.one_of((-SECOND, NONE, SECOND))
    near: timedelta = draw.one_of(NEAR)
    return T + (far if draw.one_of((False, False, False, True)) else near)


def window(draw: Draw) -> Window | None:
    """Return none, a wide one, or one of any two moments."""
    start, end = sorted((moment(draw), moment(draw)))
    wide = Window(start=at(days=-1), end=at(days=1))
    found: Window | None = draw.usually(draw.one_of((wide, wide, None)), Window(start=start, end=end))
    return found


def groups(draw: Draw) -> frozenset[str] | None:
    """Return the groups of a user."""
    found: frozenset[str] | None = draw.usually(frozenset({"CAB"}), frozenset({"cab", "x"}), frozenset({"x"}), None)
    return found


def decision(draw: Draw, *usual: datetime) -> Approval:
    """Return an approval, or now and then a rejection."""
    return Approval(
        by=draw.usually(draw.one_of(("ben.j", "dan.j")), "ana.j", "cleo.j", ""),
        at=draw.usually(draw.one_of(usual), moment(draw), moment(draw)),
        decision=draw.usually(Decision.APPROVED, Decision.REJECTED),
        groups=groups(draw),
    )


def edit(draw: Draw) -> FieldEdit:
    """Return an edit."""
    said = (("Secret", "customfield_1"), ("Change end", "customfield_5"), ("summary", "summary"))
    known = (*said, ("reporter", "reporter"))
    field, field_id = draw.one_of((("secrets", ""), ("Comment", ""), ("status", ""), ("Secret", ""), *known))
    former = draw.usually("", "OPS-90")
    return FieldEdit(at=moment(draw), field=field, field_id=field_id, former_key=former)


def status_move(draw: Draw) -> StatusMove:
    """Return a move of the ticket to a status."""
    return StatusMove(
        at=moment(draw),
        to=draw.one_of(("Approved", "approved", "In Progress", "Done", "To Do", "Rejected")),
        by=draw.usually(draw.one_of(("ben.j", "dan.j")), "cleo.j", ""),
        groups=groups(draw),
    )


def wait(draw: Draw) -> Wait:
    """Return a time in which a decision was asked for."""
    start, end = sorted((moment(draw), moment(draw)))
    return Wait(start=start, end=draw.one_of((None, end, end)))


def ticket(draw: Draw, number: int, operations: Sequence[str]) -> Ticket:
    """Return a ticket that mostly is for ana's changes of the secret."""
    before = (at(hours=-3), at(hours=-3), at(hours=-1))
    is_late = draw.one_of((False, False, True))
    decided = tuple(T + it for it in (SECOND, HOUR, DAY, DAY + SECOND)) if is_late else before
    return Ticket(
        issue_id=f"1004{number}",
        issue_key=f"OPS-4{number}",
        secrets=draw.usually(draw.one_of(((ARN,), (NAME,), (ARN[:-7],))), (OTHER_ARN, NAME), (OTHER_ARN,), ()),
        operations=frozenset(draw.usually((draw.one_of(operations),), ("any",), ("label", "value"), ("delete",), ())),
        status=draw.usually("Approved", "Rejected", "To Do"),
        account=draw.usually("", ACCOUNT, ELSEWHERE),
        region=draw.usually("", REGION, "us-east-1"),
        requester=draw.usually("cleo.j", "ana.j", "ben.j", ""),
        assignee=draw.usually("ana.j", "ben.j", "cleo.j", ""),
        executors=draw.usually((), ("ana.j",), ("ben.j", "dan.j")),
        approvals=draw.usually(draw.several(lambda it: decision(it, *decided), 1, 1, 2, 3), (), None),
        waits=draw.usually((), draw.several(wait, 1, 1, 2)),
        window=window(draw),
        emergency_declared_at=draw.usually(draw.one_of((None, at(hours=-1))) if is_late else None, moment(draw)),
        edits=draw.usually((), draw.several(edit, 1, 2)),
        status_history=draw.usually((), draw.several(status_move, 1, 2, 3)),
        changed_after_approval=draw.usually(False, True),
    )


def actor(draw: Draw) -> Actor:
    """Return somebody, known or not, who may cite a ticket."""
    cited = draw.one_of(("", "OPS-40", "OPS-41", "OPS-90", "OPS-99"))
    sessions = (
        session(draw.one_of(("x", "cleo", "shared", "ana@example.com", "OPS-40", "a-OPS-41", "OPS-99"))),
        session(source_identity=cited),
        session("OPS-40", source_identity=cited, role=draw.one_of(("Other", "Admin"))),
        structs.replace(session("cleo"), user_id=draw.one_of(("u-ana", "u-zoe"))),
        structs.replace(ANA, source_identity=cited),
        structs.replace(BEN, session_name=cited),
    )
    found: Actor = draw.usually(ANA, BEN, ZOE, *sessions)
    return found


def value(draw: Draw) -> Happened:
    """Return one change of a secret's value, which may cite a ticket by a token of a counterseal's form."""
    sealed = "A" * 43
    replica = {"region": "us-east-1", "secret_arn": ARN.replace(REGION, "us-east-1")}
    place = draw.usually({"secret_arn": ARN}, {"secret_arn": ""}, {"account": ELSEWHERE}, replica)
    one = change(
        actor=actor(draw),
        **place,
        version_id=draw.usually(
            VERSION, f"OPS-40.{sealed}", f"#10041.{sealed}", f"OPS-90.{sealed}", f"OPS-40.{sealed}A"
        ),
        facts=draw.usually({}, {"session_tags": {"t": "OPS-40"}}, {"session_tags": {"t": "see OPS-40"}}),
    )
    return Happened((one,), ("value",))


def witnessed(draw: Draw) -> Happened:
    """Return an UpdateSecret or a PutSecretValue, perhaps a repeated one, with witnesses or without."""
    name = draw.one_of(("UpdateSecret", "PutSecretValue"))
    stages = draw.usually({}, {"stages": ("AWSPENDING",)}, {"stages": ("AWSCURRENT", "mine")})
    facts = stages if name == "PutSecretValue" else {}
    found = [change(name, actor=actor(draw), facts=facts)]
    if name == "PutSecretValue" and draw.one_of((True, False)):
        found.append(change(event_id="e-0", time=T + draw.one_of((-HOUR, -SECOND, NONE, SECOND)), facts=facts))
    for number, make in enumerate((kms, label)):
        if draw.one_of((True, False)):
            version = draw.usually(VERSION, "another", "RequestToValidateKeyAccess")
            where = draw.usually({}, OTHER, {"secret_arn": ""})
            seen = make(event_id=f"w-{number}", version_id=version, time=T + draw.usually(NONE, SECOND, -HOUR), **where)
            found.append(draw.usually(seen, structs.replace(seen, actor=ANA)))
    return Happened(tuple(found), ("value", "metadata"))


def labelled(draw: Draw) -> Happened:
    """Return the move of a label to a version that is new, old or unknown."""
    new, old = VERSION, "old"
    staged = draw.usually({"stages": ("AWSPENDING",)}, {}, {"stages": ("AWSCURRENT", "AWSPENDING")})
    stage = draw.usually("AWSCURRENT", "AWSPENDING", "AWSPREVIOUS", "mine")
    found = [
        change(event_id="e-0", time=at(hours=-2), version_id=old, facts=draw.usually({}, staged)),
        change(event_id="e-2", time=T + draw.usually(-HOUR, -SECOND, NONE, SECOND), facts=staged),
        move(draw.usually(new, old, "unknown"), stage=stage, actor=actor(draw), secret_arn=draw.usually(ARN, "")),
    ]
    if draw.usually(False, True):
        found.append(move(draw.one_of((new, old)), event_id="e-3", time=T + draw.one_of((-HOUR, -SECOND, NONE, HOUR))))
    return Happened(tuple(found), ("label", "label", "value"))


def rotated(draw: Draw) -> Happened:
    """Return a rotation, of which now and then a link is missing, or not what it should be."""
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotate"
    of_function = draw.usually({"rotation_lambda": function}, {"rotation_lambda": f"{function}:live"}, {})
    steps_by = session("rotate", role="rotation")
    managed = Actor(type="AWSService", via="rds.amazonaws.com", name="rds.amazonaws.com")
    by = draw.usually(steps_by, managed, ANA, session("x", role="rotation"), session("rotate", role="Admin"))
    secret = draw.usually({}, {"secret_arn": ""})
    when = T + draw.usually(-HOUR, -SECOND, NONE, SECOND)
    started = service_event("RotationStarted", time=T + draw.usually(-SECOND, -HOUR, NONE, SECOND), version_id=VERSION)
    found = [
        change("RotateSecret", Operation.ROTATION, event_id="r-0", time=when, facts=of_function, version_id=""),
        draw.usually(started, structs.replace(started, version_id="another"), structs.replace(started, **OTHER)),
        change(actor=by, facts={"stages": ("AWSPENDING",)}, **secret),
        move(VERSION, actor=by, event_id="e-2", time=T + draw.usually(SECOND, HOUR, NONE)),
    ]
    other = draw.one_of(("RotateSecret", "CancelRotateSecret", "RotationSucceeded", "RotationStarted"))
    then = T + draw.one_of((-2 * HOUR, -SECOND, NONE, SECOND))
    again = change(other, Operation.ROTATION, event_id="r-1", time=then, actor=actor(draw), version_id="")
    if other.startswith("Rotation"):
        again = service_event(other, event_id="r-1", time=then, version_id=draw.one_of((VERSION, "another")))
    return Happened((*found, *draw.usually((), (again,))), ("rotation",))


def blinded(draw: Draw) -> tuple[Event, ...]:
    """Return what stops or alters a trail, and perhaps what tells how far it reached and what starts it again."""
    facts = {"guards": "monitor", "resource": "trail"}
    call = change("StopLogging", None, service="cloudtrail", kind=Kind.GUARD, facts=facts, version_id="")
    call = structs.replace(call, secret_arn="", secret_name="", secret_given="")
    found = [structs.replace(call, event_id="g-1", time=moment(draw), error_code=draw.usually("", "AccessDenied"))]
    if draw.one_of((True, False)):
        found.append(structs.replace(call, name="StartLogging", event_id="g-2", time=moment(draw)))
    if draw.one_of((True, False)):
        put = structs.replace(call, name="PutEventSelectors")
        told = facts | {"selectors": [{"readWriteType": "All"}]}
        found.append(structs.replace(put, event_id="g-5", time=moment(draw)))
        found.append(structs.replace(put, event_id="g-6", time=moment(draw), facts=told))
    if draw.one_of((True, False)):
        found.append(structs.replace(call, name="CreateTrail", event_id="g-0", time=at(days=-20)))
    return tuple(found)


def departed(draw: Draw) -> tuple[Event, ...]:
    """Return what takes the account out of its organisation, and perhaps what brings it into one."""
    manager = "999999999999"
    gone, joined = blinded_by("RemoveAccountFromOrganization"), blinded_by("AcceptHandshake")
    facts = {"guards": "monitor", "resource": ACCOUNT}
    inviter = {"inviter": draw.usually(manager, "888888888888")}
    found = [structs.replace(gone, event_id="g-3", time=moment(draw), account=manager, facts=facts)]
    if draw.one_of((True, False)):
        found.append(structs.replace(joined, event_id="g-4", time=moment(draw), facts=facts | inviter))
    return tuple(found)


def blinded_by(name: str) -> Event:
    """Return a call to Organizations, of nothing yet."""
    call = change(name, None, service="organizations", kind=Kind.GUARD, version_id="")
    return structs.replace(call, secret_arn="", secret_name="", secret_given="")


def freeze(draw: Draw) -> Freeze:
    """Return a period in which nothing is to be changed."""
    start, end = sorted((moment(draw), moment(draw)))
    return Freeze(start=start, end=end)


def standing(draw: Draw) -> Standing:
    """Return a standing approval."""
    principals = (ANA.arn, BEN.arn, f"{ROLE}/Admin", f"{ROLE}/path/Admin", session("x").arn, ZOE.arn)
    return Standing(
        principal=draw.one_of(principals),
        secrets=draw.one_of(((ARN,), (ARN[:-7],), (NAME,), ("db/*",), ("*",), (OTHER_ARN,), ("arn:*",))),
        operations=frozenset({draw.one_of(("value", "any", "rotation"))}),
        issue_key=draw.one_of(("OPS-1", "OPS-2")),
        owner="cleo.j",
        expires=draw.one_of((at(days=9), T, at(seconds=-1))),
    )


def policy(draw: Draw) -> Policy:
    """Return the defaults, altered a little."""
    default = Policy()
    return replace(
        default,
        approvers_needed=draw.usually(1, 2),
        separation_of_duties=draw.usually(True, False),
        approver_groups=draw.usually(frozenset(), CAB),
        approved_statuses=draw.usually(frozenset(), frozenset({"approved"})),
        candidate_span=draw.usually(default.candidate_span, NONE, DAY),
        default_window=draw.usually(default.default_window, HOUR, NONE),
        emergency_limit=draw.usually(default.emergency_limit, HOUR, NONE),
        minimum_basis=draw.usually(Basis.MAPPED_ACTOR, Basis.SOURCE_IDENTITY, Basis.SESSION_NAME, Basis.WINDOW),
        baseline=draw.usually(None, T, at(seconds=1), at(days=-1)),
        identities=draw.usually({}, MORE_KNOWN),
        jira_fields=draw.usually({}, MAPPED_FIELDS),
        freezes=draw.usually((), (freeze(draw),)),
        standing=draw.usually((), draw.several(standing, 1)),
        rotation_roles=draw.usually({}, {f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotate": f"{ROLE}/rotation"}),
    )


def sealed(draw: Draw, one: Ticket) -> tuple[Happened, tuple[Seal, ...]]:
    """Return a change that carries a counterseal of a ticket, holding or not, and perhaps the rest of its use."""
    begin = draw.usually(at(minutes=-30), T, at(seconds=1), at(hours=-3, seconds=-1))
    issue = {
        "issue_id": one.issue_id,
        "issue_key": one.issue_key,
        "operation": draw.usually("value", "rotation"),
        "principal": draw.usually(ANA.arn, BEN.arn, f"{ROLE}/Admin"),
        "secret_arn": draw.usually(ARN, "", OTHER_ARN),
        "not_before": begin,
        "expires": draw.usually(at(hours=6), T, at(seconds=-1)),
        "approval_digest": approval_digest(draw.usually(one, replace(one, requester="eve.j")), begin),
    }
    right = issued(**issue)
    wrong = replace(right, issuance=replace(right.issuance, principal="somebody else"))
    foreign = issued(by=OTHER_KEY, notary_key=OTHER_KEY.key_id, **issue)
    revocation = revoked(revoked_at=draw.usually(at(hours=1), T, at(seconds=-1)), by=draw.usually(KEY, OTHER_KEY))
    seals = draw.usually((Seal(right),), (Seal(wrong, is_genuine=False),), (Seal(foreign, is_genuine=None),), ())
    genuine = revocation == revoked(revoked_at=revocation.revocation.revoked_at)
    seals = tuple(it._replace(revoked=draw.usually((), (revocation,)), is_revocation_genuine=genuine) for it in seals)
    token = foreign.token if seals and seals[0].is_genuine is None else right.token
    stages = draw.one_of(({}, {"stages": ("AWSPENDING",)}))
    used = [change(actor=actor(draw), version_id=token, facts=stages, secret_arn=draw.usually(ARN, ""))]
    if draw.usually(False, True, True):
        where = draw.usually({}, OTHER)
        used.append(
            change(event_id="e-2", version_id=token, time=T + draw.one_of((-HOUR, -SECOND, NONE, HOUR)), **where)
        )
    if stages or draw.usually(False, True):
        then = T + draw.usually(SECOND, NONE, -SECOND, HOUR, 7 * HOUR)
        ended = {"facts": {"stage": "AWSPENDING", "remove_from": token}}
        current = {"facts": {"stage": draw.usually("AWSCURRENT", "mine"), "move_to": token}}
        rest = change("UpdateSecretVersionStage", Operation.LABEL, event_id="e-3", time=then, actor=actor(draw))
        used.append(structs.replace(rest, **draw.usually(current, ended)))
    return Happened(tuple(used), ("value",)), seals


def world(one_of: Callable[[Sequence[Any]], Any]) -> World:
    """Return a few changes, and what was said about them."""
    draw = Draw(one_of, one_of((1, 2, 5, 10, 20)))
    kind = one_of((value, value, value, witnessed, labelled, rotated, None))
    happened = kind(draw) if kind else Happened((), ("value",))
    tickets = tuple(ticket(draw, number, happened.operations) for number in range(one_of((0, 1, 1, 1, 2, 2))))
    seals = None
    if kind is None:
        tickets = tickets or (ticket(draw, 0, ("value",)),)
        happened, seals = sealed(draw, tickets[0])
    hours = {hour(it) for it in happened.events}
    return World(
        events=happened.events + draw.usually((), blinded(draw)) + draw.usually((), departed(draw)),
        told=TicketSet(
            tickets=tickets,
            identities=draw.usually(KNOWN, {}),
            standing=draw.usually((), draw.several(standing, 1, 2)),
            known_until=draw.usually(None, moment(draw)),
        ),
        policy=policy(draw),
        as_of=one_of((at(days=10), at(hours=1), at(hours=24), at(hours=24, seconds=1), at(seconds=1))),
        seals=draw.usually(seals, None),
        anchored=draw.one_of(({}, {"1" * 32: at(seconds=-1)}, {"1" * 32: T})),
        kms_hours=frozenset(hours) if one_of((True, False)) else frozenset(),
    )
