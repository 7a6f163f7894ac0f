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
    session,
)
from tests.unit.correlation.judging.oracle import World

from counterseal.correlation.records.event import Actor, Event
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
CAB = frozenset({"cab"})


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
    known = (("Secret", "customfield_1"), ("Change end", "customfield_5"), ("summary", "summary"))
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


def ticket(draw: Draw, number: int) -> Ticket:
    """Return a ticket that mostly is for ana's change of the secret."""
    before = (at(hours=-3), at(hours=-3), at(hours=-1))
    is_late = draw.one_of((False, False, True))
    decided = tuple(T + it for it in (SECOND, HOUR, DAY, DAY + SECOND)) if is_late else before
    return Ticket(
        issue_id=f"1004{number}",
        issue_key=f"OPS-4{number}",
        secrets=draw.usually(draw.one_of(((ARN,), (NAME,), (ARN[:-7],))), (OTHER_ARN, NAME), (OTHER_ARN,), ()),
        operations=frozenset(draw.usually(("value",), ("any",), ("label", "value"), ("delete",), ())),
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


def value(draw: Draw) -> Event:
    """Return one change of a secret's value."""
    sealed = "A" * 43
    return change(
        actor=actor(draw),
        account=draw.usually(ACCOUNT, ELSEWHERE),
        secret_arn=draw.usually(ARN, ""),
        version_id=draw.usually(
            VERSION, f"OPS-40.{sealed}", f"#10041.{sealed}", f"OPS-90.{sealed}", f"OPS-40.{sealed}A"
        ),
        facts=draw.usually({}, {"session_tags": {"t": "OPS-40"}}, {"session_tags": {"t": "see OPS-40"}}),
    )


def standing(draw: Draw) -> Standing:
    """Return a standing approval."""
    principals = (ANA.arn, BEN.arn, f"{ROLE}/Admin", f"{ROLE}/path/Admin", session("x").arn, ZOE.arn)
    return Standing(
        principal=draw.one_of(principals),
        secrets=draw.one_of(((ARN,), (ARN[:-7],), (NAME,), ("db/*",), ("*",), (OTHER_ARN,), ("arn:*",))),
        operations=frozenset({draw.one_of(("value", "any", "delete"))}),
        issue_key=draw.one_of(("OPS-1", "OPS-2")),
        owner="cleo.j",
        expires=draw.one_of((at(days=9), T, at(seconds=-1))),
    )


def freeze(draw: Draw) -> Freeze:
    """Return a period in which nothing is to be changed."""
    start, end = sorted((moment(draw), moment(draw)))
    return Freeze(start=start, end=end)


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
    )


def world(one_of: Callable[[Sequence[Any]], Any]) -> World:
    """Return one change, and what was said about it."""
    draw = Draw(one_of, one_of((1, 2, 5, 10, 20)))
    return World(
        events=(value(draw),),
        told=TicketSet(
            tickets=tuple(ticket(draw, number) for number in range(one_of((0, 1, 1, 1, 2, 2)))),
            identities=draw.usually(KNOWN, {}),
            standing=draw.usually((), draw.several(standing, 1, 2)),
            known_until=draw.usually(None, moment(draw)),
        ),
        policy=policy(draw),
        as_of=one_of((at(days=10), at(hours=1), at(hours=24), at(hours=24, seconds=1), at(seconds=1))),
    )
