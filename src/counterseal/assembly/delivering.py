"""From a reference to the store that it names."""

from counterseal.assembly.settings import Settings
from counterseal.errors import Refused
from counterseal.references.reference import Reference
from counterseal.secretstore.interface import SecretStore


def store_for(settings: Settings, reference: Reference) -> SecretStore:
    """Open the place that a reference names: a region under an access, or a safe.

    Raises:
        SettingsError: its access is not set up, or not fully; or there is nothing to open the safe with.
        NotInstalled: the part that speaks to it is not installed.
        SecretNotFound: there is no such safe.
        WrongUnlockKey, SealBroken, RolledBack, Denied, Unreachable: the safe cannot be opened.
        Refused: references to it are read and not resolved yet.
    """
    match reference.scheme:
        case "aws-sm":
            return _secrets_manager(settings, reference)
        case "safe":
            from counterseal.assembly.keeping import safe_secrets

            return safe_secrets(settings, reference.place)
        case scheme:
            raise Refused(
                f"references to {scheme}:// are read and checked, but not resolved yet",
                hint="keep the secret in AWS Secrets Manager or in a safe",
            )


def withheld_names(settings: Settings) -> list[str]:
    """Return the variables that hold keys which Counterseal signs in with: no program is given them."""
    return [access.secret_access_key_env for access in settings.aws.values() if access.secret_access_key_env]


def _secrets_manager(settings: Settings, reference: Reference) -> SecretStore:
    from counterseal.aws.session import client

    access = settings.access(reference.access)._replace(region=reference.place)
    opened = client("secretsmanager", access, endpoint=settings.aws_endpoint)
    from counterseal.aws.secretsmanager import SecretsManagerStore

    return SecretsManagerStore(opened, reference.place)
