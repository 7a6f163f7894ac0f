"""Which account an access signs in to."""

from typing import Any

from counterseal.aws.failures import AWS_FAILURES, in_our_words


def account_of(client: Any, access: str) -> str:
    """Return the account, as STS says it: the one call that needs no permission.

    Raises:
        Denied: AWS does not accept the credentials.
        SettingsError: there are none.
        Unreachable: STS did not answer.
    """
    try:
        account: str = client.get_caller_identity()["Account"]
    except AWS_FAILURES as failure:
        raise in_our_words(failure, asked_for=f"the account of access {access!r}") from failure
    return account
