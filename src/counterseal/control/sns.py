"""A message of Amazon SNS: read, and checked to be what SNS signed for a topic of ours, now.

Sources: Amazon SNS Developer Guide, "Parsing Amazon SNS message formats" and "Verifying the signatures of Amazon SNS
messages". The address of the certificate is held to one exact form: the expression in AWS's own samples also fits
addresses of S3, where anybody may publish a certificate (security: B-01).
"""

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import DecodeError, Struct, field
from msgspec.json import Decoder

from counterseal.clock import Clock, parse_time
from counterseal.errors import MalformedInput, Refused, Unreachable
from counterseal.references.regions import NAMES as REGIONS
from counterseal.signing import MessageKey

FRESH = timedelta(hours=1)
"""SNS stops trying an HTTPS address after an hour at the latest ("Message delivery retries")."""

AHEAD = timedelta(minutes=5)
"""How far our clock may lag behind that of AWS."""

_TOPIC = re.compile(
    r"arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256}(?:\.fifo)?)", re.ASCII
)
_CERTIFICATE_PATH = re.compile(r"/SimpleNotificationService-[0-9a-f]{32}\.pem", re.ASCII)
_DIGESTS = {"1": "sha1", "2": "sha256"}


class SnsType(StrEnum):
    """What SNS sends."""

    NOTIFICATION = "Notification"
    SUBSCRIPTION = "SubscriptionConfirmation"
    END = "UnsubscribeConfirmation"


class _Said(Struct, gc=False):
    """The members that are looked at. Lambda spells URL as Url, and writes null for an absent subject."""

    type: str = field(name="Type")
    message_id: str = field(name="MessageId")
    topic_arn: str = field(name="TopicArn")
    message: str = field(name="Message")
    timestamp: str = field(name="Timestamp")
    version: str = field(name="SignatureVersion")
    signature: str = field(name="Signature")
    certificate_url: str = field(name="SigningCertURL", default="")
    certificate_url_of_lambda: str = field(name="SigningCertUrl", default="")
    subject: str | None = field(name="Subject", default=None)
    token: str = field(name="Token", default="")
    subscribe_url: str = field(name="SubscribeURL", default="")
    subscribe_url_of_lambda: str = field(name="SubscribeUrl", default="")


class _Shape(Struct, gc=False):
    """By what a message of SNS is told from other JSON."""

    type: object = field(name="Type", default=None)
    topic_arn: object = field(name="TopicArn", default=None)


