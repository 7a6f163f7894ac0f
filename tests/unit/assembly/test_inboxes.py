"""From the settings to the inbox, and to what its messages are checked with."""

import json
import ssl
from contextlib import closing
from pathlib import Path

import pytest
from tests.sns import FOLDER, NOW, TOPIC
from tests.unit.control.test_process import event
from tests.unit.correlation.making import object_call, trail_call

from counterseal.assembly.embedded import Reading
from counterseal.assembly.inboxes import (
    House,
    _trust_store,
    event_bridge_key,
    inbox_path,
    open_existing_inbox,
    open_inbox,
    processing,
    sns_check,
)
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.settings import IntakeSettings, Settings, load_settings
from counterseal.aws.access import AwsAccess
from counterseal.clock import FixedClock
from counterseal.control.process import Processed
from counterseal.errors import Denied, NotFound, NotInstalled, SettingsError
from counterseal.hidden import Hidden
from counterseal.inbox.letter import Arrival, State

CLOCK = FixedClock(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_directory=tmp_path / "state")


def test_the_inbox_is_in_the_state_directory_unless_it_is_set(settings: Settings, tmp_path: Path) -> None:
    open_inbox(settings, CLOCK).close()

    assert (tmp_path / "state/inbox.sqlite").exists()
    assert inbox_path(settings._replace(inbox_path=tmp_path / "other")) == tmp_path / "other"


def test_an_inbox_is_not_made_by_looking_for_it(settings: Settings) -> None:
    with pytest.raises(NotFound, match="no inbox"):
        open_existing_inbox(settings, CLOCK)

    open_inbox(settings, CLOCK).close()
    open_existing_inbox(settings, CLOCK).close()


def test_a_state_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Denied, match="state directory"):
        open_inbox(Settings(state_directory=tmp_path / "file/state"), CLOCK)


def test_messages_are_judged_by_the_tickets_of_the_settings(settings: Settings, tmp_path: Path) -> None:
    ticket = {
        "id": "1", "key": "OPS-1", "secrets": ["shop/prod/db"], "operations": ["value"], "status": "Approved",
        "requester": "ana", "assignee": "jonas",
        "approvals": [{"by": "priya", "at": "2026-03-02T09:00:00Z", "decision": "approved"}],
    }  # fmt: skip
    (tmp_path / "tickets.json").write_text(json.dumps({"tickets": [ticket]}))
    with closing(open_inbox(settings, CLOCK)) as inbox, closing(open_ledger(settings, CLOCK)) as ledger:
        inbox.store([Arrival("sqs", "queue", "m-1", event("e-1"))])
        work = processing(inbox, House(ledger), Reading((), tmp_path / "tickets.json"), settings, CLOCK)

        assert work.run() == Processed(processed=1)
        (tmp_path / "tickets.json").write_text('{"tickets": []}')
        work.run()

        verdicts = [it.body()["ticket"] for it in ledger.read("inbox") if it.kind == "verdict"]
    assert verdicts == ["OPS-1", ""]


def test_the_policy_says_of_which_buckets_the_objects_matter(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('[policy]\nguarded_buckets = ["acme-logs"]\n')
    content = json.dumps({"Records": [object_call("DeleteObject")]}).encode()
    with closing(open_inbox(settings, CLOCK)) as inbox, closing(open_ledger(settings, CLOCK)) as ledger:
        inbox.store([Arrival("sqs", "queue", "m-1", content)])
        reading = Reading((), policy=tmp_path / "policy.toml")

        assert processing(inbox, House(ledger), reading, settings, CLOCK).run() == Processed(processed=1)

        guards = [it.body()["name"] for it in ledger.read("inbox") if it.kind == "guard-event"]
    assert guards == ["DeleteObject"]


def test_sns_is_checked_only_where_topics_are_named(settings: Settings) -> None:
    assert sns_check(settings, CLOCK) is None

    named = settings._replace(intake=IntakeSettings(sns_topics=(TOPIC,), sns_authorities=FOLDER / "authority.pem"))
    checked = sns_check(named, CLOCK)
    assert checked is not None
    assert checked.knows(TOPIC)


def test_without_authorities_of_its_own_it_trusts_those_of_the_machine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = settings._replace(intake=IntakeSettings(sns_topics=(TOPIC,)))
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="trusts cannot be read"):
        sns_check(named, CLOCK)

    monkeypatch.setenv("SSL_CERT_FILE", str(FOLDER / "authority.pem"))
    assert sns_check(named, CLOCK) is not None


