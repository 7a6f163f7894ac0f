"""A week at an invented bakery: what was asked, what was approved, and what AWS recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from counterseal.assembly.demo.notary import issued_for
from counterseal.assembly.demo.people import (
    ACCOUNT,
    CONTRACTOR,
    IDENTITIES,
    INES,
    JONAS,
    MAYA,
    PRIYA,
    REGION,
    ROTATION,
    Person,
)
from counterseal.assembly.demo.records import (
    Call,
    Record,
    data_key,
    invented_id,
    label_moved,
    read_call,
    secret_arn,
    service_event,
    trail_call,
)
from counterseal.clock import format_time
from counterseal.correlation.tickets.counterseal import Issued

SECOND = timedelta(seconds=1)
_LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{ROTATION.session}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the demonstration is made of: records of a trail, events of Secrets Manager, a ticket file."""

    records: list[Record] = field(default_factory=list)
    label_events: list[Record] = field(default_factory=list)
    tickets: list[Record] = field(default_factory=list)
    issuances: list[Issued] = field(default_factory=list)

    def ticket_file(self) -> Record:
        """Return the content of the ticket file (docs/reference/ticket-file.md)."""
        return {"tickets": self.tickets, "identities": IDENTITIES, "standing": []}

    def new_value(self, at: datetime, by: Person, secret: str, *, name: str = "PutSecretValue", token: str = "") -> str:
        """Record a new value with all three witnesses, and return its version id: the token, where one is given."""
        version_id = token or invented_id("version", secret, format_time(at))
        self.records.append(Call(at=at, by=by, name=name, secret=secret, version_id=version_id).record())
        self.records.append(data_key(at, by, secret, version_id))
        self.label_events.append(label_moved(at + SECOND, secret, version_id))
        return version_id


def tell(now: datetime) -> Story:
    """Return the story as it stands at that time; every part is some days or hours before it."""
    story = Story()
    for chapter in (
        _proved,
        _approved,
        _rotated,
        _approved_late,
        _mismatched,
        _unapproved,
        _rolled_back,
        _unseen,
        _today,
    ):
        chapter(story, now)
    story.records.extend(_reads(now))
    return story


def ticket(number: int, secret: str, asked: datetime, by: Person, **more: object) -> Record:
    """Return one ticket: what it is about, asked for at that time, with what else is said of it."""
    return {
        "id": str(10000 + number),
        "key": f"OPS-{number}",
        "secrets": [secret_arn(secret)],
        "operations": ["value"],
        "status": "Approved",
        "requester": by.user,
        "assignee": by.user,
        "status_history": [{"at": format_time(asked), "to": "Open"}],
        **more,
    }


def decided(by: Person, at: datetime, decision: str = "approved") -> dict[str, list[dict[str, str]]]:
    """Return the approvals of a ticket that one person decided."""
    return {"approvals": [{"by": by.user, "at": format_time(at), "decision": decision}]}


def window(start: datetime, hours: float) -> dict[str, dict[str, str]]:
    """Return the window of a ticket."""
    return {"window": {"from": format_time(start), "to": format_time(start + timedelta(hours=hours))}}


def _proved(story: Story, now: datetime) -> None:
    """The notary issues a counterseal for an approved ticket, and the change carries it."""
    at = now - timedelta(days=2, hours=9)
    hour = timedelta(hours=1)
    secret = "shop/prod/gift-vouchers"  # noqa: S105  # a name, not a value
    asked = ticket(115, secret, at - 5 * hour, JONAS, assignee=MAYA.user)
    story.tickets.append(asked | decided(PRIYA, at - 3 * hour) | window(at - 2 * hour, 4))
    issued = issued_for("OPS-115", secret_arn(secret), MAYA, at - hour / 2, story.ticket_file())
    story.issuances.append(issued)
    story.new_value(at, MAYA, secret, token=issued.token)


def _approved(story: Story, now: datetime) -> None:
    hour = timedelta(hours=1)
    at = now - timedelta(days=6)
    created = at + 20 * hour
    story.tickets.append(
        ticket(102, "shop/staging/oven-sensors", created - 4 * hour, INES, operations=["create", "tag"])
        | decided(MAYA, created - 2 * hour)
        | window(created - hour, 8)
    )
    story.new_value(created, INES, "shop/staging/oven-sensors", name="CreateSecret")
    tags = (("tags", [{"key": "team", "value": "ovens"}]),)
    story.records.append(
        Call(
            at=created + timedelta(minutes=2),
            by=INES,
            name="TagResource",
            secret="shop/staging/oven-sensors",  # noqa: S106  # a name, not a value
            parameters=tags,
        ).record()
    )
    story.tickets.append(  # approved, and nobody has done it: an approval that was never used
        ticket(114, "shop/prod/search-token", now - 30 * hour, JONAS)
        | decided(PRIYA, now - 28 * hour)
        | window(now - 27 * hour, 8)
    )


