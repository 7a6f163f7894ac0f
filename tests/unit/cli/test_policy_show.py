"""`policy show`: policies with what is given in their places."""

import json
from pathlib import Path

import pytest

from counterseal.cli.main import main

HERE = ["--account", "111122223333", "--region", "eu-west-1"]
BROKER = ["--broker", "session-broker", "--session-role", "sessions", "--project", "OPS", "--project", "SEC"]
WRITERS = ["--writer-role", "gate", "--rotation-role", "rotate-a", "--rotation-role", "rotate-b"]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["policy", "show", *arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_one_policy_is_printed_as_aws_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    status, shown, said = run(capsys, "auditor", *HERE, "--mac-key", "1234abcd")

    assert status == 0
    assert json.loads(shown) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CheckCodes",
                "Effect": "Allow",
                "Action": "kms:VerifyMac",
                "Resource": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd",
            }
        ],
    }
    assert said == "counterseal: note: auditor: check the codes of counterseals, and issue none\n"


def test_what_is_open_and_what_is_on_everything_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    _, shown, said = run(capsys, "reader", "--secret", "db/password", "--account", "111122223333")

    assert "arn:aws:secretsmanager:<region>:111122223333:secret:db/password-??????" in shown
    assert "note: <region> is open: --region is the region's code" in said
    assert "note: ReadInBatches is on every resource: BatchGetSecretValue has no resource-level" in said
    assert "secret_key" not in said


def test_the_settings_fill_what_they_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "counterseal.toml").write_text(
        '[storage]\nuri = "s3://acme-safes/team"\n[aws.default]\nregion = "eu-west-1"\n'
    )

    _, shown, said = run(capsys, "storage")

    assert json.loads(shown)["Statement"][0]["Resource"] == "arn:aws:s3:::acme-safes/team/*"
    assert "is open" not in said


def test_a_bucket_without_a_prefix_is_meant_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "counterseal.toml").write_text('[storage]\nuri = "s3://acme-safes"\n')

    _, shown, _ = run(capsys, "storage")

    assert json.loads(shown)["Statement"][0]["Resource"] == "arn:aws:s3:::acme-safes/*"


def test_the_broker_comes_with_trust_permissions_and_a_service_control_policy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, shown, said = run(capsys, "broker", *HERE, *BROKER, *WRITERS, "--break-glass-role", "fire", "--secret", "team/*")
    documents = json.loads(shown)
    broker = "arn:aws:iam::111122223333:role/session-broker"
    ticket = {"sts:SourceIdentity": ["OPS-*", "SEC-*"]}

    assert list(documents) == ["broker-permissions", "session-trust", "session", "scp"]
    assert documents["broker-permissions"]["Statement"][0]["Condition"] == {"StringLike": ticket}
    assert documents["session-trust"]["Statement"] == [
        {
            "Sid": "BrokerOpensSessions",
            "Effect": "Allow",
            "Principal": {"AWS": broker},
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
            "Condition": {"StringLike": ticket},
        }
    ]
    writes, identity = documents["scp"]["Statement"]
    assert (writes["Effect"], writes["Resource"]) == ("Deny", "*")
    assert "secretsmanager:DeleteSecret" in writes["Action"]
    assert writes["Condition"] == {
        "ArnNotLike": {
            "aws:PrincipalArn": [
                f"arn:aws:iam::*:role/{it}" for it in ("gate", "sessions", "rotate-a", "rotate-b", "fire")
            ]
        }
    }
    assert identity["Condition"] == {"StringLike": ticket, "ArnNotEquals": {"aws:PrincipalArn": broker}}
    assert "is open" not in said


def test_scripts_get_what_is_open_beside_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    _, shown, said = run(capsys, "audit", "--json")
    (policy,) = json.loads(shown)["policies"]

    assert (policy["name"], policy["open"]) == ("audit", ["region", "account"])
    assert set(policy["unscoped"]) == {"ReadEventHistory", "ListSecrets"}
    assert policy["document"]["Version"] == "2012-10-17"
    assert said == ""


def test_without_a_name_the_names_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed, for_scripts = run(capsys)[1], json.loads(run(capsys, "--json")[1])

    assert "reader" in listed
    assert "these together: broker-permissions, session-trust, session, scp" in listed
    assert for_scripts["names"]["auditor"] == "check the codes of counterseals, and issue none"


def test_an_unknown_name_is_said_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    status, shown, said = run(capsys, "everything")

    assert (status, shown) == (4, "")
    assert "hint: there are reader, writer" in said


def test_a_star_alone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "reader", "--secret", "*")[0] == 9
