"""The command `findings`, over a ledger into which an audit was recorded."""

import hashlib
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ledger.samples import TickingClock, audit_run, blind_interval, event, ticket, verdict, waiver

from counterseal.assembly.checkpoints import checkpoint_now, create_signing_key
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.recorded import recorded as opened_reports
from counterseal.assembly.settings import load_settings
from counterseal.cli import findings as command
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.clock import FixedClock
from counterseal.errors import Denied, NotFound, Refused, UsageError
from counterseal.ledger import Draft, EntryKind, draft
from counterseal.reports.metrics import exposition
from counterseal.web.readings import Readings

AS_OF = ("--as-of", "2026-03-20")
WAIVE = ("--by", "cleo", "--why", "known and harmless", "--until", "2026-04-01", *AS_OF)
TRACE: dict[str, Any] = {"about": "trace", "ticket": "", "basis": ""}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


def recorded(*drafts: Draft) -> None:
    """Record these, and the audit that found them."""
    ledger = open_ledger(load_settings(), TickingClock())
    ledger.append("audit", [*drafts, audit_run()])
    ledger.close()


def findings(*arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    parsed = command_parser("findings", command).parse_args(list(arguments))
    return command.run(parsed, Console(output, io.StringIO())), output.getvalue()


def test_a_ledger_that_is_not_there_is_not_made_and_not_called_clean(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no ledger at") as refusal:
        findings("list", "--exit-status")

    assert "--record" in refusal.value.hint
    assert not (tmp_path / "state").exists()


def test_a_ledger_without_an_audit_is_not_called_clean() -> None:
    open_ledger(load_settings()).close()

    with pytest.raises(NotFound, match="no audit was recorded"):
        findings("list", "--exit-status")


def test_the_list_shows_discrepancies_and_all_shows_the_rest() -> None:
    recorded(verdict("e-1", "approved"), verdict("e-2", "unapproved"), blind_interval())

    status, shown = findings("list", *AS_OF)
    every = json.loads(findings("list", "--all", "--json", *AS_OF)[1])

    assert status == 0
    assert shown.startswith("2 count, 0 waived, 2 listed\n")
    assert "e-1" not in shown
    assert {row["event_id"] for row in every["findings"]} == {"e-1", "e-2", "g-1"}
    assert (every["schema"], every["counting"]) == ("counterseal/findings/v1", 2)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (["--verdict", "mismatched"], ["e-2"]),
        (["--secret", "db/user"], ["e-2"]),
        (["--secret", "db"], []),
        (["--since", "2026-03-10T11:30:00Z"], ["e-2"]),
    ],
)
def test_the_list_is_narrowed(chosen: list[str], expected: list[str]) -> None:
    other = verdict("e-2", "mismatched", secret_name="db/user", time="2026-03-10T12:00:00Z")
    recorded(verdict("e-1", "unapproved"), other)

    shown = json.loads(findings("list", "--json", *chosen)[1])

    assert [row["event_id"] for row in shown["findings"]] == expected


def test_a_waived_finding_is_listed_with_its_waiver_and_does_not_count_until_it_ends() -> None:
    recorded(verdict("e-1", "unapproved"))
    assert findings("list", "--exit-status", *AS_OF)[0] == 10

    status, said = findings("waive", "e-1", *WAIVE)

    assert (status, said) == (0, "unapproved of e-1 is waived until 2026-04-01T00:00:00Z\n")
    status, shown = findings("list", "--exit-status", *AS_OF)
    assert status == 0
    assert "waived by cleo until 2026-04-01T00:00:00Z: known and harmless" in shown
    assert findings("list", "--exit-status", "--as-of", "2026-04-01")[0] == 10
    assert findings("waive", "e-1", *WAIVE)[1].endswith("already\n")


def test_a_waiver_that_is_ended_counts_again_wherever_findings_are_counted() -> None:
    recorded(verdict("e-1", "unapproved"))
    findings("waive", "e-1", *WAIVE)

    said = findings("unwaive", "e-1", "--by", "dora", "--why", "it was not the vendor", *AS_OF)

    assert said == (0, "unapproved of e-1 counts again; it was waived until 2026-04-01T00:00:00Z\n")
    assert findings("list", "--exit-status", *AS_OF)[0] == 10
    assert findings("list", "--exit-status", "--as-of", "2026-03-19")[0] == 0
    as_of = datetime(2026, 3, 20, tzinfo=UTC)
    with opened_reports(load_settings()) as parts:
        assert parts.reports.select("SELECT waived_until FROM current_waivers").rows == ((as_of,),)
        metrics = exposition(parts.reports, as_of, waiting={}, entries={})
        assert 'counterseal_findings{verdict="unapproved",counts="true"} 1' in metrics
        page = Readings(parts.reports, FixedClock(as_of)).overview()
        assert (len(page.discrepancies), page.waived) == (1, [])


