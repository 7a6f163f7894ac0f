"""A notary whose keys KMS holds, from its first key to a proved change on an auditor's machine."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from tests.doubles.aws_double import REGION, AwsDouble, Key
from tests.journeys.command import counterseal
from tests.journeys.story import ANA, ARN, approval, record, ticket, write_logs, write_tickets
from tests.wings.test_kms_notary import new_mac_key, new_signing_key

from counterseal.clock import format_time
from counterseal.provisioning.catalogue import SHOWN, given_for
from counterseal.provisioning.policy import filled

pytestmark = [pytest.mark.enable_socket, pytest.mark.double]

WHAT = ["--secret", ARN, "--operation", "value", "--principal", ANA, "--tickets", "tickets.json"]


NOW = datetime.now(UTC)
TICKET = ticket(approvals=[approval(format_time(NOW - timedelta(minutes=10)))], window=None)


class Person:
    """Somebody with a folder of their own, and what the policy of their role lets them do."""

    def __init__(self, aws_double: AwsDouble, folder: Path, policy: str, keys: tuple[str, str]) -> None:
        folder.mkdir()
        self.folder = folder
        given = given_for({"mac_key": keys[:1], "signing_key": keys[1:]})
        statements: Any = filled(SHOWN[policy][0], given).document()["Statement"]
        self._environment = self._as(aws_double, aws_double.user(*statements))
        (folder / "counterseal.toml").write_text(
            f'[aws.default]\nregion = "{REGION}"\n[notary]\nkms_mac_key = "{keys[0]}"\nkms_signing_key = "{keys[1]}"\n'
        )

    def _as(self, aws_double: AwsDouble, key: Key) -> dict[str, str]:
        return {**aws_double.environment(key), "COUNTERSEAL_STATE_DIRECTORY": str(self.folder / "state")}

    def run(self, *arguments: str) -> CompletedProcess[bytes]:
        return counterseal(*arguments, folder=self.folder, environment=self._environment)


@pytest.fixture
def keys(aws_double: AwsDouble) -> tuple[str, str]:
    kms = aws_double.client("kms")
    return new_mac_key(kms), new_signing_key(kms)


@pytest.fixture
def notary(aws_double: AwsDouble, tmp_path: Path, keys: tuple[str, str]) -> Person:
    person = Person(aws_double, tmp_path / "notary", "notary", keys)
    write_tickets(person.folder, TICKET)
    return person


@pytest.fixture
def auditor(aws_double: AwsDouble, tmp_path: Path, keys: tuple[str, str]) -> Person:
    return Person(aws_double, tmp_path / "auditor", "auditor", keys)


def audit(auditor: Person, token: str, lines: bytes) -> CompletedProcess[bytes]:
    """Have the auditor judge a change with this token, with these lines as the right to verify."""
    (auditor.folder / "verify.keys").write_bytes(lines)
    soon = format_time(datetime.now(UTC) + timedelta(minutes=5))
    change = record(time=soon, requestParameters={"secretId": ARN, "clientRequestToken": token})
    write_logs(auditor.folder, change)
    write_tickets(auditor.folder, TICKET)
    given = ["--tickets", "tickets.json", "--issuances", "issuances.json", "--notary-key", "verify.keys"]
    return auditor.run("audit", "logs", *given, "--json")


def verdict_of(done: CompletedProcess[bytes]) -> str:
    found: str = json.loads(done.stdout)["findings"][0]["verdict"]
    return found


def test_what_it_issues_is_proved_by_code_and_by_signature(notary: Person, auditor: Person) -> None:
    made = notary.run("notary", "init")
    token = notary.run("seal", "OPS-42", *WHAT).stdout.decode().strip()
    (auditor.folder / "issuances.json").write_bytes(notary.run("notary", "export").stdout)
    with_codes, public = notary.run("notary", "keys", "--kms").stdout, notary.run("notary", "keys").stdout

    assert made.returncode == 0
    assert b"KMS holds it" in made.stderr
    assert with_codes.startswith(b"counterseal-notary-kms-v1:")
    assert public.startswith(b"counterseal-notary-public-v1:")
    assert verdict_of(audit(auditor, token, with_codes)) == "proved"
    assert verdict_of(audit(auditor, token, public)) == "proved"
    assert b"arn:" in (notary.folder / "state/notary.keys").read_bytes()


def test_the_auditors_rights_issue_nothing(notary: Person, auditor: Person) -> None:
    notary.run("notary", "init")
    (auditor.folder / "state").mkdir()
    own = auditor.folder / "state/notary.keys"
    own.write_bytes((notary.folder / "state/notary.keys").read_bytes())
    own.chmod(0o600)
    write_tickets(auditor.folder, TICKET)

    done = auditor.run("seal", "OPS-42", *WHAT)

    assert (done.returncode, done.stdout) == (6, b"")
    assert b"kms:GenerateMac is not allowed" in done.stderr


def test_who_may_not_ask_kms_is_told_so_and_nothing_is_called_proved(notary: Person, auditor: Person) -> None:
    notary.run("notary", "init")
    token = notary.run("seal", "OPS-42", *WHAT).stdout.decode().strip()
    (notary.folder / "issuances.json").write_bytes(notary.run("notary", "export").stdout)

    done = audit(notary, token, notary.run("notary", "keys", "--kms").stdout)

    assert (done.returncode, done.stdout) == (6, b"")
    assert b"kms:VerifyMac is not allowed" in done.stderr


def test_a_new_key_issues_and_the_old_one_still_verifies(
    aws_double: AwsDouble, notary: Person, auditor: Person
) -> None:
    notary.run("notary", "init")
    token = notary.run("seal", "OPS-42", *WHAT).stdout.decode().strip()
    (auditor.folder / "issuances.json").write_bytes(notary.run("notary", "export").stdout)
    again = notary.run("notary", "init", "--new-key")
    file = notary.folder / "counterseal.toml"
    text = file.read_text()
    kept, _, _ = text.partition("kms_signing_key")
    # The policy of the role names the old key: the administrator looks after the change.
    file.write_text(f'{kept}kms_signing_key = "{new_signing_key(aws_double.client("kms"))}"\n')
    made = counterseal(
        "notary",
        "init",
        "--new-key",
        folder=notary.folder,
        environment={
            **aws_double.environment(),
            "COUNTERSEAL_STATE_DIRECTORY": str(notary.folder / "state"),
        },
    )

    assert again.returncode == 9
    assert b"is among the notary's keys already" in again.stderr
    assert made.returncode == 0
    lines = notary.run("notary", "keys").stdout
    assert len(lines.splitlines()) == 2
    assert verdict_of(audit(auditor, token, lines)) == "proved"


def test_one_key_alone_is_no_notary(notary: Person) -> None:
    file = notary.folder / "counterseal.toml"
    file.write_text(file.read_text().partition("kms_signing_key")[0])

    done = notary.run("notary", "init")

    assert done.returncode == 13
    assert b"hint: set notary.kms_mac_key and notary.kms_signing_key" in done.stderr
