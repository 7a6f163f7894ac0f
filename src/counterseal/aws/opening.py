"""How a client is opened: which session, which credentials, which limits."""

import logging
import os
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.session import Session

from counterseal.aws.access import AwsAccess
from counterseal.aws.endpoints import double_endpoint, sts_endpoint
from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.aws.signing_in import OneSignIn, by_access_key, by_instance_profile, by_role
from counterseal.errors import MalformedReference, SettingsError
from counterseal.references.regions import region_code

# Goal 2f: an unreachable endpoint is an error within 5 seconds. A timeout is final (`_no_second_wait`), so that an
# address costs no more than the larger of these two; refused and dropped connections are tried again at once.
CONNECT_SECONDS = 2.0
READ_SECONDS = 4.0
ATTEMPTS = 3


def open_client(service: str, access: AwsAccess, endpoint: str, *, once: bool = False, waits_seconds: int = 0) -> Any:
    """Return the client that `session.client` promises.

    Raises:
        SettingsError: the region, the endpoint, or what the access signs in with is missing or wrong.
    """
    double = double_endpoint(endpoint)
    try:
        session = _signed_in(access, double)
        opened = session.create_client(
            service,
            region_name=_region(access, session),
            endpoint_url=_endpoint(service, access, double),
            config=_config(service, double, attempts=1 if once else ATTEMPTS, waits_seconds=waits_seconds),
        )
    except AWS_FAILURES as failure:
        raise in_our_words(failure, asked_for=f"a way in to {service} under access {access.name!r}") from None
    opened.meta.events.register_first("needs-retry", _no_second_wait)
    _keep_values_out_of_logs()
    return opened


def _signed_in(access: AwsAccess, double: str) -> Session:
    session = _new_session()
    if access.authentication != "default":
        # Signed in here and not at the first call, so that what the settings lack is said at once.
        credentials = _credentials(access, double)
        session.register_component("credential_provider", OneSignIn(credentials))
    return session


def _new_session() -> Session:
    session = Session()
    session.register_component("data_loader", _loader())
    session.set_config_variable("ignore_configured_endpoint_urls", True)
    session.set_config_variable("ec2_metadata_v1_disabled", True)
    # What the default chain opens by itself (STS, SSO) is held to the same limits.
    session.set_default_client_config(_config("sts", ""))
    return session


@cache
def _loader() -> Any:
    # One parent holds the service models of the process, read-only: the second client costs 2-3 ms and not 40-60
    # (research: performance, part 2).
    return Session().get_component("data_loader")


def _credentials(access: AwsAccess, double: str) -> Credentials:
    match access.authentication:
        case "access-key":
            return by_access_key(access, os.environ)
        case "instance-profile":
            return by_instance_profile(access, _new_session())
        case "role":
            endpoint = sts_endpoint(access.sts_endpoint)
            source = by_access_key(access, os.environ) if access.access_key_id else _new_session().get_credentials()
            return by_role(access, source, _sts_opener(access, double, double or endpoint))
        case other:
            raise SettingsError(f"access {access.name!r} has the unknown authentication {other!r}")


def _sts_opener(access: AwsAccess, double: str, endpoint: str) -> Any:
    session = _new_session()
    # Seed 004: the region of STS is the one of the secrets unless it is set.
    region = _region(access._replace(region=access.sts_region or access.region), session)

    def create_client(service: str, **credentials: Any) -> Any:
        return session.create_client(
            service, region_name=region, endpoint_url=endpoint or None, config=_config(service, double), **credentials
        )

    return create_client


def _region(access: AwsAccess, session: Session) -> str:
    region = access.region or session.get_config_variable("region") or ""
    if not region:
        raise SettingsError(
            f"access {access.name!r} has no region", hint=f"set region in [aws.{access.name}], such as us-east-2"
        )
    try:
        return region_code(region)
    except MalformedReference as failure:
        raise SettingsError(f"access {access.name!r}: {failure}", hint=failure.hint) from None


def _endpoint(service: str, access: AwsAccess, double: str) -> str | None:
    own = sts_endpoint(access.sts_endpoint) if service == "sts" else ""
    return double or own or None


def _config(service: str, double: str, *, attempts: int = ATTEMPTS, waits_seconds: int = 0) -> Config:
    # Virtual-host names such as bucket.127.0.0.1 do not resolve: a double is addressed by path, and by no proxy.
    path_style = bool(double) and service == "s3"
    return Config(  # type: ignore[call-arg]  # the stubs do not know ignore_configured_endpoint_urls yet
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS + waits_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        ignore_configured_endpoint_urls=True,
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "path"} if path_style else None,
        proxies={} if double else None,
    )


def _no_second_wait(caught_exception: Exception | None = None, **_: object) -> None:
    if isinstance(caught_exception, ConnectTimeoutError | ReadTimeoutError):
        raise caught_exception


def _keep_values_out_of_logs() -> None:
    # B-20: at DEBUG botocore logs whole answers and session tokens. Its loggers are kept from it one by one, because
    # a logger that somebody sets to DEBUG no longer asks its parent.
    logging.getLogger("botocore").setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        if name == "botocore" or name.startswith("botocore."):
            logging.getLogger(name).addFilter(_without_values)


def _without_values(record: logging.LogRecord) -> bool:
    record.exc_info = record.exc_text = None  # a traceback ends with the text of the answer
    return record.levelno > logging.DEBUG
