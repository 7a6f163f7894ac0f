"""`session`, with the AWS CLI as the tool and a double of AWS that enforces session policies and trust."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from tests.doubles.aws_double import REGION, AwsDouble
from tests.doubles.broker_stage import Stage, aws_cli, set_up
from tests.journeys.command import counterseal

from counterseal.clock import format_time

pytestmark = [pytest.mark.enable_socket, pytest.mark.double]

NOW = datetime.now(UTC)


class Session:
    """A person who runs tools under a ticket."""

    def __init__(self, aws_double: AwsDouble, folder: Path, root: Path) -> None:
        self.double, self.folder, self.cli = aws_double, folder, aws_cli(root)
        self.secret, self.other = aws_double.put("s3cret-canary"), aws_double.put("other")
        self.stage: Stage = set_up(aws_double, "test/*")
        self.environment = {
            **aws_double.environment(self.stage.person),
            "AWS_ENDPOINT_URL": aws_double.endpoint,
            "COUNTERSEAL_STATE_DIRECTORY": str(folder / "state"),
            "AWS_PROFILE": "somebody-else",
        }
        (folder / "counterseal.toml").write_text(
            f'[aws.default]\nregion = "{REGION}"\n[broker]\nrole_arn = "{self.stage.role_arn}"\n'
            '[tickets]\nfile = "tickets.json"\n'
        )
        (folder / ".aws").mkdir()
        (folder / ".aws/config").write_text("[profile somebody-else]\nregion = eu-central-1\n")
        self.ticket()

    def ticket(self, **changed: Any) -> None:
        approval = {"by": "ben", "at": format_time(NOW - timedelta(minutes=10)), "decision": "approved"}
        ticket: dict[str, Any] = {
            "id": "10042",
            "key": "OPS-42",
            "secrets": [self.secret],
            "operations": ["delete", "label"],
            "requester": "cleo",
            "assignee": "ana",
            "approvals": [approval],
        }
        told = {"tickets": [ticket | changed], "identities": {"ana": [self.stage.person_arn]}}
        (self.folder / "tickets.json").write_text(json.dumps(told))

    def run(self, *command: str, options: tuple[str, ...] = (), **more: str) -> CompletedProcess[bytes]:
        environment = {**self.environment, **more}
        return counterseal("session", "OPS-42", *options, "--", *command, folder=self.folder, environment=environment)

    def aws(self, *arguments: str) -> CompletedProcess[bytes]:
        return self.run(str(self.cli), "secretsmanager", *arguments)

    def entries(self) -> list[dict[str, Any]]:
        file = self.folder / "state/ledger.sqlite"
        if not file.exists():
            return []
        done = counterseal("ledger", "export", "-", folder=self.folder, environment=self.environment)
        return [it for line in done.stdout.splitlines() if "kind" in (it := json.loads(line))]


@pytest.fixture
def session(aws_double: AwsDouble, tmp_path: Path, root: Path) -> Session:
    return Session(aws_double, tmp_path, root)


def test_the_tool_does_what_the_ticket_approves(session: Session) -> None:
    done = session.aws("delete-secret", "--secret-id", session.secret)
    described = session.double.client("secretsmanager").describe_secret(SecretId=session.secret)

    assert (done.returncode, json.loads(done.stdout)["Name"]) == (0, session.secret)
    assert "DeletedDate" in described
    assert b"OPS-42 allows delete, label of" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("delete-secret", "--secret-id", "OTHER"),
        ("tag-resource", "--secret-id", "SECRET", "--tags", "Key=a,Value=b"),
        ("put-secret-value", "--secret-id", "SECRET", "--secret-string", "x"),
        ("get-secret-value", "--secret-id", "SECRET"),
    ],
    ids=["another secret", "another operation", "a new value", "reading the value"],
)
def test_what_the_ticket_does_not_approve_is_denied_by_aws(session: Session, arguments: tuple[str, ...]) -> None:
    named = {"OTHER": session.other, "SECRET": session.secret}
    done = session.aws(*(named.get(it, it) for it in arguments))

    assert done.returncode != 0
    assert b"AccessDenied" in done.stderr
    assert done.stdout == b""


def test_the_session_names_ticket_and_grant_to_aws(session: Session) -> None:
    done = session.run(str(session.cli), "sts", "get-caller-identity", "--query", "Arn", "--output", "text")
    (entry,) = session.entries()

    assert done.returncode == 0
    assert entry["kind"] == "session-granted"
    assert done.stdout.decode().strip().endswith(f"/counterseal-{entry['body']['session_id']}")
    assert entry["body"]["principal"] == session.stage.person_arn
    assert "AKIA" not in json.dumps(entry)
    assert "ASIA" not in json.dumps(entry)


def test_the_tool_gets_the_sessions_sign_in_and_no_other(session: Session) -> None:
    done = session.run("/usr/bin/env", AWS_ROLE_ARN="stale", AWS_CREDENTIAL_EXPIRATION="2999-01-01T00:00:00Z")
    seen = dict(line.split("=", 1) for line in done.stdout.decode().splitlines() if "=" in line)

    assert done.returncode == 0
    assert seen["AWS_ACCESS_KEY_ID"] != session.stage.person.access_key_id
    assert seen["AWS_SECRET_ACCESS_KEY"] != session.stage.person.secret_access_key
    assert seen["AWS_SESSION_TOKEN"]
    assert (seen["AWS_REGION"], seen["AWS_DEFAULT_REGION"]) == (REGION, REGION)
    assert not {"AWS_PROFILE", "AWS_ROLE_ARN", "AWS_CREDENTIAL_EXPIRATION"} & seen.keys()
    assert not [name for name in seen if name.startswith("COUNTERSEAL_")]


def test_credentials_are_shown_nowhere_but_to_the_tool(session: Session) -> None:
    done = session.run("/bin/sh", "-c", 'printf %s "$AWS_SESSION_TOKEN" >token')
    token = (session.folder / "token").read_bytes()

    assert len(token) > 20
    assert token not in done.stdout + done.stderr
    assert [it for it in session.folder.rglob("*") if it.is_file() and token in it.read_bytes()] == [
        session.folder / "token"
    ]


def test_the_exit_status_is_the_tools_own(session: Session) -> None:
    assert session.run("/bin/sh", "-c", "exit 7").returncode == 7
    assert session.run("/bin/sh", "-c", "kill -TERM $$").returncode == -15


def test_a_region_that_is_set_stays(session: Session) -> None:
    done = session.run("/bin/sh", "-c", 'echo "$AWS_REGION-$AWS_DEFAULT_REGION"', AWS_REGION="eu-west-1")

    assert done.stdout == b"eu-west-1-\n"


def test_nothing_is_granted_without_an_approval(session: Session) -> None:
    session.ticket(approvals=[])
    done = session.run("/usr/bin/touch", "ran")

    assert done.returncode == 9
    assert b"no session for OPS-42: a change made now would be unapproved" in done.stderr
    assert not (session.folder / "ran").exists()
    assert session.entries() == []


def test_a_grant_that_cannot_be_recorded_opens_nothing(session: Session) -> None:
    state = session.folder / "state"
    state.mkdir()
    connection = sqlite3.connect(state / "ledger.sqlite")
    connection.execute("create table something_else (x)")
    connection.close()
    done = session.run("/usr/bin/touch", "ran")

    assert done.returncode != 0
    assert not (session.folder / "ran").exists()


def test_what_aws_refuses_is_recorded_and_nothing_runs(session: Session) -> None:
    options = ("--role", session.stage.role_arn[:-3] + "xyz")
    done = session.run("/usr/bin/touch", "ran", options=options)

    assert done.returncode in (6, 9)
    assert not (session.folder / "ran").exists()
    assert len(session.entries()) == 1


def test_a_dry_run_shows_the_policy_and_grants_nothing(session: Session) -> None:
    done = session.run("/usr/bin/touch", "ran", options=("--dry-run", "--operation", "delete"))
    shown = json.loads(done.stdout)

    assert shown["operations"] == ["delete"]
    assert shown["policy"]["Statement"][0]["Action"][0] == "secretsmanager:DeleteSecret"
    assert not (session.folder / "ran").exists()
    assert session.entries() == []


def test_a_tool_that_is_not_there_costs_no_grant(session: Session) -> None:
    done = session.run("no-such-tool")

    assert done.returncode == 127
    assert session.entries() == []


def test_without_a_role_nothing_is_asked_of_aws(session: Session) -> None:
    (session.folder / "counterseal.toml").write_text(
        f'[aws.default]\nregion = "{REGION}"\n[tickets]\nfile = "tickets.json"\n'
    )
    done = session.run("/usr/bin/true")

    assert done.returncode == 13
    assert b"hint: give --role ARN, or set broker.role_arn" in done.stderr


def assume(session: Session, **more: str) -> str:
    """Ask the double for a session of the role, past Counterseal, and return how it was answered."""
    from botocore.exceptions import ClientError

    sts = session.double._client("sts", session.stage.person, REGION)  # as that person
    try:
        sts.assume_role(RoleArn=session.stage.role_arn, RoleSessionName="by-hand", **more)
    except ClientError as failure:
        return str(failure.response["Error"]["Code"])
    return "opened"


def test_the_trust_policy_wants_a_ticket_of_the_project(session: Session) -> None:
    assert assume(session, SourceIdentity="OPS-1") == "opened"
    assert assume(session) == "AccessDenied"
    assert assume(session, SourceIdentity="ana") == "AccessDenied"


# Nothing of this takes a token: the session is what says under which ticket it was done.
TOKENLESS = """
sm() { "$AWS_CLI" secretsmanager "$@" --secret-id "$SECRET" >/dev/null; }
sm tag-resource --tags Key=team,Value=a
sm untag-resource --tag-keys team
sm put-resource-policy --resource-policy '{"Version":"2012-10-17","Statement":[]}'
sm delete-resource-policy
sm replicate-secret-to-regions --add-replica-regions Region=eu-west-1
sm update-secret-version-stage --version-stage checked --move-to-version-id "$VERSION"
sm delete-secret
sm restore-secret
sm update-secret --description new
"""
BY_SESSION = (
    "TagResource",
    "UntagResource",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
    "ReplicateSecretToRegions",
    "UpdateSecretVersionStage",
    "DeleteSecret",
    "RestoreSecret",
)


def test_what_takes_no_token_is_approved_by_the_session_it_was_done_in(session: Session) -> None:
    session.ticket(operations=["tag", "policy", "replication", "label", "delete", "restore", "metadata"])
    described = session.double.client("secretsmanager").describe_secret(SecretId=session.secret)
    named = {"SECRET": session.secret, "VERSION": next(iter(described["VersionIdsToStages"]))}
    done = session.run("/bin/sh", "-euc", TOKENLESS, AWS_CLI=str(session.cli), **named)
    records = session.double.records_of(session.secret)[1:]
    (session.folder / "logs").mkdir()
    (session.folder / "logs/a.json").write_text(json.dumps({"Records": records}))
    told = json.loads((session.folder / "tickets.json").read_text()) | {"identities": {}}
    (session.folder / "tickets.json").write_text(json.dumps(told))
    audited = counterseal(
        "audit", "logs", "--tickets", "tickets.json", "--json", folder=session.folder, environment=session.environment
    )
    found = json.loads(audited.stdout)["findings"]

    assert (done.returncode, done.stderr.count(b"rror")) == (0, 0)
    # Records of one second come in no order: each change is looked up by its name.
    decided = {it["event"]: (it["verdict"], it["basis"]) for it in found}
    assert len(found) == len(decided)
    # No record says whether an UpdateSecret left the value alone, so approving metadata is not enough.
    assert decided == dict.fromkeys(BY_SESSION, ("approved", "source-identity")) | {
        "UpdateSecret": ("mismatched", "source-identity")
    }
    assert "could not be observed" in next(it["reason"] for it in found if it["event"] == "UpdateSecret")


def test_a_session_opened_without_us_is_judged_by_its_ticket_all_the_same(session: Session) -> None:
    session.ticket(approvals=[])
    sts = session.double._client("sts", session.stage.person, REGION)
    given = sts.assume_role(RoleArn=session.stage.role_arn, RoleSessionName="by-hand", SourceIdentity="OPS-42")
    keys = given["Credentials"]
    from botocore.session import Session as Botocore

    client: Any = Botocore().create_client(
        "secretsmanager",
        region_name=REGION,
        endpoint_url=session.double.endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    client.delete_secret(SecretId=session.secret)
    (session.folder / "logs").mkdir()
    (session.folder / "logs/a.json").write_text(json.dumps({"Records": session.double.records_of(session.secret)[-1:]}))
    audited = counterseal(
        "audit", "logs", "--tickets", "tickets.json", "--json", folder=session.folder, environment=session.environment
    )
    (found,) = json.loads(audited.stdout)["findings"]

    assert (audited.returncode, found["verdict"], found["ticket"]) == (10, "unapproved", "OPS-42")


def test_whom_the_ledger_alone_maps_gets_a_session(session: Session) -> None:
    tickets = session.folder / "tickets.json"
    tickets.write_text(json.dumps({**json.loads(tickets.read_text()), "identities": {}}))
    person = session.stage.person_arn
    stranger = session.run("true", options=("--dry-run",))
    mapped = counterseal(
        "identity", "map", "ana", person, "--by", "cleo", folder=session.folder, environment=session.environment
    )

    known = session.run("true", options=("--dry-run",))

    assert (stranger.returncode, mapped.returncode) == (9, 0), stranger.stderr + mapped.stderr
    assert b"counterseal identity map" in stranger.stderr
    assert (known.returncode, json.loads(known.stdout)["principal"]) == (0, person)
