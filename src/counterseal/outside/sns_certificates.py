"""The certificates of Amazon SNS: fetched once each, checked up to a trusted authority, kept as keys."""

import re
import threading
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from counterseal.clock import Clock
from counterseal.control.sns import CertificateKeys
from counterseal.errors import CountersealError, MalformedInput, Refused, Unreachable
from counterseal.outside.fetching import Fetching
from counterseal.signing import CertificateAuthorities, MessageKey

# SNS publishes its certificate alone. Its issuer's is where Amazon Trust Services publish theirs: over plain HTTP, as
# RFC 5280 (4.2.2.1) has it, since the chain is checked whatever way it came.
_ISSUER = re.compile(r"http://crt\.(?:[a-z0-9-]+\.)*amazontrust\.com/[A-Za-z0-9._-]+", re.ASCII)
_MOST_ISSUERS = 3

NAMES = ("sns.amazonaws.com", "sns.amazonaws.com.cn")
"""For whom the certificate is, beside the host that gives it."""

# Bounds on what strangers can make us do and remember.
MOST_KEPT = 64
MOST_FETCHES = 10
PER = timedelta(minutes=1)
SOON = timedelta(seconds=5)
"""How long an address that did not answer is left alone: SNS tries again after 20 seconds."""


class _Refusal(NamedTuple):
    """What was found at an address that gave no key, and from when to when that is believed: clocks are set back."""

    failure: CountersealError
    since: datetime
    until: datetime


class SnsCertificates:
    """Gets keys by the address of their certificate."""

    def __init__(self, files: Fetching, authorities: CertificateAuthorities, clock: Clock) -> None:
        """Take what gets files, who is trusted, and the clock."""
        self._files = files
        self._authorities = authorities
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, MessageKey] = {}
        self._refusals: dict[str, _Refusal] = {}
        self._fetched: list[datetime] = []

    def key(self, url: str) -> MessageKey:
        """Return the key in a certificate. See `CertificateKeys.key`."""
        known = self._keys.get(url)
        now = self._clock.now()
        if known and now <= known.valid_until:
            return known
        # One at a time: a burst of messages that name one new certificate fetches it once.
        with self._lock:
            known = self._keys.get(url)
            if known and now <= known.valid_until:
                return known
            refusal = self._refusals.get(url)
            if refusal and refusal.since <= now < refusal.until:
                raise type(refusal.failure)(str(refusal.failure))
            return self._new_key(url, now)

    def _new_key(self, url: str, now: datetime) -> MessageKey:
        self._fetched = [it for it in self._fetched if now - PER < it <= now]
        if len(self._fetched) >= MOST_FETCHES:
            raise Unreachable("too many new certificates of SNS were named within a minute: try again later")
        self._fetched.append(now)
        try:
            key = self._checked(url, now)
        except (Refused, MalformedInput, Unreachable) as failure:
            believed = SOON if isinstance(failure, Unreachable) else PER
            _keep(self._refusals, url, _Refusal(failure, now, now + believed))
            raise
        _keep(self._keys, url, key)
        return key

    def _checked(self, url: str, now: datetime) -> MessageKey:
        certificate = self._files.get(url)
        issuers: list[bytes] = []
        names = (*NAMES, urlsplit(url).netloc)
        while True:
            key = self._authorities.message_key(certificate, issuers, names=names, at=now)
            if key:
                return key
            address = self._issuer_of(issuers[-1] if issuers else certificate)
            if not address or len(issuers) == _MOST_ISSUERS:
                # From that host it is rather our own store that is too old: the message may be right later.
                raise Unreachable(
                    "the certificate of SNS leads to no authority that this machine trusts",
                    hint="bring ca-certificates up to date, or name the authority in intake.sns_authorities",
                )
            issuers.append(self._files.get(address))

    def _issuer_of(self, certificate: bytes) -> str:
        addresses = self._authorities.issuer_addresses(certificate)
        return next((it for it in addresses if _ISSUER.fullmatch(it)), "")


_Kept = TypeVar("_Kept")


def _keep(kept: dict[str, _Kept], url: str, what: _Kept) -> None:
    while len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)))
    kept[url] = what


_: type[CertificateKeys] = SnsCertificates
