"""The command `audit`: what it prints, where, and with which status."""

import gc
import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, ANA, ARN, BEN, REGION, T, record, ticket, write_logs, write_tickets
from tests.unit.correlation.making import object_call

from counterseal.cli.audit import run
from counterseal.cli.audit_report import WORST_FIRST
from counterseal.cli.console import Console
from counterseal.cli.main import main
from counterseal.cli.parser import command_parser
from counterseal.correlation.judging.result import DISCREPANCIES
from counterseal.errors import MalformedInput, NotFound, UsageError

AS_OF = ["--as-of", "2026-03-20"]


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def audit(*arguments: str | Path, output: io.StringIO | None = None) -> tuple[int, str, str]:
    from counterseal.cli import audit as command

    output, notes = output or io.StringIO(), io.StringIO()
    parsed = command_parser("audit", command).parse_args(list(map(str, [*arguments, *AS_OF])))
    return run(parsed, Console(output, notes)), output.getvalue(), notes.getvalue()


def told(folder: Path, *records: dict[str, Any], **more: Any) -> tuple[int, str, str]:
    options = more.pop("options", [])
    logs, tickets = write_logs(folder, *records), write_tickets(folder, *more.pop("tickets", [ticket()]), **more)
    return audit(logs, "--tickets", tickets, *options)


def test_what_was_done_to_objects_is_told_with_the_object_and_what_became_of_it(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('[policy]\nguarded_buckets = ["acme-logs"]\n')
    removed = object_call("DeleteObject", "a/b", requestParameters={"bucketName": "acme-logs", "versionId": "v-1"})
    denied = object_call("DeleteObjects", errorCode="AccessDenied", requestParameters=None)
    stopped = record("PutBucketPolicy", eventSource="s3.amazonaws.com", requestParameters={"bucketName": "acme-logs"})

    status, shown, _ = told(tmp_path, removed, denied, stopped, options=["--policy", tmp_path / "policy.toml"])

    rows = shown.partition("Changes to what guards the secrets")[2].splitlines()
    assert status == 0
    assert [" ".join(it.split()) for it in rows[2:5]] == [
        f"{T} PutBucketPolicy acme-logs {ANA} done",
        f"{T} DeleteObject acme-logs/a/b {ANA} an object lost its version v-1 for good",
        f"{T} DeleteObjects acme-logs/some/thing {ANA} AccessDenied",
    ]
    assert "Not seen    what was done to the objects" not in shown


def test_a_clean_audit_says_so_first_and_what_it_could_not_see(tmp_path: Path) -> None:
    status, shown, notes = told(tmp_path, record())

    how = "--public-keys FILE, --verify-digests"
    assert (status, notes) == (0, "")
    assert shown.splitlines() == [
        "No discrepancy",
        "",
        "Period      2026-03-10T12:00:00Z to 2026-03-10T12:00:00Z",
        "As of       2026-03-20T00:00:00Z",
        "Population  1 records: 1 changes, 0 refused attempts, 0 service events, 0 unclassified",
        "Not seen    the KMS records that confirm new values: none are in these files",
        "Not seen    the label events of EventBridge: none are in these files",
        f"Not seen    whether files are complete: CloudTrail's digests were not checked ({how})",
        "Not seen    whether counterseals hold: no issuances were given (--issuances FILE)",
        "",
        "No discrepancy (1 approved)",
        "time                  verdict   event           secret       ticket  basis         signals",
        "2026-03-10T12:00:00Z  approved  PutSecretValue  db/password  OPS-42  mapped-actor  -",
    ]


def test_a_discrepancy_comes_with_its_reason_and_what_to_do(tmp_path: Path) -> None:
    status, shown, _ = told(tmp_path, record(userIdentity={"type": "IAMUser", "arn": BEN}))

    assert status == 10
    assert shown.startswith("1 discrepancy\n")
    assert "\nmismatched (1)  a ticket names the secret" in shown
    assert "\n  To do: compare the change with the ticket" in shown
    assert f"\n    by {BEN} in 111122223333 eu-west-1\n    other-actor: the actor {BEN} is ben.j" in shown
    assert "\n    event e-1\n" in shown


def test_discrepancies_are_counted_and_grouped_and_signals_shown(tmp_path: Path) -> None:
    kms = record("Decrypt", number=9, eventSource="kms.amazonaws.com", readOnly=True)

    _, shown, _ = told(tmp_path, record(), record(number=2), kms, tickets=[])

    assert shown.startswith("2 discrepancies\n")
    assert "unapproved (2)" in shown
    assert "eu-west-1  [witness-missing]\n" in shown
    assert "confirm new values" not in shown


def test_what_stands_beside_is_shown(tmp_path: Path) -> None:
    stopped = record("StopLogging", number=2, eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "t"})

    _, shown, _ = told(tmp_path, stopped, record("DeleteSecret", number=3, errorCode="AccessDenied"))

    assert "blind intervals (1)" in shown
    assert "2026-03-10T12:00:00Z to the end of these records  every account, every region  StopLogging" in shown
    assert f"2026-03-10T12:00:00Z  StopLogging  t         {ANA}  done" in shown
    assert "Approved, and nothing was changed under it\nticket  secrets" in shown
    assert "No discrepancy (1 attempt)" in shown


