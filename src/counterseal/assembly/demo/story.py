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
from counterseal.assembly.demo.tickets import Decided, StoryTicket, Window
from counterseal.clock import format_time
from counterseal.correlation.tickets.counterseal import Issued

SECOND = timedelta(seconds=1)
_LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{ROTATION.session}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the demonstration is made of: records of a trail, events of Secrets Manager, tickets, issuances."""

    records: list[Record] = field(default_factory=list)
    label_events: list[Record] = field(default_factory=list)
    tickets: list[StoryTicket] = field(default_factory=list)
    issuances: list[Issued] = field(default_factory=list)

    def ticket_file(self) -> Record:
        """Return the content of the ticket file (docs/reference/ticket-file.md)."""
        return {"tickets": [it.written() for it in self.tickets], "identities": IDENTITIES, "standing": []}

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


def _proved(story: Story, now: datetime) -> None:
    """The notary issues a counterseal for an approved ticket, and the change carries it."""
    at = now - timedelta(days=2, hours=9)
    hour = timedelta(hours=1)
    secret = "shop/prod/gift-vouchers"  # noqa: S105  # a name, not a value
    story.tickets.append(
        StoryTicket(
            number=115,
            summary="New token for the gift vouchers",
            secret=secret,
            asked=at - 5 * hour,
            by=JONAS,
            assignee=MAYA,
            approver=PRIYA,
            decided=Decided(at=at - 3 * hour),
            window=Window(start=at - 2 * hour, hours=4),
        )
    )
    issued = issued_for("OPS-115", secret_arn(secret), MAYA, at - hour / 2, story.ticket_file())
    story.issuances.append(issued)
    story.new_value(at, MAYA, secret, token=issued.token)


def _approved(story: Story, now: datetime) -> None:
    hour = timedelta(hours=1)
    at = now - timedelta(days=6)
    created = at + 20 * hour
    story.tickets.append(
        StoryTicket(
            number=102,
            summary="A secret for the sensors of the new ovens",
            secret="shop/staging/oven-sensors",  # noqa: S106  # a name, not a value
            operations=("create", "tag"),
            asked=created - 4 * hour,
            by=INES,
            approver=MAYA,
            decided=Decided(at=created - 2 * hour),
            window=Window(start=created - hour, hours=8),
        )
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
        StoryTicket(
            number=114,
            summary="Search token, the second try",
            secret="shop/prod/search-token",  # noqa: S106  # a name, not a value
            asked=now - 30 * hour,
            by=JONAS,
            approver=PRIYA,
            decided=Decided(at=now - 28 * hour),
            window=Window(start=now - 27 * hour, hours=8),
        )
    )


def _rotated(story: Story, now: datetime) -> None:
    at = now - timedelta(days=5)
    secret = "shop/prod/database"  # noqa: S105  # a name, not a value
    minute = timedelta(minutes=1)
    token = invented_id("rotation", secret)
    old = invented_id("version", secret, "before")
    story.tickets.append(
        StoryTicket(
            number=103,
            summary="Rotate the database password",
            secret=secret,
            operations=("rotation",),
            asked=at - 180 * minute,
            by=MAYA,
            approver=PRIYA,
            decided=Decided(at=at - 60 * minute),
            window=Window(start=at - 30 * minute, hours=6),
        )
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
        StoryTicket(
            number=105,
            summary="The mail relay wants a new password",
            secret="shop/prod/mail-relay",  # noqa: S106  # a name, not a value
            asked=at - timedelta(hours=2),
            by=INES,
            approver=PRIYA,
            decided=Decided(at=at + timedelta(minutes=75)),
            window=Window(start=at - timedelta(hours=1), hours=4),
        )
    )
    story.new_value(at, INES, "shop/prod/mail-relay")


def _mismatched(story: Story, now: datetime) -> None:
    rejected = now - timedelta(days=3, hours=5)
    story.tickets.append(
        StoryTicket(
            number=107,
            summary="New token for the search",
            secret="shop/prod/search-token",  # noqa: S106  # a name, not a value
            asked=rejected - timedelta(hours=6),
            by=JONAS,
            approver=PRIYA,
            decided=Decided(at=rejected - timedelta(minutes=90), decision="rejected"),
            window=Window(start=rejected - timedelta(hours=4), hours=8),
        )
    )
    story.new_value(rejected, JONAS, "shop/prod/search-token")
    own = now - timedelta(days=3)
    story.tickets.append(
        StoryTicket(
            number=108,
            summary="New key for signing sessions",
            secret="shop/prod/session-signing",  # noqa: S106  # a name, not a value
            asked=own - timedelta(hours=2),
            by=MAYA,
            approver=MAYA,
            decided=Decided(at=own - timedelta(minutes=40)),
            window=Window(start=own - timedelta(hours=1), hours=4),
        )
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
        StoryTicket(
            number=number,
            summary="New key for the payment API",
            secret=secret,
            asked=at - 5 * hour,
            by=JONAS,
            assignee=MAYA,
            approver=PRIYA,
            decided=Decided(at=at - 3 * hour),
            window=Window(start=at - hour, hours=4),
        )
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
        StoryTicket(
            number=112,
            summary="Emergency: the token of the delivery tracking leaked",
            secret="shop/prod/delivery-tracking",  # noqa: S106  # a name, not a value
            asked=at - timedelta(minutes=12),
            by=INES,
            approver=PRIYA,
            declared=at - timedelta(minutes=9),
            window=Window(start=at - timedelta(minutes=10), hours=4),
        )
    )
    story.new_value(at, INES, "shop/prod/delivery-tracking")


def _reads(now: datetime) -> Iterator[Record]:
    secrets = ("shop/prod/database", "shop/prod/payment-api", "shop/prod/mail-relay")
    for day in range(1, 7):
        for place, secret in enumerate(secrets):
            at = now - timedelta(days=day, minutes=37 * (place + 1))
            yield read_call(at, (MAYA, JONAS, INES)[(day + place) % 3], secret)
