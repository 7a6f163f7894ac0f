"""The policies of the product's roles."""

import json

import pytest

from counterseal.errors import Refused
from counterseal.provisioning.calls import permission_for
from counterseal.provisioning.catalogue import ALL, PLACES, SHOWN, given_for
from counterseal.provisioning.policy import Policy, filled

GIVEN = {
    **{name: (name.replace("_", "-"),) for name in PLACES},
    "account": ("111122223333",),
    "region": ("eu-west-1",),
    "partition": ("aws",),
    "secret": ("db/password",),
    "project": ("OPS", "SEC"),
}


def document(name: str, **given: tuple[str, ...]) -> list[dict[str, object]]:
    (policy,) = (it for it in ALL if it.name == name)
    statements = filled(policy, given_for({**GIVEN, **given})).document()["Statement"]
    assert isinstance(statements, list)
    return statements


@pytest.mark.parametrize("policy", ALL, ids=lambda it: it.name)
def test_a_filled_policy_has_no_place_left(policy: Policy) -> None:
    done = filled(policy, given_for(GIVEN))

    assert done.places() == ()
    assert "<" not in json.dumps(done.document())


@pytest.mark.parametrize("policy", ALL, ids=lambda it: it.name)
def test_the_statements_of_a_policy_have_different_ids_that_aws_takes(policy: Policy) -> None:
    sids = [it.sid for it in policy.statements]

    assert len(set(sids)) == len(sids)
    assert all(it.isalnum() for it in sids)


@pytest.mark.parametrize("policy", ALL, ids=lambda it: it.name)
def test_a_policy_is_short_enough_for_aws(policy: Policy) -> None:
    # IAM quotas: 6,144 characters of a managed policy, 2,048 of a trust policy; Organizations: 5,120 of an SCP.
    longest = {"session-trust": 2048, "scp": 5120}.get(policy.name, 6144)

    assert len(json.dumps(filled(policy, given_for(GIVEN)).document(), separators=(",", ":"))) <= longest


def test_a_secret_named_by_name_is_meant_with_its_six_characters() -> None:
    read, *_ = document("reader")

    assert read["Resource"] == "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-??????"


def test_secrets_named_by_their_beginning_are_meant_as_they_are() -> None:
    read, *_ = document("reader", secret=("team/*",))

    assert read["Resource"] == "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/*"


def test_an_arn_stays_what_it_is() -> None:
    arn = "arn:aws:secretsmanager:us-east-2:444455556666:secret:db/password-AbCdEf"

    read, *_ = document("reader", secret=(arn,))

    assert read["Resource"] == arn


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("secret", "*"),
        ("secret", "a*b"),
        ("account", "*"),
        ("account", "12"),
        ("partition", "aws-xy"),
        ("bucket", "a?"),
        ("secret", "<region>"),
    ],
)
def test_nothing_wider_than_it_says_stands_in_a_place(name: str, text: str) -> None:
    with pytest.raises(Refused, match="cannot stand for"):
        given_for({name: (text,)})


def test_a_role_that_nobody_names_is_no_exception_to_the_scp() -> None:
    writes, _ = document("scp", rotation_role=(), writer_role=())

    assert writes["Condition"] == {
        "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/session-role", "arn:aws:iam::*:role/break-glass-role"]}
    }


def test_the_broker_is_shown_with_everything_it_is_set_up_with() -> None:
    assert [it.name for it in SHOWN["broker"]] == ["broker-permissions", "session-trust", "session", "scp"]


def test_a_call_is_known_by_the_permission_it_needs() -> None:
    assert permission_for("ListObjectsV2") == "s3:ListBucket"
    assert permission_for("GetCallerIdentity") == "GetCallerIdentity"