def test_a_trust_store_may_be_a_folder_of_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ssl.get_default_verify_paths()
    monkeypatch.setattr("ssl.get_default_verify_paths", lambda: paths._replace(cafile="", capath=str(FOLDER)))
    assert b"BEGIN CERTIFICATE" in _trust_store(IntakeSettings())

    monkeypatch.setattr("ssl.get_default_verify_paths", lambda: paths._replace(cafile="", capath=""))
    assert _trust_store(IntakeSettings()) == b""


@pytest.mark.parametrize(
    ("intake", "said"),
    [
        (IntakeSettings(sns_topics=("secrets",), sns_authorities=FOLDER / "authority.pem"), "not the ARN"),
        (IntakeSettings(sns_topics=(TOPIC,), sns_signature_versions=("3",)), "are 1 and 2"),
        (IntakeSettings(sns_topics=(TOPIC,), sns_authorities=FOLDER / "missing.pem"), "cannot be read"),
    ],
)
def test_what_cannot_be_set_is_refused(intake: IntakeSettings, said: str, settings: Settings) -> None:
    with pytest.raises(SettingsError, match=said):
        sns_check(settings._replace(intake=intake), CLOCK)


def test_a_missing_part_is_said_to_be_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    named = settings._replace(intake=IntakeSettings(sns_topics=(TOPIC,)))
    monkeypatch.delitem(__import__("sys").modules, "counterseal.outside.fetching", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "httpx2", None)

    with pytest.raises(NotInstalled, match="httpx2"):
        sns_check(named, CLOCK)


def test_without_the_aws_wing_a_subscription_waits_in_quarantine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.sns import body

    monkeypatch.delitem(__import__("sys").modules, "counterseal.aws.subscriptions", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "botocore", None)
    for name in ("counterseal.aws.failures", "counterseal.aws.subscriptions"):
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)
    named = settings._replace(intake=IntakeSettings(sns_topics=(TOPIC,), sns_authorities=FOLDER / "authority.pem"))
    with closing(open_inbox(settings, CLOCK)) as inbox, closing(open_ledger(settings, CLOCK)) as ledger:
        inbox.store([Arrival("sns", TOPIC, "m-1", body("subscription"))])

        assert processing(inbox, House(ledger), Reading(()), named, CLOCK).run() == Processed(quarantined=1)

        assert "nobody can confirm" in inbox.letters(State.QUARANTINED)[0].reason


def test_a_confirmation_is_asked_of_aws_in_the_region_of_the_topic(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.sns import body
    from tests.unit.aws.test_queue import FakeClient

    opened: list[tuple[str, str]] = []
    client = FakeClient()

    def opens(service: str, access: object, **_: object) -> FakeClient:
        opened.append((service, access.region))  # type: ignore[attr-defined]
        return client

    monkeypatch.setattr("counterseal.aws.session.client", opens)
    named = settings._replace(intake=IntakeSettings(sns_topics=(TOPIC,), sns_authorities=FOLDER / "authority.pem"))
    with closing(open_inbox(settings, CLOCK)) as inbox, closing(open_ledger(settings, CLOCK)) as ledger:
        inbox.store([Arrival("sns", TOPIC, "m-1", body("subscription"))])

        assert processing(inbox, House(ledger), Reading(()), named, CLOCK).run() == Processed(processed=1)

    assert opened == [("sns", "us-east-2")]
    assert client.asked[0][0] == "confirm_subscription"


def test_log_files_are_read_from_the_folders_of_the_settings_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, str]] = []

    def opens(service: str, access: object, **_: object) -> object:
        opened.append((service, access.name))  # type: ignore[attr-defined]
        return object()

    monkeypatch.setattr("counterseal.aws.session.client", opens)
    intake = IntakeSettings(access="trail", log_folders=("s3://acme-trail/AWSLogs/111122223333/",))
    named = settings._replace(intake=intake, aws={"trail": AwsAccess(name="trail")})
    message = {"s3Bucket": "acme-trail", "s3ObjectKey": ["AWSLogs/444455556666/a.json.gz"]}
    with closing(open_inbox(settings, CLOCK)) as inbox, closing(open_ledger(settings, CLOCK)) as ledger:
        inbox.store([Arrival("sqs", "queue", "m-1", json.dumps(message).encode())])

        assert processing(inbox, House(ledger), Reading(()), named, CLOCK).run() == Processed(quarantined=1)

        assert "in none of intake.log_folders" in inbox.letters(State.QUARANTINED)[0].reason
    assert opened == [("s3", "trail")]


