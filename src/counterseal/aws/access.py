"""A named way of signing in to AWS, as the settings say it."""

from typing import NamedTuple


class AwsAccess(NamedTuple):
    """One access. `authentication` is "role", "instance-profile", "access-key" or "default".

    Regions are codes. With "access-key", `secret_access_key_env` names the environment variable that holds the key.
    """

    name: str = "default"
    authentication: str = "default"
    region: str = ""
    role_arn: str = ""
    external_id: str = ""
    sts_endpoint: str = ""
    sts_region: str = ""
    mfa_serial: str = ""
    access_key_id: str = ""
    secret_access_key_env: str = ""
