"""The policy of one session: the ticket's secrets and operations, until the approval ends, and nothing else."""

import json
from collections.abc import Sequence

from counterseal.errors import Refused
from counterseal.provisioning.broker import READS, TAKES_A_SESSION, permissions
from counterseal.provisioning.policy import Condition, Policy, Statement

# STS API reference, AssumeRole: Policy, in characters; its packed form has a limit of its own.
LONGEST = 2048

# What uses the customer's own KMS key, and RotateSecret's Lambda. The role's permissions say which: a session has what
# both policies allow.
_ENCRYPTS = frozenset({"create", "value", "metadata", "rotation", "replication"})
_IN_THE_ROLE = "the role's own permissions name it, and a session has only what both allow"


def session_policy(resources: Sequence[str], operations: Sequence[str], until: str) -> Policy:
    """Return the policy of a session that may do these operations to these secrets until that time.

    Raises:
        Refused: it is longer than AWS takes.
    """
    in_time = (Condition(operator="DateLessThanEquals", of="aws:CurrentTime", values=(until,)),)
    writes = permissions(*{name for it in operations for name in TAKES_A_SESSION[it]})
    statements = [
        Statement(sid="Do", actions=writes + permissions(*READS), resources=tuple(resources), conditions=in_time)
    ]
    if _ENCRYPTS & set(operations):
        through = Condition(operator="StringLike", of="kms:ViaService", values=("secretsmanager.*.amazonaws.com",))
        keys = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
        statements.append(
            Statement(sid="Key", actions=keys, unscoped_because=_IN_THE_ROLE, conditions=(*in_time, through))
        )
    if "rotation" in operations:
        invoke = ("lambda:InvokeFunction",)
        statements.append(Statement(sid="Rotate", actions=invoke, unscoped_because=_IN_THE_ROLE, conditions=in_time))
    policy = Policy(name="session", meaning="one session under a ticket", statements=tuple(statements))
    if len(text_of(policy)) > LONGEST:
        raise Refused(
            f"the session's policy has {len(text_of(policy))} characters, and AWS takes {LONGEST}",
            hint="name fewer secrets with --secret, or fewer operations with --operation, and open several sessions",
        )
    return policy


def text_of(policy: Policy) -> str:
    """Return the policy as short as JSON allows."""
    return json.dumps(policy.document(), separators=(",", ":"))
