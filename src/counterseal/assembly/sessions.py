"""Who runs a broker session, and what opens one: the accesses that the settings name."""

from typing import Any, NamedTuple

from counterseal.assembly.settings import Settings
from counterseal.clock import Clock, ShiftedClock, SystemClock
from counterseal.control.gate import is_same_principal
from counterseal.control.session import Grant
from counterseal.errors import Refused, SettingsError
from counterseal.hidden import Hidden
from counterseal.provisioning.session_policy import text_of

# What would sign the program in as somebody else, or say another region than the session's variables do.
SIGN_INS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)


def role_of(settings: Settings, given: str) -> str:
    """Return the role that sessions assume: the one given, else the one of the settings.

    Raises:
        SettingsError: there is neither.
    """
    if given or settings.broker_role_arn:
        return given or settings.broker_role_arn
    raise SettingsError("nothing says which role sessions assume", hint="give --role ARN, or set broker.role_arn")


class Runner(NamedTuple):
    """Who runs a session, and AWS's clock, as far as it was told: a session ends by it."""

    principal: str
    clock: Clock


def who_runs(settings: Settings, given: str) -> Runner:
    """Return the person at this machine, as the default access is signed in; `given` may name the role of theirs.

    Raises:
        NotInstalled, SettingsError, Denied, Unreachable: AWS cannot be asked.
        Refused: somebody else is signed in.
    """
    client = _sts(settings, None)
    from counterseal.aws.caller import caller_of

    caller = caller_of(client)
    if given and not is_same_principal(given, caller.arn):
        raise Refused(
            f"the caller is {caller.arn}, and not {given}",
            hint="sign in as that principal, or leave out --principal",
        )
    here = SystemClock()
    return Runner(given or caller.arn, ShiftedClock(here, caller.told_at - here.now()) if caller.told_at else here)


def credentials_for(grant: Grant, settings: Settings) -> dict[bytes, Hidden]:
    """Open the session under the broker's access, and return the variables that sign a program in to it.

    Raises:
        NotInstalled, SettingsError, Denied, Unreachable, Refused: AWS cannot be asked, or refuses.
    """
    client = _sts(settings, settings.broker_access)
    from counterseal.aws.sts_session import Opening, open_session

    opening = Opening(
        role_arn=grant.role_arn,
        session_name=grant.session_name,
        source_identity=grant.issue_key,
        policy=text_of(grant.policy),
        lasts=grant.expires - grant.not_before,
    )
    return open_session(client, opening).variables


def _sts(settings: Settings, access: str | None) -> Any:
    from counterseal.aws.session import client

    named = settings.access(access)
    return client("sts", named._replace(region=named.sts_region or named.region), endpoint=settings.aws_endpoint)
