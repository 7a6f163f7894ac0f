"""Subscriptions of Amazon SNS, confirmed by a call to AWS and never by an address in a message."""

from collections.abc import Callable
from typing import Any

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.control.process import Confirming
from counterseal.control.sns import topic_region


class SnsSubscriptions:
    """Confirms subscriptions under one access."""

    def __init__(self, open_client: Callable[[str], Any]) -> None:
        """Take what opens a client for SNS in a region."""
        self._open_client = open_client

    def confirm(self, topic_arn: str, token: str) -> None:
        """Confirm a subscription; from then on only who may call AWS for it can end it. See `Confirming.confirm`."""
        try:
            client = self._open_client(topic_region(topic_arn))
            client.confirm_subscription(TopicArn=topic_arn, Token=token, AuthenticateOnUnsubscribe="true")
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=f"a subscription to {topic_arn!r}") from None


_: type[Confirming] = SnsSubscriptions