def test_who_waived_and_who_ended_that_stands_beside_the_evidence(tmp_path: Path) -> None:
    recorded(verdict("e-1", "unapproved"))
    findings("waive", "e-1", *WAIVE)
    findings("unwaive", "e-1", "--by", "dora", "--why", "it was not the vendor", *AS_OF)

    shown = findings("show", "e-1", *AS_OF)[1]
    assert re.search(r"ended +unapproved +dora +it was not the vendor", shown)
    told = json.loads(findings("show", "e-1", "--json", *AS_OF)[1])["waivers"]
    assert [(it["what"], it["said_by"]) for it in told] == [("ended", "dora"), ("waived", "cleo")]
    findings("show", "e-1", "--html", str(tmp_path / "evidence.html"), *AS_OF)
    assert "ended the waiver" in (tmp_path / "evidence.html").read_text()
    assert findings("waive", "e-1", *WAIVE)[1].endswith("2026-04-01T00:00:00Z\n")


def test_a_call_of_s3_that_opened_a_blind_interval_is_told_with_bucket_and_object(tmp_path: Path) -> None:
    target = {"resource": "acme-logs", "object": "a/b", "effect": "an object was removed"}
    opened = json.loads(event("g-1", service="s3", name="DeleteObject").body) | target
    recorded(draft(EntryKind.GUARD_EVENT, opened), blind_interval())

    shown = findings("show", "g-1", *AS_OF)[1]
    assert re.search(r"resource +acme-logs\n +object +a/b\n +effect +an object was removed", shown)
    assert json.loads(findings("show", "g-1", "--json", *AS_OF)[1])["findings"][0]["object"] == "a/b"
    findings("show", "g-1", "--html", str(tmp_path / "evidence.html"), *AS_OF)
    assert '<dt>Resource</dt><dd class="id">acme-logs/a/b</dd>' in (tmp_path / "evidence.html").read_text()


def test_what_is_not_waived_has_no_waiver_to_end() -> None:
    recorded(verdict("e-1", "unapproved"))

    with pytest.raises(Refused, match="no waiver holds for 'e-1' on 2026-03-20") as refusal:
        findings("unwaive", "e-1", "--by", "dora", "--why", "it was not the vendor", *AS_OF)
    assert "report waivers" in refusal.value.hint


def test_a_waiver_may_not_last_longer_than_the_policy_lets_it(tmp_path: Path) -> None:
    recorded(verdict("e-1", "unapproved"))
    century = ["--by", "cleo", "--why", "for ever", "--until", "9999-12-31"]

    with pytest.raises(Refused, match="may last 366 days at most") as refusal:
        findings("waive", "e-1", *century)
    assert "longest_waiver_days in [policy]" in refusal.value.hint
    with pytest.raises(Refused, match="may last 366 days at most"):
        findings("waive", "e-1", *century, "--as-of", "9999-01-01")
    (tmp_path / "counterseal.toml").write_text("[policy]\nlongest_waiver_days = 7\n")
    with pytest.raises(Refused, match="may last 7 days at most"):
        findings("waive", "e-1", *century)
    (tmp_path / "rules.toml").write_text("[policy]\nlongest_waiver_days = 30\n")
    with pytest.raises(Refused, match="may last 30 days at most"):
        findings("waive", "e-1", *century, "--policy", "rules.toml")


def test_a_waiver_from_before_there_was_a_limit_keeps_its_time() -> None:
    found = verdict("e-1", "unapproved")
    recorded(found, waiver(found, "9998-01-01T00:00:00Z"))

    assert findings("list", "--exit-status", "--as-of", "9997-01-01")[0] == 0
    findings("unwaive", "e-1", "--by", "dora", "--why", "it was not the vendor", *AS_OF)
    assert findings("list", "--exit-status", *AS_OF)[0] == 10


