"""Opening a Jira: where it is, which flavour it has, and who asks."""

import re
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2

from counterseal.clock import Clock
from counterseal.errors import CountersealError, MalformedInput, SettingsError
from counterseal.jira.calls import Call, Calls
from counterseal.jira.cloud import CloudJira
from counterseal.jira.data_center import DataCenterJira
from counterseal.jira.interface import Flavour, Jira
from counterseal.jira.sending import Patience, Sender
from counterseal.jira.shapes import ServerInfo
from counterseal.jira.sign_in import Nobody, OAuth, SignIn, credentials
from counterseal.jira.words import short

GATEWAY = "https://api.atlassian.com/ex/jira"
"""Where Cloud takes tokens with scopes and those of OAuth: the site's own host refuses them."""

PATIENCE = Patience()

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_CLOUD_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_DEPLOYMENTS = {"cloud": Flavour.CLOUD, "server": Flavour.DATA_CENTER, "data center": Flavour.DATA_CENTER}


class Address(NamedTuple):
    """Where a Jira is. `flavour` None: it is asked. With a `cloud_id` the gateway is asked in the site's place.

    `ca_file` names authorities to trust besides those that this machine trusts; trust itself cannot be turned off.
    """

    url: str
    flavour: Flavour | None = None
    cloud_id: str = ""
    ca_file: str | None = None


def open_jira(
    address: Address,
    sign_in: SignIn,
    *,
    clock: Clock,
    transport: httpx2.BaseTransport | None = None,
    patience: Patience = PATIENCE,
) -> Jira:
    """Return what asks the Jira at an address. It is asked only for its flavour, and that only where none is given.

    Raises:
        SettingsError: the address or the sign-in is not one, or the file of authorities cannot be read.
        Errors as in `Jira`: it was asked for its flavour.
    """
    base = _base(address)
    if isinstance(sign_in, OAuth):
        _check_oauth(sign_in, address)
    sender = Sender(_client(address, transport, patience), clock, patience)
    who = credentials(sign_in, sender, clock)
    try:
        flavour = address.flavour or _told_flavour(address) or _asked_flavour(Calls(base, sender, clock, who))
    except CountersealError:
        sender.close()
        raise
    kind = CloudJira if flavour is Flavour.CLOUD else DataCenterJira
    return kind(Calls(base, sender, clock, who, me=f"{kind.api}/myself"))


def detect(
    address: Address, *, clock: Clock, transport: httpx2.BaseTransport | None = None, patience: Patience = PATIENCE
) -> Flavour:
    """Return the flavour of a Jira. Nothing is said about who asks: no token leaves.

    Raises:
        SettingsError: the address is not one.
        Errors as in `Jira`.
    """
    base = _base(address)
    sender = Sender(_client(address, transport, patience), clock, patience)
    try:
        return _told_flavour(address) or _asked_flavour(Calls(base, sender, clock, Nobody()))
    finally:
        sender.close()


def _told_flavour(address: Address) -> Flavour | None:
    """Return the flavour that an address tells by itself."""
    return Flavour.CLOUD if address.cloud_id or address.url.startswith(f"{GATEWAY}/") else None


def _asked_flavour(calls: Calls) -> Flavour:
    call = Call("GET", "/rest/api/2/serverInfo")  # both flavours have it, and tell it to everybody
    deployment = calls.ask(call, ServerInfo).deployment_type
    flavour = _DEPLOYMENTS.get(deployment.lower())
    if flavour is None:
        raise MalformedInput(f"this Jira is deployed as {short(deployment)!r}, which is neither Cloud nor Data Center")
    return flavour


def _base(address: Address) -> str:
    """Return what stands before every path."""
    _check_url(address.url)
    if not address.cloud_id:
        return address.url.rstrip("/")
    if not _CLOUD_ID.fullmatch(address.cloud_id):
        raise SettingsError(f"{address.cloud_id!r} is no cloud id", hint="/_edge/tenant_info of the site tells it")
    if address.flavour is Flavour.DATA_CENTER:
        raise SettingsError("a Data Center has no cloud id", hint="leave one of the two out")
    # A Jira on this machine, asked in the clear, is a double: it has a gateway of its own.
    gateway = f"{address.url.rstrip('/')}/ex/jira" if urlsplit(address.url).scheme == "http" else GATEWAY
    return f"{gateway}/{address.cloud_id}"


def _check_oauth(sign_in: OAuth, address: Address) -> None:
    _check_url(sign_in.token_url)
    if not _told_flavour(address) and urlsplit(address.url).scheme == "https":
        raise SettingsError(
            "OAuth asks a Jira Cloud through its gateway: the cloud id is missing",
            hint="/_edge/tenant_info of the site tells it",
        )


def _check_url(url: str) -> None:
    hint = "write it like https://example.atlassian.net or https://jira.example.com/jira"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingsError("the address of Jira is none", hint=hint) from None
    if not host or parts.username is not None or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise SettingsError("the address of Jira has parts that it must not have, or lacks its host", hint=hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise SettingsError(f"the address of Jira at {host!r} is not https", hint="only this machine may use http")


def _client(address: Address, transport: httpx2.BaseTransport | None, patience: Patience) -> httpx2.Client:
    timeout = httpx2.Timeout(patience.read_seconds, connect=patience.connect_seconds)
    # What goes to this machine in the clear goes there directly: a proxy would see the token.
    is_here = urlsplit(address.url).scheme == "http"
    return httpx2.Client(
        transport=transport,
        verify=_trusted(address.ca_file) if transport is None else True,
        timeout=timeout,
        trust_env=not is_here,
        follow_redirects=False,
    )


def _trusted(ca_file: str | None) -> ssl.SSLContext:
    try:
        trusted = ssl.create_default_context()
        if ca_file:
            trusted.load_verify_locations(ca_file)
    except OSError as failure:  # an SSLError is one
        raise SettingsError(
            f"the authorities to trust cannot be read from {ca_file or 'this machine'!r}: {failure.strerror}",
            hint="a file of certificates in PEM is needed",
        ) from failure
    return trusted