def _rotated(story: Story, now: datetime) -> None:
    at = now - timedelta(days=5)
    secret = "shop/prod/database"  # noqa: S105  # a name, not a value
    minute = timedelta(minutes=1)
    token = invented_id("rotation", secret)
    old = invented_id("version", secret, "before")
    story.tickets.append(
        ticket(103, secret, at - 180 * minute, MAYA, operations=["rotation"])
        | decided(PRIYA, at - 60 * minute)
        | window(at - 30 * minute, 6)
    )
    schedule = (
        ("rotationLambdaARN", _LAMBDA),
        ("rotationRules", {"automaticallyAfterDays": 30}),
        ("rotateImmediately", True),
    )
    pending = (("versionStages", ["AWSPENDING"]),)
    moved = (("versionStage", "AWSCURRENT"), ("moveToVersionId", token), ("removeFromVersionId", old))
    steps = [
        Call(at=at, by=MAYA, name="RotateSecret", secret=secret, version_id=token, parameters=schedule),
        Call(at=at + minute, by=ROTATION, name="PutSecretValue", secret=secret, version_id=token, parameters=pending),
        Call(at=at + 2 * minute, by=ROTATION, name="UpdateSecretVersionStage", secret=secret, parameters=moved),
    ]
    story.records.extend(step.record() for step in steps)
    story.records.append(service_event(at + 2 * SECOND, "RotationStarted", secret, token))
    story.records.append(data_key(at + minute, ROTATION, secret, token))
    story.records.append(service_event(at + 3 * minute, "RotationSucceeded", secret, token))
    story.label_events.append(label_moved(at + 2 * minute + SECOND, secret, token))


def _approved_late(story: Story, now: datetime) -> None:
    at = now - timedelta(days=4, hours=3)
    story.tickets.append(
        ticket(105, "shop/prod/mail-relay", at - timedelta(hours=2), INES)
        | decided(PRIYA, at + timedelta(minutes=75))
        | window(at - timedelta(hours=1), 4)
    )
    story.new_value(at, INES, "shop/prod/mail-relay")


def _mismatched(story: Story, now: datetime) -> None:
    rejected = now - timedelta(days=3, hours=5)
    story.tickets.append(
        ticket(107, "shop/prod/search-token", rejected - timedelta(hours=6), JONAS, status="Declined")
        | decided(PRIYA, rejected - timedelta(minutes=90), "rejected")
        | window(rejected - timedelta(hours=4), 8)
    )
    story.new_value(rejected, JONAS, "shop/prod/search-token")
    own = now - timedelta(days=3)
    story.tickets.append(
        ticket(108, "shop/prod/session-signing", own - timedelta(hours=2), MAYA)
        | decided(MAYA, own - timedelta(minutes=40))
        | window(own - timedelta(hours=1), 4)
    )
    story.new_value(own, MAYA, "shop/prod/session-signing")


def _unapproved(story: Story, now: datetime) -> None:
    story.new_value(now - timedelta(days=2, hours=4), JONAS, "shop/prod/loyalty-cards")


def _rolled_back(story: Story, now: datetime) -> None:
    """A label moves back to an older version: no new value is made, so only a checked join notices."""
    secret = "shop/prod/payment-api"  # noqa: S105  # a name, not a value
    older = _approved_value(story, 101, secret, now - timedelta(days=6, hours=2))
    newer = _approved_value(story, 106, secret, now - timedelta(days=3, hours=8))
    at = now - timedelta(days=1, hours=20)
    moved = (("versionStage", "AWSCURRENT"), ("moveToVersionId", older), ("removeFromVersionId", newer))
    story.records.append(
        Call(at=at, by=JONAS, name="UpdateSecretVersionStage", secret=secret, parameters=moved).record()
    )
    story.label_events.append(label_moved(at + SECOND, secret, older))


def _approved_value(story: Story, number: int, secret: str, at: datetime) -> str:
    """Tell of a change as it should be: asked for, approved by somebody else, done in its window."""
    hour = timedelta(hours=1)
    story.tickets.append(
        ticket(number, secret, at - 5 * hour, JONAS, assignee=MAYA.user)
        | decided(PRIYA, at - 3 * hour)
        | window(at - hour, 4)
    )
    return story.new_value(at, MAYA, secret)


def _unseen(story: Story, now: datetime) -> None:
    """Somebody stops the trail, a value changes while nobody looks, and the trail starts again."""
    stopped = now - timedelta(days=1, hours=6)
    story.records.append(trail_call(stopped, CONTRACTOR, "StopLogging"))
    hidden = stopped + timedelta(minutes=17)
    version_id = invented_id("version", "bakery/prod/door-codes", format_time(hidden))
    story.label_events.append(label_moved(hidden, "bakery/prod/door-codes", version_id))
    story.records.append(trail_call(stopped + timedelta(minutes=45), MAYA, "StartLogging"))


def _today(story: Story, now: datetime) -> None:
    story.records.append(
        Call(
            at=now - timedelta(hours=9),
            by=CONTRACTOR,
            name="DeleteSecret",
            secret="shop/prod/payment-api",  # noqa: S106  # a name, not a value
            error_code="AccessDenied",
        ).record()
    )
    at = now - timedelta(hours=2, minutes=30)
    story.tickets.append(
        ticket(112, "shop/prod/delivery-tracking", at - timedelta(minutes=12), INES, status="Emergency")
        | {"approvals": [], "emergency": {"declared_at": format_time(at - timedelta(minutes=9))}}
        | window(at - timedelta(minutes=10), 4)
    )
    story.new_value(at, INES, "shop/prod/delivery-tracking")


def _reads(now: datetime) -> Iterator[Record]:
    secrets = ("shop/prod/database", "shop/prod/payment-api", "shop/prod/mail-relay")
    for day in range(1, 7):
        for place, secret in enumerate(secrets):
            at = now - timedelta(days=day, minutes=37 * (place + 1))
            yield read_call(at, (MAYA, JONAS, INES)[(day + place) % 3], secret)