def test_without_exit_status_what_counts_is_only_listed() -> None:
    recorded(verdict("e-1", "unapproved"))

    assert findings("list")[0] == 0


def test_a_blind_interval_can_be_waived() -> None:
    recorded(blind_interval())

    findings("waive", "g-1", *WAIVE)

    assert findings("list", "--exit-status", *AS_OF)[0] == 0


def test_what_is_no_discrepancy_is_not_waived() -> None:
    recorded(verdict("e-1", "approved"))

    with pytest.raises(Refused, match="nothing to waive"):
        findings("waive", "e-1", *WAIVE)


def test_several_findings_of_one_event_are_told_apart_by_their_verdict() -> None:
    recorded(verdict("e-1", "orphan-deletion", **TRACE), verdict("e-1", "unrecorded-version", **TRACE))

    with pytest.raises(UsageError, match="several findings") as refusal:
        findings("waive", "e-1", *WAIVE)
    findings("waive", "e-1", "--verdict", "orphan-deletion", *WAIVE)

    assert "--verdict" in refusal.value.hint
    assert json.loads(findings("list", "--json", *AS_OF)[1])["counting"] == 1


def test_a_waiver_of_another_verdict_names_those_there_are() -> None:
    recorded(verdict("e-1", "unapproved"))

    with pytest.raises(NotFound, match="no discrepancy about 'e-1' is mismatched") as refusal:
        findings("waive", "e-1", "--verdict", "mismatched", *WAIVE)

    assert refusal.value.hint == "--verdict may name: unapproved"


@pytest.mark.parametrize("action", [["show", "e-9"], ["waive", "e-9", *WAIVE]])
def test_an_event_without_a_finding_is_named(action: list[str]) -> None:
    recorded(verdict("e-1", "approved"))

    with pytest.raises(NotFound, match="'e-9'"):
        findings(*action)


def test_an_unknown_verdict_is_refused_with_those_there_are() -> None:
    recorded(verdict("e-1", "approved"))

    with pytest.raises(UsageError, match="no verdict 'unaproved'") as refusal:
        findings("list", "--verdict", "unaproved")

    assert "unapproved" in refusal.value.hint


def test_the_evidence_tells_who_asked_who_approved_and_what_aws_recorded() -> None:
    recorded(ticket(), event("e-1"), verdict("e-1", "unapproved"), verdict("e-1", "approved"))

    shown = findings("show", "e-1")[1]
    told = json.loads(findings("show", "e-1", "--json")[1])

    assert "approved by ben at 2026-03-10T10:00:00Z" in shown
    assert "Ticket OPS-1" in shown
    assert "What AWS recorded" in shown
    assert told["schema"] == "counterseal/evidence/v1"
    assert [row["verdict"] for row in told["history"]] == ["unapproved", "approved"]
    assert (told["events"][0]["digest"], told["events"][0]["position"]) == ("a" * 64, 2)
    assert told["tickets"][0]["requester"] == "cleo"
    assert len(told["findings"][0]["entry_digest"]) == 64


def test_the_evidence_is_written_as_one_file_that_loads_nothing(tmp_path: Path) -> None:
    recorded(ticket(), event("e-1"), verdict("e-1", "approved", reason="said <so>"))
    signed()

    assert findings("show", "e-1", "--html", "evidence.html", *AS_OF) == (0, "")
    page = (tmp_path / "evidence.html").read_text()
    assert "Approved by <strong>ben</strong>" in page
    assert "Said &lt;so&gt;." in page
    assert "Under a signed checkpoint" in page
    assert "<script" not in page


def test_a_waived_finding_and_one_without_a_change_have_a_page_too(tmp_path: Path) -> None:
    recorded(blind_interval())
    findings("waive", "g-1", *WAIVE)
    findings("show", "g-1", "--html", "evidence.html", *AS_OF)

    assert "<strong>Waived</strong> by cleo" in (tmp_path / "evidence.html").read_text()


def test_a_page_says_what_else_is_found_of_the_event() -> None:
    recorded(verdict("e-1", "orphan-deletion", **TRACE), verdict("e-1", "unrecorded-version", **TRACE))
    notes = io.StringIO()

    parsed = command_parser("findings", command).parse_args(["show", "e-1", "--html", "evidence.html"])
    command.run(parsed, Console(io.StringIO(), notes))

    first, also = notes.getvalue().splitlines()
    assert "is in 'evidence.html'" in first
    assert re.search(r"leaves out .*: (orphan-deletion|unrecorded-version) in 111122223333$", also)


