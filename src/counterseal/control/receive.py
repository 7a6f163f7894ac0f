"""Takes what AWS and Jira send over HTTPS: checked, stored, and only then acknowledged (docs/formats/inbox.md)."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import NamedTuple

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from counterseal.control.jira_hook import JiraHook, NoSignature
from counterseal.control.sns import SnsCheck, SnsMessage, SnsType, read_sns
from counterseal.errors import CountersealError, MalformedInput, Refused, Unreachable
from counterseal.hidden import Hidden
from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import Arrival

SNS = "sns"
EVENT_BRIDGE = "event-bridge"

# Amazon SNS Developer Guide, "Parsing Amazon SNS message formats": headers of its requests.
_TYPE_HEADER = "x-amz-sns-message-type"
_RAW_HEADER = "x-amz-sns-rawdelivery"

MOST_FOREIGN = 100
"""Anybody with an AWS account can have SNS ask us to subscribe: so many such requests are kept to be looked at."""

_FOREIGN = "subscriptions of other topics"

Headers = Mapping[str, str]
"""Of one request, with names in lower case."""


class Outcome(Enum):
    """What became of a request: only STORED is an acknowledgement (INBOX-4.1)."""

    STORED = auto()
    MALFORMED = auto()
    NOT_SIGNED_IN = auto()
    REFUSED = auto()
    UNAVAILABLE = auto()


class Answer(NamedTuple):
    """The outcome, and why: a sentence that quotes nothing of the request."""

    outcome: Outcome
    reason: str = ""


class EventBridgeKey(NamedTuple):
    """What an EventBridge connection of the kind API key sends: a header, and the value that it must have."""

    header: str
    value: Hidden


class _Identified(Struct, gc=False):
    """An EventBridge event, as far as it must be one to be stored."""

    id: str


_EVENTS = Decoder(_Identified)


class Reception:
    """Takes bodies from the network into the inbox; `announce` is called after each that was new."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        sns: SnsCheck | None = None,
        event_bridge: EventBridgeKey | None = None,
        jira: JiraHook | None = None,
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the inbox, and what is checked of each channel; without that, the channel is closed."""
        self._inbox = inbox
        self._sns = sns
        self._event_bridge = event_bridge
        self._jira = jira
        self._announce = announce

    @property
    def takes_sns(self) -> bool:
        """Say whether messages of SNS are taken."""
        return self._sns is not None

    @property
    def takes_events(self) -> bool:
        """Say whether events of EventBridge are taken."""
        return self._event_bridge is not None

    @property
    def takes_jira(self) -> bool:
        """Say whether webhooks of Jira are taken."""
        return self._jira is not None

    def take_sns(self, body: bytes, headers: Headers) -> Answer:
        """Take one request of SNS."""
        if self._sns is None:
            return Answer(Outcome.REFUSED, "messages of SNS are not taken here")
        try:
            message = self._checked(self._sns, body, headers)
        except MalformedInput as failure:
            return Answer(Outcome.MALFORMED, str(failure))
        except Refused as failure:
            return Answer(Outcome.REFUSED, str(failure))
        except CountersealError as failure:
            return Answer(Outcome.UNAVAILABLE, str(failure))
        return self._store(_arrival(message, body))

    def take_event(self, body: bytes, headers: Headers) -> Answer:
        """Take one request of an EventBridge API destination."""
        if self._event_bridge is None:
            return Answer(Outcome.REFUSED, "events of EventBridge are not taken here")
        given = headers.get(self._event_bridge.header.lower())
        if given is None:
            return Answer(Outcome.NOT_SIGNED_IN, "the header of the connection is missing")
        if Hidden(given.encode(errors="replace")) != self._event_bridge.value:
            return Answer(Outcome.REFUSED, "the header of the connection has another value")
        try:
            event_id = _EVENTS.decode(body).id
        except (DecodeError, UnicodeDecodeError, RecursionError):
            return Answer(Outcome.MALFORMED, "this is no event of EventBridge: it has no id")
        return self._store(Arrival(EVENT_BRIDGE, "api-destination", event_id, body))

    def take_jira(self, body: bytes, headers: Headers) -> Answer:
        """Take one request of a webhook in Jira."""
        if self._jira is None:
            return Answer(Outcome.REFUSED, "webhooks of Jira are not taken here")
        try:
            arrival = self._jira.arrival(body, headers)
        except NoSignature as failure:
            return Answer(Outcome.NOT_SIGNED_IN, str(failure))
        except Refused as failure:
            return Answer(Outcome.REFUSED, str(failure))
        except Unreachable as failure:
            return Answer(Outcome.UNAVAILABLE, str(failure))
        return self._store(arrival)

    def _checked(self, sns: SnsCheck, body: bytes, headers: Headers) -> SnsMessage:
        if headers.get(_RAW_HEADER, "").lower() == "true":
            raise Refused("raw delivery carries no signature: turn it off for this subscription")
        message = read_sns(body)
        if headers.get(_TYPE_HEADER, message.type) != message.type:
            raise Refused("the header names another type than the message")
        if message.type is SnsType.SUBSCRIPTION and not sns.knows(message.topic_arn):
            self._keep_aside(sns, message, body)
        return sns.check(body, is_fresh=True)

    def _keep_aside(self, sns: SnsCheck, message: SnsMessage, body: bytes) -> None:
        """Keep the wish of a topic that nobody named, once a topic, for a person to see; it is refused (INBOX-3.3)."""
        sns.check_signature(message)
        arrival = Arrival(SNS, _FOREIGN, message.topic_arn, body, sameness=message.topic_arn.encode())
        try:
            if self._inbox.count_of(SNS, _FOREIGN) < MOST_FOREIGN:
                self._inbox.store([arrival], quarantine="it asks to subscribe a topic that is not in intake.sns_topics")
        except CountersealError as failure:
            raise Unreachable(str(failure)) from failure

    def _store(self, arrival: Arrival) -> Answer:
        try:
            stored = self._inbox.store([arrival])
        except CountersealError as failure:
            return Answer(Outcome.UNAVAILABLE, str(failure))
        if stored.added:
            self._announce()
        return Answer(Outcome.STORED)


def _arrival(message: SnsMessage, body: bytes) -> Arrival:
    # A message that SNS sends again may be signed under a new certificate: what is signed says whether it is the same
    # (INBOX-1.2).
    return Arrival(SNS, message.topic_arn, message.message_id, body, sameness=message.signed)