def test_a_blind_interval_that_is_over_shows_its_end(tmp_path: Path) -> None:
    trail: dict[str, Any] = {"eventSource": "cloudtrail.amazonaws.com", "requestParameters": {"name": "t"}}
    resumed = record("StartLogging", number=3, time="2026-03-10T13:00:00Z", **trail)

    _, shown, _ = told(tmp_path, record("StopLogging", number=2, **trail), resumed)

    assert "2026-03-10T12:00:00Z to 2026-03-10T13:00:00Z" in shown


def test_label_events_that_were_read_are_not_said_to_be_missing(tmp_path: Path) -> None:
    label = {
        "version": "0",
        "id": "l-1",
        "detail-type": "Secret Label Updated",
        "source": "aws.secretsmanager",
        "account": ACCOUNT,
        "time": T,
        "region": REGION,
        "resources": [ARN],
        "detail": {"name": "db/password", "labelUpdated": "AWSCURRENT", "versionId": "v"},
    }
    logs = write_logs(tmp_path, record())
    (logs / "label.json").write_text(json.dumps(label))

    _, shown, _ = audit(logs)

    assert "label events of EventBridge" not in shown
    assert "AWS reported its label" in shown


def test_a_person_is_told_which_stage_runs_and_nothing_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setattr("sys.stderr", screen := Screen())

    _, _, notes = told(tmp_path, record(), options=["--record"])

    stages = [it for it in screen.getvalue().replace("\x1b[K", "").split("\r") if it]
    assert stages == ["reading 1 of 1 files", "judging", "recording 4 of 4 entries", "writing the result"]
    assert screen.getvalue().endswith("\r\x1b[K")
    assert notes.startswith("counterseal: recorded in")


def test_on_one_screen_with_the_result_the_stages_are_wiped_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", screen := Screen())
    logs = write_logs(tmp_path, record())

    audit(logs, output=screen)

    stages, _, shown = screen.getvalue().partition("1 discrepancy")
    assert "judging" in stages
    assert stages.endswith(("\r\x1b[K", "\r\x1b[K\x1b[1m"))
    assert "\x1b[K" not in shown.rstrip("\r\x1b[K")


def test_whoever_reads_errors_from_a_pipe_is_told_no_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setattr("sys.stderr", piped := io.StringIO())

    told(tmp_path, record(), options=["--record"])

    assert piped.getvalue() == ""


def test_a_stage_is_wiped_before_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", screen := Screen())
    (logs := tmp_path / "logs").mkdir()
    (logs / "a.json").write_text(json.dumps({"Records": [record()]}))
    (logs / "b.json").write_text("{")

    with pytest.raises(MalformedInput):
        audit(logs)

    assert "reading 1 of 2 files" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_records_read_again_and_the_baseline_are_told(tmp_path: Path) -> None:
    status, shown, _ = told(tmp_path, record(), record(), tickets=[], options=["--baseline", "2026-03-11"])

    assert status == 0
    assert "Baseline    2026-03-11T00:00:00Z: older changes are listed and not counted" in shown
    assert "            1 read again, 0 that contradict another" in shown
    assert "No discrepancy (1 unapproved)" in shown


def test_strictly_an_attempt_counts_and_the_first_line_says_so(tmp_path: Path) -> None:
    refused = record(errorCode="AccessDenied")

    assert told(tmp_path, refused, tickets=[], options=["--strict"])[:2][0] == 10
    assert told(tmp_path, refused, tickets=[], options=["--strict"])[1].startswith("No discrepancy; but --strict")
    assert told(tmp_path, record(), options=["--strict"])[1].startswith("No discrepancy\n")


def test_without_tickets_it_says_that_nothing_is_approved(tmp_path: Path) -> None:
    logs = write_logs(tmp_path, record())
    (status, shown, _), (_, printed, notes) = audit(logs), audit(logs, "--json")

    assert status == 10
    assert "Not seen    tickets: none were given, so no change is approved (--tickets FILE, or --jira)" in shown
    assert "no tickets were given, so no change is approved" in notes
    assert json.loads(printed)["findings"][0]["verdict"] == "unapproved"


