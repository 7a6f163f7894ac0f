"""What broker sessions are set up with, on the AWS double: by the very policies that `policy show broker` prints."""

import json
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from tests.doubles.aws_double import REGION, AwsDouble, Key

from counterseal.aws.caller import caller_of
from counterseal.provisioning.catalogue import SHOWN, given_for
from counterseal.provisioning.policy import Policy, filled

ACCOUNT = "000000000000"  # MiniStack's


class Stage(NamedTuple):
    """The session role, and the person who may open sessions of it."""

    role_arn: str
    person: Key
    person_arn: str


def set_up(aws_double: AwsDouble, *secrets: str, project: str = "OPS") -> Stage:
    """Make the person and the role; sessions of the role reach these secrets at the most."""
    role = f"sessions-{uuid4().hex[:8]}"
    given = {"account": (ACCOUNT,), "region": (REGION,), "secret": secrets, "session_role": (role,)}
    given |= {"project": (project,), "break_glass_role": ("fire",)}
    policies = {it.name: it for it in SHOWN["broker"]}
    person = aws_double.user(*_statements(policies["broker-permissions"], given))
    person_arn = caller_of(aws_double._client("sts", person, REGION)).arn
    iam = aws_double.client("iam")
    trust = _document(policies["session-trust"], given | {"broker": (person_arn,)})
    made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=role, PolicyName="most", PolicyDocument=_document(policies["session"], given))
    return Stage(made["Role"]["Arn"], person, person_arn)


def aws_cli(root: Path) -> Path:
    """Return the AWS CLI, which is installed among the oracles."""
    return root / ".venv-oracles/bin/aws"


def _statements(policy: Policy, given: dict[str, tuple[str, ...]]) -> Any:
    return filled(policy, given_for(given)).document()["Statement"]


def _document(policy: Policy, given: dict[str, tuple[str, ...]]) -> str:
    return json.dumps(filled(policy, given_for(given)).document())
