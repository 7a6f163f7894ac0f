"""The broker's part: who may open a session under a ticket, what it reaches, and who else may write at all."""

from counterseal.provisioning.policy import Condition, Policy, Statement
from counterseal.provisioning.roles import invoke_rotation, through

TAKES_A_SESSION: dict[str, tuple[str, ...]] = {
    "create": ("CreateSecret",),
    "value": ("PutSecretValue", "UpdateSecret"),
    "metadata": ("UpdateSecret",),
    "label": ("UpdateSecretVersionStage",),
    "delete": ("DeleteSecret",),
    "restore": ("RestoreSecret",),
    "rotation": ("CancelRotateSecret", "RotateSecret"),
    "policy": ("DeleteResourcePolicy", "PutResourcePolicy"),
    "tag": ("TagResource", "UntagResource"),
    "replication": ("RemoveRegionsFromReplication", "ReplicateSecretToRegions", "StopReplicationToReplica"),
}
"""What a ticket's operation allows in a session, by AWS's names. The audit's catalogue reads them the same way.

Replication to another account and its acceptance concern two accounts, of which a session is in one: they are not here.
"""

READS = ("DescribeSecret", "ListSecretVersionIds", "GetResourcePolicy")
"""What tools ask before they change something (never a value)."""


def permissions(*names: str) -> tuple[str, ...]:
    """Return the permissions of calls of Secrets Manager, which are named like the calls."""
    return tuple(f"secretsmanager:{name}" for name in sorted(names))


WRITES = permissions(
    *{name for names in TAKES_A_SESSION.values() for name in names},
    "AssociateCrossAccountReplica",
    "DisassociateCrossAccountReplica",
)
"""Every write of Secrets Manager."""

BROKER = Policy(
    name="broker-permissions",
    meaning="open sessions under tickets: assume the session role, with the ticket as source identity",
    statements=(
        Statement(
            sid="OpenSessions",
            actions=("sts:AssumeRole", "sts:SetSourceIdentity"),
            resources=("arn:<partition>:iam::<account>:role/<session_role>",),
            conditions=(Condition(operator="StringLike", of="sts:SourceIdentity", values=("<project>-*",)),),
        ),
    ),
)

SESSION_TRUST = Policy(
    name="session-trust",
    meaning="the session role's trust policy: the broker alone assumes it, and only with a ticket as source identity",
    statements=(
        Statement(
            sid="BrokerOpensSessions",
            actions=("sts:AssumeRole", "sts:SetSourceIdentity"),
            principals=("<broker>",),
            # StringLike without IfExists: without a source identity there is no session.
            conditions=(Condition(operator="StringLike", of="sts:SourceIdentity", values=("<project>-*",)),),
        ),
    ),
)

SESSION = Policy(
    name="session",
    meaning="the session role's permissions: the most that any session can do; each session's own policy narrows it",
    statements=(
        Statement(
            sid="WritesUnderATicket",
            actions=WRITES,
            resources=("<secret>",),
            conditions=(Condition(operator="StringLike", of="aws:SourceIdentity", values=("<project>-*",)),),
        ),
        Statement(sid="LookBeforeChanging", actions=permissions(*READS), resources=("<secret>",)),
        through("secretsmanager", "secret_key", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
        invoke_rotation(),
    ),
)

ONLY_WRITERS = Policy(
    name="scp",
    meaning="a service control policy: only the writer, the session role, rotation roles and break-glass may write",
    statements=(
        Statement(
            sid="OnlyTheseWriteSecrets",
            effect="Deny",
            actions=WRITES,
            unscoped_because="it guards every secret of the accounts that it is attached to",
            conditions=(
                Condition(
                    operator="ArnNotLike",
                    of="aws:PrincipalArn",
                    values=tuple(
                        f"arn:<partition>:iam::*:role/<{name}>"
                        for name in ("writer_role", "session_role", "rotation_role", "break_glass_role")
                    ),
                ),
            ),
        ),
        Statement(
            sid="OnlyTheBrokerSetsTickets",
            effect="Deny",
            actions=("sts:SetSourceIdentity",),
            unscoped_because="a ticket as source identity must mean the same in every role",
            conditions=(
                Condition(operator="StringLike", of="sts:SourceIdentity", values=("<project>-*",)),
                Condition(operator="ArnNotEquals", of="aws:PrincipalArn", values=("<broker>",)),
            ),
        ),
    ),
)
