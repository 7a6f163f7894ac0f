"""The whole of it: asked for and approved in Jira, sealed by the notary, written to AWS, recorded, proved, answered."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles.aws_double import REGION, AwsDouble, Key
from tests.journeys.command import counterseal
from tests.journeys.gated_change import MAY_READ, MAY_WRITE, Ended
from tests.journeys.jira_house import JiraHouse, jira_house

from counterseal.jira_double import world
from counterseal.jira_double.model import Flavour

pytestmark = [pytest.mark.double, pytest.mark.enable_socket]

CANARY = "canary-8Wq2Lz"


@pytest.fixture
def key(aws_double: AwsDouble) -> Key:
    return aws_double.user(MAY_WRITE, MAY_READ)


@pytest.fixture(params=list(Flavour))
def house(request: pytest.FixtureRequest, aws_double: AwsDouble, key: Key, tmp_path: Path) -> Iterator[JiraHouse]:
    with jira_house(tmp_path, request.param, aws_double.arn_of(key)) as made:
        made.listen()
        made.catch_up()
        yield made


def run(house: JiraHouse, double: AwsDouble, key: Key, *arguments: str, given: str = "") -> Ended:
    """Run `counterseal` as the user, with the settings of the house."""
    done = counterseal(
        *arguments,
        folder=house.folder,
        given=given.encode(),
        environment={
            **key.environment,
            **house.environment,
            "COUNTERSEAL_AWS_ENDPOINT": double.endpoint,
            "COUNTERSEAL_STATE_DIRECTORY": str(house.folder / "state"),
        },
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_change_that_jira_approved_is_proved_and_said_on_the_ticket(
    house: JiraHouse, aws_double: AwsDouble, key: Key
) -> None:
    name = aws_double.put("before")
    issue = house.approved(name)
    assert run(house, aws_double, key, "notary", "init").status == 0
    put = f"aws-sm://{REGION}/{name}"

    done = run(house, aws_double, key, "put", put, "--ticket", issue.issue_key, given=CANARY)
    assert done.status == 0, done.said
    *_, record = [it for it in aws_double.records_of(name) if it["eventName"] == "PutSecretValue"]
    house.clock.advance(minutes=20)  # past the change, which was made by the clock of this machine
    house.report(record)
    house.pass_time()
    answered = house.answer()

    assert house.verdict(record) == "proved", house.findings()[record["eventID"]]["reason"]
    assert answered.failed == 0
    assert house.told(issue) == [f"PutSecretValue of {name}: proved"]
    everything = json.dumps([[it.path, it.query, str(it.body)] for it in house.double.seen])
    assert CANARY not in everything
    assert "arn:aws" not in everything


def test_nothing_is_sealed_before_jira_says_approved(house: JiraHouse, aws_double: AwsDouble, key: Key) -> None:
    name = aws_double.put("before")
    issue = house.ticket(name)
    house.double.request_approval(issue, world.BOB)
    assert run(house, aws_double, key, "notary", "init").status == 0

    done = run(house, aws_double, key, "put", f"aws-sm://{REGION}/{name}", "--ticket", issue.issue_key, given=CANARY)

    assert done.status == 9
    assert CANARY not in done.shown + done.said
    text = aws_double.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    assert text == "before"


def test_with_a_dead_token_nothing_is_sealed(house: JiraHouse, aws_double: AwsDouble, key: Key) -> None:
    name = aws_double.put("before")
    issue = house.approved(name)
    assert run(house, aws_double, key, "notary", "init").status == 0
    house.double.kill(house.environment["JIRA_TOKEN"])

    done = run(house, aws_double, key, "put", f"aws-sm://{REGION}/{name}", "--ticket", issue.issue_key, given=CANARY)

    assert done.status == 6, done.said
    assert house.environment["JIRA_TOKEN"] not in done.said
