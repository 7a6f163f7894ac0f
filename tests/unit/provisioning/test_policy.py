"""Policies as values, and the documents that they become."""

import pytest

from counterseal.errors import Refused
from counterseal.provisioning.policy import Condition, Policy, Statement, filled

READ = Statement(sid="Read", actions=("secretsmanager:GetSecretValue",), resources=("<secret>",))


def policy(*statements: Statement) -> Policy:
    return Policy(name="test", meaning="test", statements=statements)


@pytest.mark.parametrize("action", ["*", "secretsmanager:*", "secretsmanager:Get*", "GetSecretValue", ""])
def test_a_statement_names_exact_actions(action: str) -> None:
    with pytest.raises(Refused, match="does not name an action"):
        Statement(sid="Read", actions=(action,), resources=("<secret>",))


@pytest.mark.parametrize("resource", ["*", "db/password", "arn:aws:s3"])
def test_a_statement_names_resources(resource: str) -> None:
    with pytest.raises(Refused, match="does not name a resource"):
        Statement(sid="Read", actions=("s3:GetObject",), resources=(resource,))


@pytest.mark.parametrize(
    "said", [{}, {"resources": ("<secret>",), "unscoped_because": "it has none"}], ids=["nothing", "both"]
)
def test_a_statement_says_what_it_is_about_once(said: dict[str, object]) -> None:
    with pytest.raises(Refused, match="must name resources"):
        Statement(sid="Read", actions=("s3:GetObject",), **said)  # type: ignore[arg-type]  # what is refused


def test_any_resource_is_written_only_where_there_is_a_reason() -> None:
    listing = Statement(sid="List", actions=("secretsmanager:ListSecrets",), unscoped_because="it has none")

    assert policy(listing).document()["Statement"] == [
        {"Sid": "List", "Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*"}
    ]


def test_a_place_takes_one_text_or_several() -> None:
    done = filled(policy(READ), {"secret": ("arn:aws:x:::a", "arn:aws:x:::b")})

    assert done.statements[0].resources == ("arn:aws:x:::a", "arn:aws:x:::b")


def test_what_stands_in_a_place_may_have_places() -> None:
    done = filled(policy(READ), {"secret": ("arn:aws:x:<region>::a",), "region": ("eu-west-1",)})

    assert done.statements[0].resources == ("arn:aws:x:eu-west-1::a",)


def test_what_is_not_given_stays_a_place() -> None:
    assert filled(policy(READ), {"region": ("eu-west-1",)}).places() == ("secret",)


def test_a_condition_without_one_of_its_texts_keeps_the_others() -> None:
    guard = Condition(operator="ArnNotLike", of="aws:PrincipalArn", values=("<rotation_role>", "<writer_role>"))
    statement = Statement(sid="Guard", actions=("s3:PutObject",), unscoped_because="all", conditions=(guard,))

    done = filled(policy(statement), {"rotation_role": (), "writer_role": ("w",)})

    assert done.statements[0].conditions[0].values == ("w",)


def test_conditions_of_one_operator_stand_together() -> None:
    both = (
        Condition(operator="StringLike", of="a", values=("1",)),
        Condition(operator="StringLike", of="b", values=("2", "3")),
    )
    statement = Statement(sid="Guard", actions=("s3:PutObject",), resources=("<x>",), conditions=both)

    assert policy(statement).document()["Statement"] == [
        {
            "Sid": "Guard",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": "<x>",
            "Condition": {"StringLike": {"a": "1", "b": ["2", "3"]}},
        }
    ]


def test_a_trust_policy_has_principals_and_no_resource() -> None:
    trust = Statement(sid="Trust", actions=("sts:AssumeRole",), principals=("arn:aws:iam::111122223333:role/broker",))

    assert policy(trust).document()["Statement"] == [
        {
            "Sid": "Trust",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:role/broker"},
            "Action": "sts:AssumeRole",
        }
    ]


def test_an_optional_statement_is_left_out_until_it_is_filled() -> None:
    key = Statement(sid="UseKey", actions=("kms:Decrypt",), resources=("<key>",), optional=True)

    assert policy(key).document()["Statement"] == []
    assert filled(policy(key), {"key": ("arn:aws:kms:::key/1",)}).document()["Statement"] != []


def test_actions_are_those_allowed_and_not_those_denied() -> None:
    deny = Statement(sid="Deny", effect="Deny", actions=("s3:PutObject",), unscoped_because="all")

    assert policy(READ, deny).actions() == {"secretsmanager:GetSecretValue"}
