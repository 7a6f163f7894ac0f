"""Standing approvals: which principal, which secrets, which operations."""

from typing import Any

import pytest
from tests.unit.correlation.invented import ACCOUNT, ARN, OTHER_ARN, REGION, at, change, finding, session, standing

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.event import Operation


def covered(of_change: dict[str, Any], *approvals: dict[str, Any]) -> bool:
    given = tuple(standing(**it) for it in approvals)
    return finding(change(**of_change), said={"standing": given}).verdict is Verdict.APPROVED


@pytest.mark.parametrize(
    "secret", [ARN, ARN[:-7], "db/password", "db/*", "*", f"arn:aws:secretsmanager:{REGION}:*", ARN[:-6] + "*"]
)
def test_it_covers_the_secret(secret: str) -> None:
    assert covered({}, {"secrets": ("other", secret)})


@pytest.mark.parametrize(
    "secret", [OTHER_ARN, "db", "password", "d*/password", "db/*x", "arn:aws:secretsmanager:us-east-1:*"]
)
def test_it_covers_no_other_secret(secret: str) -> None:
    assert not covered({}, {"secrets": (secret,)})


def test_a_star_for_arns_covers_nothing_whose_arn_is_unknown() -> None:
    assert not covered({"secret_arn": ""}, {"secrets": ("arn:*",)})


@pytest.mark.parametrize("principal", ["role/path/Admin", "role/Admin"])
def test_a_role_is_known_with_and_without_its_path(principal: str) -> None:
    assert covered({"actor": session()}, {"principal": f"arn:aws:iam::{ACCOUNT}:{principal}"})
    assert not covered({"actor": session(role="Other")}, {"principal": f"arn:aws:iam::{ACCOUNT}:{principal}"})


def test_it_covers_its_operations_only() -> None:
    of_change = {"name": "DeleteSecret", "operation": Operation.DELETE}

    assert not covered(of_change, {})
    assert covered(of_change, {"operations": frozenset({"any"})})


def test_of_several_the_one_that_lasts_longest_is_named() -> None:
    given = (
        standing(issue_key="OPS-8", expires=at(hours=-1)),
        standing(issue_key="OPS-9"),
        standing(issue_key="OPS-7"),
    )

    assert finding(change(), said={"standing": given}).ticket == "OPS-7"
