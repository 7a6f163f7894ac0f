"""The whole loop: a ticket is approved, a value is put under it, and the record of the change proves the approval."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.doubles.aws_double import REGION, AwsDouble
from tests.journeys.gated_change import MAY_READ, MAY_WRITE, Team, ago, always, bad_line, once

pytestmark = [pytest.mark.double, pytest.mark.enable_socket]

CANARY = "canary-7Q4mXw"


@pytest.fixture
def team(aws_double: AwsDouble, tmp_path: Path) -> Team:
    return Team(tmp_path, aws_double, aws_double.user(MAY_WRITE, MAY_READ))


@pytest.fixture
def name(aws_double: AwsDouble, team: Team) -> str:
    """Return the name of a secret that the ticket is about."""
    made = aws_double.put("before")
    team.ticket(made)
    return made


def value(double: AwsDouble, name: str) -> str:
    text: str = double.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    return text


def test_a_value_put_under_an_approved_ticket_is_proved(team: Team, aws_double: AwsDouble, name: str) -> None:
    done = team.put(name, CANARY, "--json")
    [finding] = team.audit(name)

    assert done.status == 0
    assert value(aws_double, name) == CANARY
    assert (finding["event"], finding["verdict"], finding["ticket"]) == ("PutSecretValue", "proved", "OPS-42")
    assert finding["version_id"] == done.json["version_id"]
    assert done.json["version_id"].startswith("OPS-42.")
    assert (done.json["outcome"], done.json["stages"], done.json["principal"]) == ("written", ["AWSCURRENT"], team.arn)
    assert "CloudTrail will show PutSecretValue" in done.said
    assert CANARY not in done.shown + done.said + json.dumps(aws_double.records_of(name))


def test_whom_the_ledger_alone_maps_is_let_through_until_that_is_taken_back(
    team: Team, aws_double: AwsDouble, name: str
) -> None:
    tickets = team.folder / "tickets.json"
    tickets.write_text(json.dumps({**json.loads(tickets.read_text()), "identities": {}}))
    where = ("--operation", "value", "--account", team.arn.split(":")[4], "--region", REGION, "--principal", team.arn)
    seal, secret = ("seal", "OPS-42"), ("--secret", name)

    def statuses() -> list[int]:
        return [team.put(name, CANARY).status, team.run(*seal, *secret, *where).status]

    before = statuses()
    mapped = team.run("identity", "map", "ana", team.arn, "--by", "cleo")
    meanwhile = statuses()
    team.run("identity", "unmap", "ana", team.arn, "--by", "cleo")

    assert mapped.status == 0, mapped.said
    assert (before, meanwhile, statuses()) == ([9, 9], [0, 0], [9, 9])
    assert value(aws_double, name) == CANARY


@pytest.mark.parametrize("left_out", ["--issuances", "--notary-key"])
def test_without_issuances_or_keys_an_auditor_has_no_proof(
    left_out: str, team: Team, aws_double: AwsDouble, name: str
) -> None:
    assert team.put(name, CANARY).status == 0

    [finding] = team.audited_elsewhere({"Records": aws_double.records_of(name)[-1:]}, left_out)

    assert finding["event"] == "PutSecretValue"
    assert finding["verdict"] != "proved"


def test_a_secret_made_under_an_approved_ticket_is_proved(team: Team, aws_double: AwsDouble) -> None:
    name = f"test/{uuid4()}"
    team.ticket(name, operations=["create"])
    done = team.put(name, CANARY, "--create", "--description", "for the shop", "--tag", "team=ops")
    described = aws_double.client("secretsmanager").describe_secret(SecretId=name)

    assert done.status == 0, done.said
    assert team.verdicts(name) == [("CreateSecret", "proved")]
    assert (described["Description"], described["Tags"]) == ("for the shop", [{"Key": "team", "Value": "ops"}])


def test_a_field_is_put_and_every_other_byte_stays(team: Team, aws_double: AwsDouble) -> None:
    name = aws_double.put('{ "port": 1.10,\r\n  "password":"old", "user" : "shop" }\n')
    team.ticket(name)
    done = team.run("put", f"aws-sm://{REGION}/{name}#/password", "--ticket", "OPS-42", given=b'n"w')

    assert done.status == 0, done.said
    assert value(aws_double, name) == '{ "port": 1.10,\r\n  "password":"n\\"w", "user" : "shop" }\n'
    assert team.verdicts(name) == [("PutSecretValue", "proved")]


def test_an_answer_that_is_lost_is_settled_by_reading_back(team: Team, aws_double: AwsDouble, name: str) -> None:
    with bad_line(aws_double.endpoint, once("PutSecretValue", "lose")) as team.endpoint:
        done = team.put(name, "after")

    assert done.status == 0, done.said
    assert value(aws_double, name) == "after"
    assert team.verdicts(name) == [("PutSecretValue", "proved")]


@pytest.mark.parametrize("end", ["drop", "fail"])
def test_a_request_that_is_lost_is_made_again_under_the_same_token(
    end: str, team: Team, aws_double: AwsDouble, name: str
) -> None:
    with bad_line(aws_double.endpoint, once("PutSecretValue", end)) as team.endpoint:
        done = team.put(name, "after")

    assert done.status == 0, done.said
    assert value(aws_double, name) == "after"
    assert len(team.tokens()) == 1


def test_who_may_not_read_values_learns_that_the_version_is_there(aws_double: AwsDouble, tmp_path: Path) -> None:
    team, name = Team(tmp_path, aws_double, aws_double.user(MAY_WRITE)), aws_double.put("before")
    team.ticket(name)
    with bad_line(aws_double.endpoint, once("PutSecretValue", "lose")) as team.endpoint:
        done = team.put(name, "after")

    assert done.status == 0, done.said
    assert value(aws_double, name) == "after"


def test_what_is_not_known_stays_valid_and_is_ended_under_the_same_token(
    team: Team, aws_double: AwsDouble, name: str
) -> None:
    with bad_line(aws_double.endpoint, always("PutSecretValue", "drop")) as team.endpoint:
        unknown = team.put(name, "after")
    team.endpoint = aws_double.endpoint
    [(token, revoked)] = team.tokens().items()
    ended, again = [team.put(name, "after", "--token", token) for _ in range(2)]
    other = team.put(name, "something else", "--token", token)

    assert (unknown.status, revoked) == (17, False)
    assert f"--token {token}" in unknown.said
    assert (ended.status, "written" in ended.shown) == (0, True)
    assert (again.status, "already written" in again.shown) == (0, True)
    assert (other.status, "another value is there under this token" in other.said) == (11, True)
    assert value(aws_double, name) == "after"
    assert [verdict for _, verdict in team.verdicts(name)] == ["proved"]


def test_what_aws_denies_is_not_written_and_its_counterseal_is_revoked(aws_double: AwsDouble, tmp_path: Path) -> None:
    may = {"Effect": "Allow", "Action": "secretsmanager:DescribeSecret", "Resource": "*"}
    team, name = Team(tmp_path, aws_double, aws_double.user(may)), aws_double.put("before")
    team.ticket(name)
    done = team.put(name, "after")
    [(token, revoked)] = team.tokens().items()

    assert (done.status, revoked) == (6, True)
    assert "secretsmanager:PutSecretValue is not allowed; nothing was written" in done.said
    assert f"the counterseal {token} was revoked" in done.said


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no approval": ({"approvals": []}, 9, "unapproved: awaiting-approval"),
    "a window that is over": ({"window": {"from": ago(90), "to": ago(20)}}, 9, "mismatched: outside-window"),
    "another operation": ({"operations": ["create"]}, 9, "mismatched: other-operation"),
    "another person": ({"assignee": "zoe"}, 9, "mismatched: other-actor"),
    "another ticket": ({"key": "OPS-1"}, 4, "no ticket 'OPS-42'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_is_written_that_no_ticket_approves(case: str, team: Team, aws_double: AwsDouble, name: str) -> None:
    changed, status, said = REFUSED[case]
    team.ticket(name, **changed)
    looked, done = team.put(name, "after", "--check"), team.put(name, "after")

    assert (looked.status, done.status) == (status, status)
    assert said in looked.said
    assert said in done.said
    assert team.tokens() == {}
    assert value(aws_double, name) == "before"


def test_a_check_says_what_would_be_done_and_does_nothing(team: Team, aws_double: AwsDouble, name: str) -> None:
    looked = team.put(name, "after", "--check")

    assert looked.status == 0
    assert f"OPS-42 approves the operation value by {team.arn}" in looked.shown
    assert (team.tokens(), value(aws_double, name)) == ({}, "before")


def test_a_secret_that_is_not_there_is_told_with_the_way_to_make_it(team: Team) -> None:
    done = team.put("test/nowhere", "after")

    assert done.status == 4
    assert "--create makes it" in done.said


def test_a_secret_that_is_there_is_not_made_again(team: Team, name: str) -> None:
    team.ticket(name, operations=["create"])
    done = team.put(name, "after", "--create")

    assert (done.status, team.tokens()) == (11, {})
    assert "leave out --create" in done.said


def test_a_secret_that_is_being_deleted_is_not_written(team: Team, aws_double: AwsDouble, name: str) -> None:
    aws_double.client("secretsmanager").delete_secret(SecretId=name)
    done = team.put(name, "after")

    assert (done.status, team.tokens()) == (4, {})
    assert "is scheduled for deletion" in done.said


def test_a_version_that_is_no_longer_current_is_not_replaced(team: Team, aws_double: AwsDouble, name: str) -> None:
    current = aws_double.client("secretsmanager").get_secret_value(SecretId=name)["VersionId"]
    first, second = [team.put(name, text, "--if-version", current) for text in ("after", "later")]

    assert (first.status, second.status) == (0, 11)
    assert value(aws_double, name) == "after"


def test_a_counterseal_for_somebody_else_is_not_asked_for(team: Team, name: str) -> None:
    done = team.put(name, "after", "--principal", "arn:aws:iam::111122223333:user/zoe")

    assert (done.status, team.tokens()) == (9, {})
    assert f"the caller is {team.arn}" in done.said


def test_without_a_ticket_nothing_is_written_unless_that_is_said(team: Team, aws_double: AwsDouble, name: str) -> None:
    refused = team.run("put", f"aws-sm://{REGION}/{name}", given=b"after")
    written = team.put(name, "after", "--no-ticket")
    team.ticket(name, approvals=[])

    assert (refused.status, written.status) == (9, 0)
    assert "--no-ticket" in refused.said
    assert value(aws_double, name) == "after"
    assert team.verdicts(name) == [("PutSecretValue", "unapproved")]


def test_a_counterseal_that_was_issued_before_is_used(team: Team, aws_double: AwsDouble, name: str) -> None:
    arn = aws_double.client("secretsmanager").describe_secret(SecretId=name)["ARN"]
    what = ["--secret", arn, "--operation", "value", "--principal", team.arn]
    token = team.run("seal", "OPS-42", *what).shown.strip()
    done = team.put(name, "after", "--token", token)

    assert (done.status, list(team.tokens())) == (0, [token])
    assert team.verdicts(name) == [("PutSecretValue", "proved")]
