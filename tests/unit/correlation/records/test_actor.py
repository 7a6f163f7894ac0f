from typing import Any

import pytest

from counterseal.correlation.records.actor import principal_tags, read_actor
from counterseal.correlation.records.event import Actor

ROLE = "arn:aws:iam::1:role/path/Admin"
PERSON = "arn:aws:sts::1:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ana@example.com"

IDENTITIES: dict[str, tuple[Any, Actor]] = {
    "root": (
        {"type": "Root", "arn": "arn:aws:iam::1:root", "invokedBy": "signin.amazonaws.com"},
        Actor(type="Root", arn="arn:aws:iam::1:root", name="root", via="signin.amazonaws.com"),
    ),
    "a user": (
        {"type": "IAMUser", "arn": "arn:aws:iam::1:user/ops/ana", "userName": "ana"},
        Actor(type="IAMUser", arn="arn:aws:iam::1:user/ops/ana", name="ana"),
    ),
    "a user known by ARN only": (
        {"type": "IAMUser", "arn": "arn:aws:iam::1:user/ops/ana"},
        Actor(type="IAMUser", arn="arn:aws:iam::1:user/ops/ana", name="ana"),
    ),
    "a role session": (
        {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::1:assumed-role/Admin/OPS-42",
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE}, "sourceIdentity": "OPS-42"},
        },
        Actor(
            type="AssumedRole",
            arn="arn:aws:sts::1:assumed-role/Admin/OPS-42",
            name="OPS-42",
            source_identity="OPS-42",
            session_name="OPS-42",
            role_arn=ROLE,
        ),
    ),
    "a person of the identity centre": (
        {"type": "AssumedRole", "arn": PERSON, "sessionContext": {"sessionIssuer": {}}},
        Actor(type="AssumedRole", arn=PERSON, name="ana@example.com", session_name="ana@example.com"),
    ),
    "a role session without a session name": (
        {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/Admin"},
        Actor(type="AssumedRole", arn="arn:aws:sts::1:assumed-role/Admin", name="Admin"),
    ),
    "a user of the identity centre": (
        {"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1", "identityStoreArn": "x"}, "userName": "n"},
        Actor(type="IdentityCenterUser", name="u-1", user_id="u-1"),
    ),
    "a role": ({"type": "Role", "arn": ROLE}, Actor(type="Role", arn=ROLE, name="Admin", role_arn=ROLE)),
    "a federated user": (
        {
            "type": "FederatedUser",
            "arn": "arn:aws:sts::1:federated-user/ana",
            "sessionContext": {"sessionIssuer": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/broker"}},
        },
        Actor(type="FederatedUser", arn="arn:aws:sts::1:federated-user/ana", name="ana"),
    ),
    "SAML": ({"type": "SAMLUser", "principalId": "p", "userName": "ana"}, Actor(type="SAMLUser", name="ana")),
    "web identity by principal only": (
        {"type": "WebIdentityUser", "principalId": "p"},
        Actor(type="WebIdentityUser", name="p"),
    ),
    "another account": (
        {"type": "AWSAccount", "accountId": "2", "principalId": "p"},
        Actor(type="AWSAccount", name="2"),
    ),
    "a service": (
        {"type": "AWSService", "invokedBy": "secretsmanager.amazonaws.com"},
        Actor(type="AWSService", name="secretsmanager.amazonaws.com", via="secretsmanager.amazonaws.com"),
    ),
    "a service event has no type": (
        {"accountId": "1", "invokedBy": "secretsmanager.amazonaws.com"},
        Actor(type="Service", name="secretsmanager.amazonaws.com", via="secretsmanager.amazonaws.com"),
    ),
    "no type and no service": (
        {"arn": "arn:aws:iam::1:user/ana"},
        Actor(type="Unknown", arn="arn:aws:iam::1:user/ana", name="ana"),
    ),
    "a service for somebody": (
        {
            "type": "IAMUser",
            "arn": "arn:aws:iam::1:user/ana",
            "userName": "ana",
            "invokedBy": "cloudformation.amazonaws.com",
        },
        Actor(type="IAMUser", arn="arn:aws:iam::1:user/ana", name="ana", via="cloudformation.amazonaws.com"),
    ),
    "root under another name": (
        {"type": "Root", "arn": "arn:aws:iam::1:root", "userName": "company"},
        Actor(type="Root", arn="arn:aws:iam::1:root", name="root"),
    ),
    "a user of the identity centre by name only": (
        {"type": "IdentityCenterUser", "userName": "n", "principalId": "p"},
        Actor(type="IdentityCenterUser", name="n"),
    ),
    "another account by its number and no name": (
        {"type": "AWSAccount", "accountId": "2", "userName": "n"},
        Actor(type="AWSAccount", name="2"),
    ),
    "a name with colons": (
        {"type": "Role", "arn": "arn:aws:iam::1:role/a:b"},
        Actor(type="Role", arn="arn:aws:iam::1:role/a:b", name="a:b", role_arn="arn:aws:iam::1:role/a:b"),
    ),
    "a session with colons": (
        {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/Admin/a:b"},
        Actor(type="AssumedRole", arn="arn:aws:sts::1:assumed-role/Admin/a:b", name="a:b", session_name="a:b"),
    ),
    "an issuer that is no role": (
        {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::1:assumed-role/A/s",
            "sessionContext": {"sessionIssuer": {"arn": "x"}},
        },
        Actor(type="AssumedRole", arn="arn:aws:sts::1:assumed-role/A/s", name="s", session_name="s"),
    ),
    "null": (None, Actor(type="Unknown")),
    "words of the wrong kind": ({"type": 7, "arn": [], "sessionContext": "x"}, Actor(type="Unknown")),
}


@pytest.mark.parametrize("case", IDENTITIES)
def test_an_actor_is_what_the_record_says_and_no_more(case: str) -> None:
    identity, actor = IDENTITIES[case]

    assert read_actor(identity) == actor


def test_principal_tags_are_read_where_the_trail_enriches_its_events() -> None:
    assert principal_tags({"tagContext": {"principalTags": {"ticket": "OPS-42", "odd": 1}}}) == {"ticket": "OPS-42"}


@pytest.mark.parametrize("context", [None, {}, {"tagContext": {"principalTags": []}}])
def test_no_tags_are_no_tags(context: object) -> None:
    assert principal_tags(context) == {}
