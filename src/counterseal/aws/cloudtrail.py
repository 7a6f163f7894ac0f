"""What CloudTrail itself is asked: the keys that its digests are signed with, and its event history."""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.control.event_history import EventHistory, Lookup, Page


def list_public_keys(client: Any, start: datetime, end: datetime, *, region: str) -> dict[str, Any]:
    """Return the keys valid between two times, in the form that `aws cloudtrail list-public-keys` prints.

    Raises:
        Denied: the caller may not list them.
        Unreachable: CloudTrail did not answer.
    """
    found: list[dict[str, Any]] = []
    try:
        for page in _key_pages(client, start, end):
            found += page["PublicKeyList"]
    except AWS_FAILURES as failure:
        raise in_our_words(failure, asked_for=f"the public keys of CloudTrail in {region}") from failure
    return {
        "PublicKeyList": [
            {
                "Value": base64.b64encode(it["Value"]).decode(),
                "ValidityStartTime": it["ValidityStartTime"].timestamp(),
                "ValidityEndTime": it["ValidityEndTime"].timestamp(),
                "Fingerprint": it["Fingerprint"],
            }
            for it in found
        ]
    }


def _key_pages(client: Any, start: datetime, end: datetime) -> Iterator[Any]:
    asked = {"StartTime": start, "EndTime": end}
    while True:
        page = client.list_public_keys(**asked)
        yield page
        if not page.get("NextToken"):
            return
        asked["NextToken"] = page["NextToken"]


class CloudTrailHistory:
    """The event history of one account and region: management events of the last 90 days."""

    def __init__(self, client: Any, region: str) -> None:
        """Take a CloudTrail client, and its region for messages."""
        self._client = client
        self._region = region

    def look_up(self, lookup: Lookup, token: str = "") -> Page:
        """Return one page of records as JSON texts, newest first.

        Raises:
            Denied: the caller may not look events up.
            Unreachable: CloudTrail did not answer, or is throttling.
            Refused: CloudTrail does not take the question.
        """
        more = {"NextToken": token} if token else {}
        try:
            answer = self._client.lookup_events(
                LookupAttributes=[{"AttributeKey": lookup.attribute, "AttributeValue": lookup.value}],
                StartTime=lookup.start,
                EndTime=lookup.end,
                MaxResults=PAGE,
                **more,
            )
        except AWS_FAILURES as failure:
            raise in_our_words(failure, asked_for=f"CloudTrail's event history in {self._region}") from failure
        texts = tuple(it["CloudTrailEvent"] for it in answer.get("Events", ()))
        return Page(texts, answer.get("NextToken") or "")


# LookupEvents, MaxResults: at most 50.
PAGE = 50

_: type[EventHistory] = CloudTrailHistory
