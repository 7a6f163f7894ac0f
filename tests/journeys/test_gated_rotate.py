"""A rotation under a ticket: staged, tried, made current; or taken back; or gone on with after an interruption."""

import json
import re
from pathlib import Path

import pytest
from tests.doubles.aws_double import REGION, AwsDouble
from tests.journeys.gated_change import MAY_READ, MAY_WRITE, Ended, Team, always, bad_line, once

pytestmark = [pytest.mark.double, pytest.mark.enable_socket]

STEPS = ["PutSecretValue", "UpdateSecretVersionStage", "UpdateSecretVersionStage"]


@pytest.fixture
def team(aws_double: AwsDouble, tmp_path: Path) -> Team:
    return Team(tmp_path, aws_double, aws_double.user(MAY_WRITE, MAY_READ))


@pytest.fixture
def name(aws_double: AwsDouble, team: Team) -> str:
    made = aws_double.put("before")
    team.ticket(made)
    return made


def rotate(team: Team, name: str, *more: str) -> Ended:
    return team.run("rotate", f"aws-sm://{REGION}/{name}", "--ticket", "OPS-42", *more)


def value(double: AwsDouble, name: str, stage: str = "AWSCURRENT") -> str:
    opened = double.client("secretsmanager")
    text: str = opened.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"]
    return text


def labels(double: AwsDouble, name: str) -> set[str]:
    stages = double.client("secretsmanager").describe_secret(SecretId=name)["VersionIdsToStages"]
    return {label for labels in stages.values() for label in labels}


def test_a_value_that_passes_its_test_becomes_current_and_all_of_it_is_proved(
    team: Team, aws_double: AwsDouble, name: str
) -> None:
    done = rotate(team, name, "--test", 'printf %s "$PGPASSWORD" > tried', "--as", "PGPASSWORD", "--json")

    assert done.status == 0, done.said
    assert re.fullmatch(r"[A-Za-z0-9]{32}", value(aws_double, name))
    assert (team.folder / "tried").read_text() == value(aws_double, name)
    assert value(aws_double, name, "AWSPREVIOUS") == "before"
    assert labels(aws_double, name) == {"AWSCURRENT", "AWSPREVIOUS"}
    assert team.verdicts(name) == [(step, "proved") for step in STEPS]
    assert value(aws_double, name) not in done.shown + done.said
    assert done.json["cloudtrail"] == STEPS


def test_a_field_is_rotated_and_every_other_byte_stays(team: Team, aws_double: AwsDouble) -> None:
    name = aws_double.put('{"user" : "shop",\n "password": "before" }')
    team.ticket(name)
    done = team.run("rotate", f"aws-sm://{REGION}/{name}#/password", "--ticket", "OPS-42", "--words", "8")

    assert done.status == 0, done.said
    assert re.fullmatch(r'\{"user" : "shop",\n "password": "[a-z]{5}(-[a-z]{5}){7}" \}', value(aws_double, name))
    assert [verdict for _, verdict in team.verdicts(name)] == ["proved"] * 3


def test_a_value_that_fails_its_test_is_taken_back(team: Team, aws_double: AwsDouble, name: str) -> None:
    done = rotate(team, name, "--test", "echo the server says no; exit 3")
    [(token, revoked)] = team.tokens().items()

    assert (done.status, revoked) == (9, True)
    assert "the server says no" in done.said
    assert f"ended with 3; AWSPENDING was taken off version {token}, the value before is current" in done.said
    assert (value(aws_double, name), labels(aws_double, name)) == ("before", {"AWSCURRENT"})
    assert team.verdicts(name) == [(step, "proved") for step in STEPS[:2]]


def test_a_value_that_failed_stays_staged_where_that_is_asked_for(team: Team, aws_double: AwsDouble, name: str) -> None:
    failed = rotate(team, name, "--test", "exit 1", "--keep-pending")
    staged = value(aws_double, name, "AWSPENDING")
    looked = rotate(team, name, "--check")
    done = rotate(team, name, "--test", f'test "$PENDING_VALUE" = {staged}')

    assert (failed.status, done.status) == (9, 0)
    assert "is staged, and would be tried" in looked.shown
    assert value(aws_double, name) == staged
    assert [verdict for _, verdict in team.verdicts(name)] == ["proved"] * 3


def test_what_was_staged_can_be_abandoned(team: Team, aws_double: AwsDouble, name: str) -> None:
    rotate(team, name, "--test", "exit 1", "--keep-pending")
    done, again = rotate(team, name, "--abandon"), rotate(team, name, "--abandon")

    assert (done.status, again.status) == (0, 9)
    assert labels(aws_double, name) == {"AWSCURRENT"}
    assert list(team.tokens().values()) == [True]


