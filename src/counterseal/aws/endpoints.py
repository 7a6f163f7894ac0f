"""Which addresses an AWS client may be sent to: AWS itself, STS where STS belongs, a double only on this machine."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from counterseal.errors import SettingsError

# AWS General Reference, "AWS STS endpoints", and AWS PrivateLink: global, regional, FIPS, dual stack, each partition.
_SUFFIXES = (
    r"(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov)"
)
_STS_HOST = re.compile(rf"sts(?:-fips)?(?:\.[a-z0-9-]+)?\.{_SUFFIXES}")
_STS_VPC_HOST = re.compile(r"vpce-[a-z0-9-]+\.sts\.[a-z0-9-]+\.vpce\.amazonaws\.com(?:\.cn)?")
_SECRETS_MANAGER_HOST = re.compile(r"secretsmanager(?:-fips)?\.([a-z0-9-]+)\..+")


def double_endpoint(text: str) -> str:
    """Return the address of an AWS double, which must be on this machine.

    A client that can be sent elsewhere hands its requests and its secrets to whoever sets a variable.

    Raises:
        SettingsError: the host is not a loopback address.
    """
    if not text:
        return ""
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not _is_loopback(parts.hostname or ""):
        raise SettingsError(
            f"COUNTERSEAL_AWS_ENDPOINT {_shown(parts)}is refused: it is for doubles on this machine only",
            hint="write a loopback address, such as http://127.0.0.1:4566, or unset it to speak to AWS",
        )
    return text


def sts_endpoint(text: str) -> str:
    """Return the STS address that an access names, which must be an address of STS.

    Raises:
        SettingsError: it is an address of something else; Secrets Manager's, often typed here, has its own hint.
    """
    if not text:
        return ""
    parts = _split(text)
    host = (parts.hostname or "").lower() if parts else ""
    if parts and parts.scheme == "https" and not parts.username and (_STS_HOST.fullmatch(host) or _is_vpc(host)):
        return text
    raise SettingsError(f"sts_endpoint {_shown(parts)}is not an address of STS", hint=_sts_hint(host))


def _is_vpc(host: str) -> bool:
    return bool(_STS_VPC_HOST.fullmatch(host))


def _sts_hint(host: str) -> str:
    secrets_manager = _SECRETS_MANAGER_HOST.fullmatch(host)
    if secrets_manager:
        return (
            "that is an address of Secrets Manager, and signing in is the work of STS: "
            f"write https://sts.{secrets_manager[1]}.amazonaws.com, or leave sts_endpoint out"
        )
    return "write it like https://sts.us-west-1.amazonaws.com, or leave it out for the region's own"


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _shown(parts: SplitResult | None) -> str:
    # Only the host: what stands before an @ or behind a ? may be a credential.
    return f"{parts.hostname!r} " if parts and parts.hostname else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"  # RFC 6761, section 6.3: it always means this machine
