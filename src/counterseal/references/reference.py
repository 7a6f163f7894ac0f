"""One reference: text that names a secret, taken apart."""

from typing import NamedTuple


class Reference(NamedTuple):
    """Where a value is to be had. docs/formats/reference.md says how it is written.

    `scheme` is "aws-sm", "s3" or "safe". `place` is the region code, the bucket, or the safe's name.
    `secret_id` is the secret's name or ARN, the object's name, or the secret's name in the safe.
    `pointer` is an RFC 6901 pointer into the value, "" for all of it. At most one of `version_id` and `stage` is given.
    `access` names how to sign in to AWS. `default` is given only where the text says so.
    """

    scheme: str
    place: str
    secret_id: str
    pointer: str = ""
    version_id: str | None = None
    stage: str | None = None
    access: str | None = None
    default: str | None = None
