"""The policies by name, alone and in the groups that are set up together; and what stands in their places."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from counterseal.errors import Refused
from counterseal.provisioning.broker import BROKER, ONLY_WRITERS, SESSION, SESSION_TRUST
from counterseal.provisioning.policy import Policy
from counterseal.provisioning.roles import AUDIT, AUDITOR, LOG_FILES, NOTARY, QUEUE, READER, STORAGE, TOPIC, WRITER

_ALONE = (READER, WRITER, NOTARY, AUDITOR, AUDIT, QUEUE, LOG_FILES, TOPIC, STORAGE)
_BROKERS = (BROKER, SESSION_TRUST, SESSION, ONLY_WRITERS)

ALL: tuple[Policy, ...] = (*_ALONE, *_BROKERS)

SHOWN: Mapping[str, tuple[Policy, ...]] = {
    **{it.name: (it,) for it in ALL},
    "broker": _BROKERS,
}
"""What `counterseal policy show NAME` shows."""


class Place(NamedTuple):
    """What stands in a place: in words, and the ARN that is made of what is given, where it is not one already.

    `otherwise` stands there when nothing is given: None leaves the place open.
    """

    meaning: str
    arn: str = ""
    otherwise: tuple[str, ...] | None = None


_KEY = "arn:<partition>:kms:<region>:<account>:key/{}"

PLACES: Mapping[str, Place] = {
    "account": Place("the AWS account: 12 digits"),
    "region": Place("the region's code"),
    "partition": Place("aws, aws-cn or aws-us-gov; without it aws", otherwise=("aws",)),
    "secret": Place(
        "a secret: its full ARN, or its name; a name that ends in * stands for all that begin so",
        "arn:<partition>:secretsmanager:<region>:<account>:secret:{}",
    ),
    "secret_key": Place("the KMS key that encrypts the secrets, where it is your own: its ARN or id", _KEY),
    "rotation_function": Place(
        "the Lambda function that rotates the secrets, where one does: its ARN or name",
        "arn:<partition>:lambda:<region>:<account>:function:{}",
    ),
    "mac_key": Place("the notary's HMAC key: its ARN or id", _KEY),
    "signing_key": Place("the notary's signing key: its ARN or id", _KEY),
    "trail_bucket": Place("the bucket that the trail writes to"),
    "trail_prefix": Place("what stands before AWSLogs/ in the trail's bucket; without it nothing", otherwise=("",)),
    "trail_key": Place("the KMS key that encrypts the trail, where it is your own: its ARN or id", _KEY),
    "bucket": Place("the bucket of the safes"),
    "prefix": Place("what the names of the safes' objects begin with; without it nothing", otherwise=("",)),
    "bucket_key": Place("the KMS key that encrypts the bucket, where it is your own: its ARN or id", _KEY),
    "queue": Place("the queue: its ARN or name", "arn:<partition>:sqs:<region>:<account>:{}"),
    "queue_key": Place("the KMS key that encrypts the queue, where it is your own: its ARN or id", _KEY),
    "topic": Place("the topic: its ARN or name", "arn:<partition>:sns:<region>:<account>:{}"),
    "broker": Place(
        "the role that runs `counterseal session`: its ARN or name", "arn:<partition>:iam::<account>:role/{}"
    ),
    "session_role": Place("the name of the role that sessions assume"),
    "writer_role": Place("the name of the role that makes countersealed changes; without it none", otherwise=()),
    "rotation_role": Place("the name of a role that rotates secrets; without it none", otherwise=()),
    "break_glass_role": Place("the name of the role for emergencies"),
    "project": Place("the key of a Jira project whose tickets approve changes"),
}
"""Everything that can stand in a place of a policy, by the place's name."""

# Secrets Manager puts a hyphen and six characters behind the name (Secrets Manager User Guide, "IAM policies").
_SUFFIX = "-??????"
_SECRET = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}\*?", re.ASCII)
_TEXT = re.compile(r"[A-Za-z0-9/_+=.@!:-]{0,2048}", re.ASCII)
_FORMS = {"account": re.compile(r"[0-9]{12}", re.ASCII), "partition": re.compile(r"aws(-cn|-us-gov)?", re.ASCII)}


def given_for(values: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return what stands in the places: what is given, as the ARN that it means, and else what stands there otherwise.

    Raises:
        Refused: a text would mean more in a policy than it says, such as a lone `*`, or is no account or partition.
    """
    given = {name: it.otherwise for name, it in PLACES.items() if it.otherwise is not None}
    for name, texts in values.items():
        if texts:
            given[name] = tuple(_meant(name, text) for text in texts)
    return given


def _meant(name: str, text: str) -> str:
    allowed = _SECRET if name == "secret" and not text.startswith("arn:") else _FORMS.get(name, _TEXT)
    if not allowed.fullmatch(text):
        raise Refused(f"{text!r} cannot stand for {name} in a policy", hint=PLACES[name].meaning)
    pattern = PLACES[name].arn
    if not pattern or text.startswith("arn:"):
        return text
    return pattern.format(text if name != "secret" or text.endswith("*") else f"{text}{_SUFFIX}")
