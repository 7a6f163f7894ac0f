"""The names that a reference may hold: of secrets, ARNs, versions, stages and accesses."""

import re

from counterseal.errors import MalformedReference

# Secrets Manager API, CreateSecret, Name; "!" stands only in names that AWS services manage, such as rds!db-….
_SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")
_OUTSIDE_SECRET_NAME = re.compile(r"[^A-Za-z0-9/_+=.@!-]")
_ARN = re.compile(r"arn:(aws[a-z-]*):secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:([A-Za-z0-9/_+=.@!-]{1,519})")
# Secrets Manager API, GetSecretValue: VersionId 32-64 characters, VersionStage 1-256.
_VERSION_ID = re.compile(r"[\x21-\x7e]{32,64}")
_ANY_VERSION = re.compile(r"[\x21-\x7e]{1,1024}")
_STAGE = re.compile(r"[\x21-\x7e]{1,256}")
# What stands between the dots of [aws.NAME] without quotation marks (TOML 1.0, bare keys).
_ACCESS = re.compile(r"[A-Za-z0-9_-]{1,64}")


def secret_id(text: str, region: str) -> str:
    """Return the name or ARN of a secret in Secrets Manager.

    Raises:
        MalformedReference: it is neither, or an ARN of another region.
    """
    if text.startswith("arn:"):
        return _arn(text, region)
    if _SECRET_NAME.fullmatch(text):
        return text
    outside = _OUTSIDE_SECRET_NAME.search(text)
    if outside:
        raise MalformedReference(
            f"the secret's name {text!r} has {outside[0]!r} in it",
            hint="AWS takes letters, digits and / _ + = . @ - in names of secrets",
        )
    raise MalformedReference("the secret's name is empty" if not text else "the secret's name is beyond 512 characters")


def version_id(text: str) -> str:
    """Return the id of a version of a secret in Secrets Manager.

    Raises:
        MalformedReference: it is no such id.
    """
    if not _VERSION_ID.fullmatch(text):
        raise MalformedReference(
            f"{text!r} is not the id of a version",
            hint="it has 32 to 64 characters; a label such as AWSPREVIOUS is a stage",
        )
    return text


def any_version(text: str) -> str:
    """Return the id of a version of an object or of a secret in a safe.

    Raises:
        MalformedReference: it is empty, too long, or has a space or a sign that is not ASCII.
    """
    if not _ANY_VERSION.fullmatch(text):
        raise MalformedReference(f"{text!r} is not a version", hint="leave it out for the current one")
    return text


def stage(text: str) -> str:
    """Return the label of a stage.

    Raises:
        MalformedReference: it is empty, too long, or has a space or a sign that is not ASCII.
    """
    if not _STAGE.fullmatch(text):
        raise MalformedReference(f"{text!r} is not a stage", hint="stages are labels such as AWSCURRENT or AWSPREVIOUS")
    return text


def access_name(text: str) -> str:
    """Return the name of an access.

    Raises:
        MalformedReference: it could not be the NAME of an [aws.NAME].
    """
    if not _ACCESS.fullmatch(text):
        raise MalformedReference(
            f"{text!r} is not the name of an access", hint="it is the NAME of an [aws.NAME] setting"
        )
    return text


def _arn(text: str, region: str) -> str:
    parts = _ARN.fullmatch(text)
    if parts is None:
        raise MalformedReference(
            f"{text!r} is not the ARN of a secret",
            hint="it looks like arn:aws:secretsmanager:us-east-2:123456789012:secret:name-AbCdEf",
        )
    if parts[2] != region:
        raise MalformedReference(
            f"the ARN is of a secret in {parts[2]}, the region given is {region}", hint="make them the same"
        )
    return text