def test_nothing_read_is_said(tmp_path: Path) -> None:
    assert "Period      no record was read" in told(tmp_path)[1]


def test_notes_go_to_the_other_stream(tmp_path: Path) -> None:
    _, shown, notes = told(tmp_path, record(), options=["--json"], tickets=[ticket(edits=None)])

    assert notes.startswith("counterseal: note: tickets[0]: edits could not be read")
    assert json.loads(shown)["schema"] == "counterseal/audit/v1"


def test_the_policy_comes_from_its_file_or_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text("[policy]\napprovers_needed = 2\n")
    from_file = told(tmp_path, record(), options=["--policy", "two.toml"])
    (tmp_path / "counterseal.toml").write_text("[policy]\napprovers_needed = 3\n")
    from_settings = told(tmp_path, record())

    assert "2 people must approve" in from_file[1]
    assert "3 people must approve" in from_settings[1]


def test_colour_is_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    late = ticket(approvals=[{"by": "ben.j", "at": "2026-03-10T13:00:00Z", "decision": "approved"}])
    arguments = (write_logs(tmp_path, record()), "--tickets", write_tickets(tmp_path, late))

    assert "\x1b[33mapproved-late (1)\x1b[0m" in audit(*arguments, output=Screen())[1]
    assert "\x1b[31munapproved (1)\x1b[0m" in audit(arguments[0], output=Screen())[1]
    assert "\x1b" not in audit(*arguments)[1]


def test_a_name_in_a_record_cannot_command_the_terminal(tmp_path: Path) -> None:
    evil = record(requestParameters={"secretId": "a\x1b[2Jb\n"}, responseElements=None)

    shown = told(tmp_path, evil)[1]

    assert "\x1b" not in shown
    assert r"a\x1b[2Jb\n" in shown


def test_the_progress_is_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = write_logs(tmp_path, record())
    (logs / "b.json").write_text('{"Records": []}')
    screen, pipe = Screen(), io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    audit(logs)
    monkeypatch.setattr("sys.stderr", pipe)
    audit(logs)

    assert screen.getvalue().startswith("reading 1 of 2 files\rreading 2 of 2 files\r\x1b[K")
    assert pipe.getvalue() == ""


def test_a_time_that_is_none_is_a_wrong_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", ".", "--as-of", "soon"]) == 2
    assert "argument --as-of: 'soon' is not a time; write it like 2026-01-31T12:00:00Z" in capsys.readouterr().err


def test_now_is_taken_where_no_time_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", str(write_logs(tmp_path, record())), "--json"])

    assert json.loads(capsys.readouterr().out)["as_of"] > "2026"


def test_every_discrepancy_has_its_place_in_the_report() -> None:
    assert len(WORST_FIRST) == len(DISCREPANCIES)
    assert set(WORST_FIRST) == DISCREPANCIES


def test_a_clean_strict_audit_needs_no_second_look(tmp_path: Path) -> None:
    status, shown, _ = told(tmp_path, record(), options=["--strict"])

    assert (status, shown.splitlines()[0]) == (0, "No discrepancy")


def test_what_was_found_is_recorded_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    logs = write_logs(tmp_path, record())

    first, again = audit(logs, "--record"), audit(logs, "--record")

    assert "entries added, 0 known already" in first[2]
    assert ": 0 entries added" in again[2]
    assert (first[0], first[1]) == (again[0], again[1])


def test_nothing_is_recorded_where_that_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))

    audit(write_logs(tmp_path, record()))

    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("number", ["1", "2"])
def test_files_are_read_by_as_many_processes_as_wanted(tmp_path: Path, number: str) -> None:
    status, shown, _ = told(tmp_path, record(), options=["--jobs", number])

    assert status == 0
    assert "1 records: 1 changes" in shown


@pytest.mark.parametrize("number", ["0", "65", "-1", "two", "²"])
def test_a_number_of_processes_that_is_none_is_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(UsageError, match="no number from 1 to 64"):
        told(tmp_path, record(), options=[f"--jobs={number}"])


class Watching(io.StringIO):
    """Notes whether circles are looked for while something is printed."""

    def __init__(self) -> None:
        super().__init__()
        self.collecting: set[bool] = set()

    def write(self, text: str) -> int:
        self.collecting.add(gc.isenabled())
        return super().write(text)


def test_circles_are_not_looked_for_among_events_and_are_again_afterwards(tmp_path: Path) -> None:
    output = Watching()

    audit(write_logs(tmp_path, record()), output=output)

    assert output.collecting == {False}
    assert gc.isenabled()


def test_they_are_looked_for_again_where_an_audit_fails(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        audit(tmp_path / "absent")

    assert gc.isenabled()