@pytest.mark.parametrize(("folders", "blind"), [((), 1), (("s3://acme-trail",), 0)])
def test_a_trail_that_delivers_where_log_files_are_read_is_not_blind(
    folders: tuple[str, ...], blind: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterseal.aws.session.client", lambda *_, **__: object())
    intake = IntakeSettings(access="trail", log_folders=folders)
    named = settings._replace(intake=intake, aws={"trail": AwsAccess(name="trail")})
    update = trail_call("UpdateTrail", requestParameters={"name": "t", "s3BucketName": "acme-trail"})
    with closing(open_inbox(settings, CLOCK)) as inbox, closing(open_ledger(settings, CLOCK)) as ledger:
        inbox.store([Arrival("sqs", "queue", "m-1", json.dumps(update).encode())])

        assert processing(inbox, House(ledger), Reading(()), named, CLOCK).run() == Processed(processed=1)

        assert [str(it.kind) for it in ledger.read("inbox")].count("blind-interval") == blind


@pytest.mark.parametrize("folder", ["acme-trail", "s3://", "s3://acme-trail?x", "https://acme-trail/AWSLogs"])
def test_what_is_no_folder_of_a_bucket_is_no_setting(folder: str, settings: Settings) -> None:
    named = settings._replace(intake=IntakeSettings(log_folders=(folder,)))
    with (
        closing(open_inbox(settings, CLOCK)) as inbox,
        closing(open_ledger(settings, CLOCK)) as ledger,
        pytest.raises(SettingsError, match=r"intake\.log_folders"),
    ):
        processing(inbox, House(ledger), Reading(()), named, CLOCK)


def test_the_key_of_eventbridge_comes_from_a_variable() -> None:
    intake = IntakeSettings(event_bridge_key_env="HOOK_KEY", event_bridge_header="Authorization")

    assert event_bridge_key(IntakeSettings(), {}) is None
    found = event_bridge_key(intake, {"HOOK_KEY": "invented for these tests"})
    assert found is not None
    assert (found.header, found.value) == ("Authorization", Hidden(b"invented for these tests"))
    usual = event_bridge_key(intake._replace(event_bridge_header=""), {"HOOK_KEY": "invented for these tests"})
    assert usual is not None
    assert usual.header == "x-api-key"


@pytest.mark.parametrize("environment", [{}, {"HOOK_KEY": ""}, {"HOOK_KEY": "too short"}])
def test_a_key_that_is_none_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="HOOK_KEY holds no key of 16"):
        event_bridge_key(IntakeSettings(event_bridge_key_env="HOOK_KEY"), environment)


def test_topics_are_a_list_in_the_file_and_separated_by_commas_in_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "counterseal.toml"
    file.write_text(
        '[intake]\nsns_topics = ["arn:a", "arn:b"]\nsns_authorities = "ca.pem"\n[inbox]\npath = "in.sqlite"\n'
    )

    from_file = load_settings(file, environment={})
    from_environment = load_settings(file, environment={"COUNTERSEAL_INTAKE_SNS_TOPICS": "arn:c, arn:d,"})

    assert from_file.intake.sns_topics == ("arn:a", "arn:b")
    assert from_file.intake.sns_authorities == tmp_path / "ca.pem"
    assert from_file.inbox_path == tmp_path / "in.sqlite"
    assert from_environment.intake.sns_topics == ("arn:c", "arn:d")


@pytest.mark.parametrize("line", ["queue = ['a']", "sns_topics = [1]", "sns_topics = 1"])
def test_other_lists_and_kinds_are_refused(line: str, tmp_path: Path) -> None:
    file = tmp_path / "counterseal.toml"
    file.write_text(f"[intake]\n{line}\n")

    with pytest.raises(SettingsError, match="must be text"):
        load_settings(file, environment={})