def test_a_rotation_that_was_killed_goes_on_when_it_is_run_again(team: Team, aws_double: AwsDouble, name: str) -> None:
    killed = rotate(team, name, "--test", "kill -9 $PPID")
    staged = value(aws_double, name, "AWSPENDING")
    done = rotate(team, name)

    assert (killed.status, done.status) == (-9, 0)
    assert "was staged before: going on with it" in done.said
    assert value(aws_double, name) == staged
    assert [verdict for _, verdict in team.verdicts(name)] == ["proved"] * 3


@pytest.mark.parametrize("end", ["lose", "drop", "fail"])
@pytest.mark.parametrize("call", ["PutSecretValue", "UpdateSecretVersionStage"])
def test_an_answer_or_a_request_that_is_lost_is_settled(
    call: str, end: str, team: Team, aws_double: AwsDouble, name: str
) -> None:
    with bad_line(aws_double.endpoint, once(call, end)) as team.endpoint:
        done = rotate(team, name)

    assert done.status == 0, done.said
    assert value(aws_double, name) != "before"
    assert {verdict for _, verdict in team.verdicts(name)} == {"proved"}


def test_a_promotion_that_nobody_answers_is_told_as_that_and_goes_on(
    team: Team, aws_double: AwsDouble, name: str
) -> None:
    with bad_line(aws_double.endpoint, always("UpdateSecretVersionStage", "drop")) as team.endpoint:
        unknown = rotate(team, name)
    team.endpoint = aws_double.endpoint
    before = value(aws_double, name)
    done = rotate(team, name)

    assert (unknown.status, before, done.status) == (17, "before", 0)
    assert "run the same command again" in unknown.said
    assert [verdict for _, verdict in team.verdicts(name)] == ["proved"] * 3


def test_what_somebody_else_staged_is_left_alone(team: Team, aws_double: AwsDouble, name: str) -> None:
    opened = aws_double.client("secretsmanager")
    opened.put_secret_value(SecretId=name, SecretString="theirs", VersionStages=["AWSPENDING"])
    done = rotate(team, name)

    assert (done.status, team.tokens()) == (9, {})
    assert "is staged as AWSPENDING already, and not under OPS-42" in done.said
    assert value(aws_double, name, "AWSPENDING") == "theirs"


def test_a_change_meanwhile_is_not_run_over(team: Team, aws_double: AwsDouble, name: str) -> None:
    team.run("put", f"aws-sm://{REGION}/{name}", "--no-ticket", given=b"another")
    again = f"counterseal put aws-sm://{REGION}/{name} --no-ticket"
    program = team.folder / "counterseal"
    program.write_text(_program(team))
    program.chmod(0o755)
    done = rotate(team, name, "--test", f"printf theirs | ./{again}")

    assert done.status == 11, done.said
    assert "somebody changed the secret meanwhile; AWSPENDING was taken off" in done.said
    assert value(aws_double, name) == "theirs"


def _program(team: Team) -> str:
    """Return a program that puts a value as somebody else would, whom the test is not told of."""
    import sys

    keys = " ".join(f"{name}={text}" for name, text in team.double.environment().items())
    return f'#!/bin/sh\nexec env {keys} HOME="{team.folder}" "{sys.executable}" -m counterseal "$@"\n'


def test_a_value_that_could_be_guessed_is_not_drawn(team: Team, name: str) -> None:
    done = rotate(team, name, "--length", "8")

    assert (done.status, team.tokens()) == (9, {})
    assert "it could be guessed" in done.said


def test_a_rotation_needs_a_ticket_that_approves_a_value(team: Team, aws_double: AwsDouble, name: str) -> None:
    team.ticket(name, operations=["rotation"])
    done = rotate(team, name)

    assert (done.status, team.tokens(), value(aws_double, name)) == (9, {}, "before")
    assert "other-operation" in done.said


def test_aws_rotates_under_a_counterseal_where_the_secret_is_set_up_for_it(
    team: Team, aws_double: AwsDouble, name: str
) -> None:
    refused = rotate(team, name, "--hand-over")
    aws_double.client("secretsmanager").rotate_secret(
        SecretId=name,
        RotationLambdaARN=f"arn:aws:lambda:{REGION}:000000000000:function:turn",
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )
    team.ticket(name, operations=["rotation"])
    looked, done = rotate(team, name, "--hand-over", "--check"), rotate(team, name, "--hand-over", "--json")

    assert (refused.status, looked.status, done.status) == (9, 0, 0)
    assert "is not set up for rotation by AWS" in refused.said
    assert done.json["version_id"].startswith("OPS-42.")
    assert team.verdicts(name) == [("RotateSecret", "proved")]
    assert json.loads(done.shown)["cloudtrail"] == ["RotateSecret"]
