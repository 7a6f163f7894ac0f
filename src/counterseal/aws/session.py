"""The door to AWS: a client for one service under one access.

Import this file before any other of the room: it says in our words that botocore is missing, the others do not.
"""

from typing import Any

from counterseal.aws.access import AwsAccess
from counterseal.errors import NotInstalled


def client(service: str, access: AwsAccess, *, endpoint: str = "", once: bool = False, waits_seconds: int = 0) -> Any:
    """Return a botocore client for the service, signed in as the access says. `once`: it repeats no request by itself.

    `endpoint` is the setting COUNTERSEAL_AWS_ENDPOINT. The ambient AWS_ENDPOINT_URL variables, the endpoints in
    AWS profiles and version 1 of the instance metadata service are never used (security: B-21). `waits_seconds` is how
    long calls of this client may ask AWS to wait before it answers.

    Raises:
        NotInstalled: botocore is not installed.
        SettingsError: the region, the endpoint, or what the access signs in with is missing or wrong.
    """
    try:
        import botocore  # noqa: F401  # only to see whether it is there
    except ImportError:
        raise NotInstalled(
            "speaking to AWS needs botocore, which is not installed", hint="pip install 'counterseal[aws]'"
        ) from None
    from counterseal.aws.opening import open_client

    return open_client(service, access, endpoint, once=once, waits_seconds=waits_seconds)