def test_a_page_is_not_asked_for_together_with_json() -> None:
    with pytest.raises(UsageError, match="not allowed with"):
        findings("show", "e-1", "--html", "evidence.html", "--json")


def test_a_page_that_cannot_be_written_is_named() -> None:
    recorded(verdict("e-1", "approved"))

    with pytest.raises(Denied, match=r"absent/evidence\.html"):
        findings("show", "e-1", "--html", "absent/evidence.html")


def test_the_place_in_the_ledger_is_proved_for_people_and_for_scripts() -> None:
    recorded(verdict("e-1", "unapproved"))
    assert "no checkpoint covers this entry" in findings("show", "e-1")[1]
    assert json.loads(findings("show", "e-1", "--json")[1])["chain"] is None

    signed()
    chain = json.loads(findings("show", "e-1", "--json")[1])["chain"]

    assert "over 2 entries covers it" in findings("show", "e-1")[1]
    assert (chain["holds"], chain["size"], len(chain["path"])) == (True, 2, 1)
    assert hashlib.sha256(b"\0" + chain["entry"].encode()).hexdigest() == chain["leaf"]
    assert chain["checkpoint"]["schema"] == "counterseal/ledger-checkpoint/v1"


def signed() -> None:
    """Sign a checkpoint over the ledger."""
    create_signing_key(load_settings())
    checkpoint_now(load_settings())


@pytest.mark.parametrize(("approvals", "said"), [(None, "could not be read"), ([], "nobody has decided")])
def test_decisions_that_are_not_known_are_not_called_none(approvals: list[str] | None, said: str) -> None:
    recorded(ticket(approvals=approvals), verdict("e-1", "approval-unknown"))

    assert said in findings("show", "e-1")[1]


def test_a_blind_interval_has_no_history_and_is_shown() -> None:
    recorded(blind_interval())

    assert "the trail was stopped" in findings("show", "g-1")[1]


def stopped_trail() -> tuple[Draft, Draft]:
    """Return what ada did to a trail, as it stands in the ledger: an event, and a guard event."""
    told: dict[str, Any] = {
        "event_kind": "guard",
        "service": "cloudtrail",
        "name": "StopLogging",
        "secret_name": "",
        "operation": "",
    }
    as_event = event("g-1", **told)
    return as_event, draft(EntryKind.GUARD_EVENT, json.loads(as_event.body))


def test_a_blind_interval_is_listed_by_its_place_and_shown_with_who_opened_it_and_its_end(tmp_path: Path) -> None:
    recorded(*stopped_trail(), blind_interval("2026-03-10T12:00:00Z", account="*", region="*"))

    shown = findings("show", "g-1")[1]
    (told,) = json.loads(findings("show", "g-1", "--json")[1])["findings"]
    findings("show", "g-1", "--html", "evidence.html")
    page = (tmp_path / "evidence.html").read_text()

    assert "every account, every region" in findings("list")[1]
    assert shown.startswith("\nblind-interval: every account, every region\n")
    assert shown.count("What AWS recorded") == 1
    assert (told["time_to"], told["event"], told["actor_name"]) == ("2026-03-10T12:00:00Z", "StopLogging", "ada")
    assert "<h1>Every account, every region</h1>" in page
    assert "<strong>StopLogging</strong> by ada" in page
    assert "10 Mar 2026, 12:00:00 UTC" in page


def test_the_page_of_a_blind_interval_asks_for_no_ticket_and_no_witness(tmp_path: Path) -> None:
    recorded(blind_interval())

    findings("show", "g-1", "--html", "evidence.html")
    page = (tmp_path / "evidence.html").read_text()

    assert "no end is known" in page
    assert re.findall(r'<h2 id="([^"]+)"', page) == ["recorded", "chain"]


def test_what_a_terminal_would_obey_is_spelt_out() -> None:
    recorded(verdict("e-1", "unapproved", secret_name="db\x1b[2J"))

    assert "db\\x1b[2J" in findings("list")[1]


def test_invented_findings_are_not_listed_among_real_ones() -> None:
    recorded(verdict("e-1", "approved"), verdict("e-2", "unapproved", invented=True))

    assert json.loads(findings("list", "--all", "--json")[1])["counting"] == 0