_SAID = Decoder(_Said)
_SHAPES = Decoder(_Shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsMessage:
    """One message, read and not yet checked. `signed` are the bytes that its signature is over."""

    type: SnsType
    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    token: str
    version: str
    certificate_url: str
    signature: bytes
    signed: bytes


class CertificateKeys(Protocol):
    """Gets the key of a certificate of SNS by its address."""

    def key(self, url: str) -> MessageKey:
        """Return the key in the certificate at this address, which has passed `checked_certificate_url`.

        Raises:
            MalformedInput, Refused: what is there is no certificate of SNS that this machine trusts.
            Unreachable: it cannot be fetched now; the same call may succeed later.
        """
        ...


def looks_like_sns(body: bytes) -> bool:
    """Say whether a body says that SNS sent it: then it has to prove that."""
    try:
        shape = _SHAPES.decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return shape.type is not None and shape.topic_arn is not None


def read_sns(body: bytes) -> SnsMessage:
    """Read a message. Whoever checks it and whoever uses it read it here, and so read the same.

    Raises:
        MalformedInput: it is no message of SNS.
    """
    try:
        said = _SAID.decode(body)
        kind = SnsType(said.type)
    except (DecodeError, UnicodeDecodeError, RecursionError) as failure:
        raise MalformedInput(f"this is no message of SNS: {failure}") from None
    except ValueError:
        raise MalformedInput("SNS sends no message of this type") from None
    try:
        signature = base64.b64decode(said.signature, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedInput("the signature of a message of SNS is not base64") from None
    return SnsMessage(
        type=kind,
        message_id=said.message_id,
        topic_arn=said.topic_arn,
        message=said.message,
        timestamp=said.timestamp,
        token=said.token,
        version=said.version,
        certificate_url=_one_of(said.certificate_url, said.certificate_url_of_lambda),
        signature=signature,
        signed=_signed(kind, said),
    )


def _signed(kind: SnsType, said: _Said) -> bytes:
    """Return the string to sign: names and values in the order of the names, each on a line of its own."""
    if kind is SnsType.NOTIFICATION:
        subject = "" if said.subject is None else f"Subject\n{said.subject}\n"
        text = (
            f"Message\n{said.message}\nMessageId\n{said.message_id}\n{subject}Timestamp\n{said.timestamp}\n"
            f"TopicArn\n{said.topic_arn}\nType\n{said.type}\n"
        )
    else:
        url = _one_of(said.subscribe_url, said.subscribe_url_of_lambda)
        text = (
            f"Message\n{said.message}\nMessageId\n{said.message_id}\nSubscribeURL\n{url}\n"
            f"Timestamp\n{said.timestamp}\nToken\n{said.token}\nTopicArn\n{said.topic_arn}\nType\n{said.type}\n"
        )
    return text.encode()


def _one_of(url: str, url_of_lambda: str) -> str:
    if url and url_of_lambda and url != url_of_lambda:
        raise MalformedInput("a message of SNS gives one address twice, and differently")
    return url or url_of_lambda


def topic_region(topic_arn: str) -> str:
    """Return the region of a topic.

    Raises:
        MalformedInput: this is not the ARN of a topic.
    """
    found = _TOPIC.fullmatch(topic_arn)
    if found is None:
        raise MalformedInput("this is not the ARN of an SNS topic")
    return found[2]


def checked_certificate_url(url: str, topic_arn: str) -> str:
    """Return the address of the certificate, if it is where SNS publishes that of the topic's region (INBOX-3.1).

    Raises:
        MalformedInput: the topic is none.
        Refused: it is another address; what is wrong with it is said.
    """
    region = topic_region(topic_arn)
    if region not in REGIONS:
        raise Refused("the topic is in a region that AWS does not list")
    suffix = "amazonaws.com.cn" if topic_arn.startswith("arn:aws-cn:") else "amazonaws.com"
    root = f"https://sns.{region}.{suffix}"
    # Compared as it is written: what is equal has no port, user, query, fragment, escape, upper case or dot too many.
    if url.startswith(f"{root}/") and _CERTIFICATE_PATH.fullmatch(url[len(root) :]):
        return url
    raise Refused(f"the certificate's address {_fault(url, root)}")


def _fault(url: str, root: str) -> str:
    """Say what is wrong with an address, for whoever reads the quarantine; nothing depends on it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is none"
    wanted = root.removeprefix("https://")
    faults = (
        (parts.scheme != "https", "is not https"),
        (parts.username is not None or parts.password is not None, "names a user"),
        (port is not None, "names a port"),
        (parts.netloc != wanted, f"is not on the host {wanted}"),
        (bool(parts.query or parts.fragment) or url.endswith(("?", "#")), "has a query or a fragment"),
    )
    return next((said for holds, said in faults if holds), "has not the path of a certificate of SNS")


class SnsCheck:
    """Lets through what SNS signed for a topic that the settings name."""

    def __init__(
        self, topics: Collection[str], keys: CertificateKeys, clock: Clock, *, versions: Collection[str] = ("1", "2")
    ) -> None:
        """Take the topics, what gets the keys, and which versions of the signature count.

        Raises:
            MalformedInput: one of the topics is none.
        """
        for topic in topics:
            topic_region(topic)
        self._topics = frozenset(topics)
        self._keys = keys
        self._clock = clock
        self._versions = frozenset(versions)

    def knows(self, topic_arn: str) -> bool:
        """Say whether the settings name the topic."""
        return topic_arn in self._topics

    def check(self, body: bytes, *, is_fresh: bool) -> SnsMessage:
        """Return the message in a body, checked; `is_fresh` asks that it was sent within the last hour.

        Raises:
            MalformedInput: it is no message of SNS.
            Refused: it is of another topic, too old, or not signed by SNS; the message says which.
            Unreachable: the certificate cannot be fetched now; or the message is of the future, by our clock.
        """
        message = read_sns(body)
        self.check_topic(message)
        if is_fresh:
            self._check_time(message.timestamp)
        self.check_signature(message)
        return message

    def check_topic(self, message: SnsMessage) -> None:
        """Let a message pass that is of one of the topics.

        Raises:
            Refused: it is of another.
        """
        if not self.knows(message.topic_arn):
            raise Refused("the topic is not one of intake.sns_topics", hint="name it there, and retry the message")

    def check_signature(self, message: SnsMessage) -> None:
        """Let a message pass that SNS signed, whatever its topic.

        Raises:
            MalformedInput, Refused, Unreachable: as `check`.
        """
        if message.version not in _DIGESTS or message.version not in self._versions:
            raise Refused("the version of the signature is not one that is taken here")
        url = checked_certificate_url(message.certificate_url, message.topic_arn)
        key = self._keys.key(url)
        if not key.has_signed(message.signed, message.signature, digest=_DIGESTS[message.version]):
            raise Refused("the signature is not that of SNS over this message")

    def _check_time(self, timestamp: str) -> None:
        sent, now = parse_time(timestamp), self._clock.now()
        if sent < now - FRESH:
            raise Refused("the message was sent more than an hour ago")
        if sent > now + AHEAD:
            # AWS keeps its clocks: rather ours is behind, and SNS never sends again what is refused.
            raise Unreachable("the message says that it will be sent later: look at the clock of this machine")
