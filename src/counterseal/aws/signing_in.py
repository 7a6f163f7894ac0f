"""The credentials that an access signs in with."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
    InstanceMetadataProvider,
)
from botocore.session import Session
from botocore.utils import InstanceMetadataFetcher

from counterseal.aws.access import AwsAccess
from counterseal.errors import SettingsError

# Who acts: CloudTrail shows it as the name of the role session.
SESSION_NAME = "counterseal"


class OneSignIn:
    """A session's `credential_provider` that knows one way in, so that no other is tried in silence."""

    def __init__(self, credentials: Credentials) -> None:
        """Take the credentials."""
        self._credentials = credentials

    def load_credentials(self) -> Credentials:
        """Return the credentials."""
        return self._credentials


def by_access_key(access: AwsAccess, environment: Mapping[str, str]) -> Credentials:
    """Return the access key that the settings name; its secret half stands in the environment.

    Raises:
        SettingsError: the id, the variable's name, or the variable is missing.
    """
    if not access.access_key_id or not access.secret_access_key_env:
        raise SettingsError(
            f"access {access.name!r} signs in with an access key and lacks a part of it",
            hint="set access_key_id, and secret_access_key_env to the variable that holds the secret access key",
        )
    secret = environment.get(access.secret_access_key_env)
    if not secret:
        raise SettingsError(
            f"access {access.name!r} takes its secret access key from the variable {access.secret_access_key_env},"
            " which is not set"
        )
    return Credentials(access.access_key_id, secret)


def by_instance_profile(access: AwsAccess, session: Session) -> Credentials:
    """Return the credentials of this machine's instance profile, by IMDSv2 only (security: B-21).

    Raises:
        SettingsError: this machine has no instance profile.
    """
    fetcher = InstanceMetadataFetcher(
        timeout=session.get_config_variable("metadata_service_timeout"),
        num_attempts=session.get_config_variable("metadata_service_num_attempts"),
        user_agent=session.user_agent(),
        config={
            "ec2_metadata_service_endpoint": session.get_config_variable("ec2_metadata_service_endpoint"),
            "ec2_metadata_v1_disabled": True,
        },
    )
    found: Credentials | None = InstanceMetadataProvider(iam_role_fetcher=fetcher).load()
    if found is None:
        raise SettingsError(
            f"access {access.name!r} signs in by instance profile, and this machine has none",
            hint="attach an instance profile to the EC2 instance, or choose another authentication",
        )
    return found


def by_role(access: AwsAccess, source: Credentials | None, open_sts: Callable[..., Any]) -> Credentials:
    """Return credentials that assume the role when they are first used, and again before they expire.

    Raises:
        SettingsError: no role is named, or there is nothing to assume it with.
    """
    if not access.role_arn:
        raise SettingsError(f"access {access.name!r} assumes a role and names none", hint="set role_arn")
    if source is None:
        raise SettingsError(
            f"access {access.name!r} found no AWS credentials to assume its role with",
            hint="run where the default chain finds some, or set access_key_id and secret_access_key_env",
        )
    arguments = {
        "RoleSessionName": SESSION_NAME,
        "ExternalId": access.external_id,
        "SerialNumber": access.mfa_serial,
    }
    fetcher = AssumeRoleCredentialFetcher(
        open_sts,
        source,
        access.role_arn,
        extra_args={name: value for name, value in arguments.items() if value},
        mfa_prompter=_ask_for_code,
        cache={},
    )
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, method="assume-role")


def _ask_for_code(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise SettingsError("the role asks for a code from an MFA device, and nobody can be asked for it here")
    from getpass import getpass

    return getpass(prompt)
