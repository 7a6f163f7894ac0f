"""What every report engine does, on a small ledger whose rows are known exactly."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.correlation.invented import change, session
from tests.unit.correlation.invented import finding as judged
from tests.unit.correlation.invented import ticket as approved
from tests.unit.ledger.samples import (
    ACTOR,
    TickingClock,
    audit_run,
    blind_interval,
    ended,
    event,
    ticket,
    trail_fault,
    trail_hour,
    unused_approval,
    verdict,
    waiver,
)

from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.errors import NotFound, UsageError
from counterseal.ledger import Draft, EntryKind, Ledger, draft
from counterseal.reports import ReportEngine
from counterseal.reports.catalogue import REPORTS
from counterseal.reports.described import ALL_ROWS

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf"


def at(clock_time: str) -> datetime:
    """Return that time on the day of the story."""
    return datetime.fromisoformat(f"2026-03-10T{clock_time}+00:00")


def finding(event_id: str, kind: str, clock_time: str, **changed: Any) -> Draft:
    """Return the draft of a verdict about a secret."""
    return verdict(event_id, kind, time=f"2026-03-10T{clock_time}Z", secret=ARN, **changed)


def guard_event(event_id: str = "g-1", **target: str) -> Draft:
    """Return the draft of a guard event; without a target it is one of those recorded before targets were."""
    body = json.loads(event(event_id, name="StopLogging", service="cloudtrail").body)
    return draft(EntryKind.GUARD_EVENT, body | target)


STORY = [
    finding("e-1", "approved", "09:00:00"),
    finding("e-2", "unapproved", "11:00:00", ticket="", basis="", signals=["repeat", "witness-missing"]),
    finding("e-3", "attempt", "10:00:00", about="attempt", account="444455556666", region="us-east-1"),
]


class ReportEngineContract(ABC):
    """The promises of `ReportEngine`, on any implementation."""

    @pytest.fixture
    def clock(self) -> TickingClock:
        """Return the clock of the ledger."""
        return TickingClock()

    @pytest.fixture
    @abstractmethod
    def ledger(self, clock: TickingClock) -> Ledger:
        """Return an empty ledger that takes its times from that clock."""

    @pytest.fixture
    @abstractmethod
    def engine(self, ledger: Ledger) -> ReportEngine:
        """Return an engine over that ledger."""

    @pytest.fixture
    def ask(self, engine: ReportEngine) -> Callable[..., list[tuple[Any, ...]]]:
        """Return a question: these columns of that report."""

        def rows(report: str, columns: str, **parameters: Any) -> list[tuple[Any, ...]]:
            return [tuple(row[name] for name in columns.split()) for row in engine.run(report, parameters).records()]

        return rows

    @pytest.mark.parametrize("name", REPORTS)
    def test_an_empty_ledger_gives_the_columns_and_no_rows(self, engine: ReportEngine, name: str) -> None:
        given = {it.name: "x" for it in REPORTS[name].parameters if it.default is None}

        table = engine.run(name, given)

        assert table.columns == tuple(column.name for column in REPORTS[name].columns)
        assert table.rows == ()

    def test_a_change_has_every_column_of_its_finding(self, engine: ReportEngine, ledger: Ledger) -> None:
        ledger.append("audit", [STORY[1]])
        (entry,) = ledger.read("audit")

        assert engine.run("changes").records() == [
            {
                "time": at("11:00:00"), "verdict": "unapproved", "reason": "said so", "basis": "",
                "signals": "repeat,witness-missing", "discrepancy": True, "about": "change",
                "service": "secretsmanager", "event": "PutSecretValue", "event_id": "e-2", "account": "111122223333",
                "region": "eu-west-1", "secret": ARN, "secret_name": "db/password", "version_id": "",
                "actor_type": "AssumedRole", "actor_arn": "arn:aws:sts::111122223333:assumed-role/deploy/ada",
                "actor_name": "ada", "actor_via": "", "ticket": "", "witnesses": "cloudtrail",
                "recorded_at": datetime.fromisoformat(entry.recorded_at), "stream": "audit", "position": 1,
                "entry_digest": entry.digest, "invented": False, "verdicts": 1,
            }
        ]  # fmt: skip

    def test_changes_come_newest_first_and_attempts_are_asked_for(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", STORY)

        assert ask("changes", "event_id") == [("e-2",), ("e-1",)]
        assert ask("changes", "event_id", about="attempt") == [("e-3",)]
        assert ask("changes", "event_id", about="") == [("e-2",), ("e-3",), ("e-1",)]

    def test_a_change_shows_the_verdict_that_holds_now(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", STORY)
        assert ask("changes", "event_id verdict verdicts", verdict="unapproved") == [("e-2", "unapproved", 1)]

        ledger.append("audit", [finding("e-2", "approved-late", "11:00:00")])

        assert ask("changes", "event_id verdict verdicts") == [("e-2", "approved-late", 2), ("e-1", "approved", 1)]

    @pytest.mark.parametrize(
        ("parameters", "expected"),
        [
            ({"account": "444455556666"}, ["e-3"]),
            ({"region": "us-east-1"}, ["e-3"]),
            ({"secret_name": "db/password", "ticket": "OPS-1"}, ["e-3", "e-1"]),
            ({"secret_name": "db/pass"}, []),
            ({"since": at("10:00:00")}, ["e-2", "e-3"]),
            ({"until": at("10:00:00")}, ["e-3", "e-1"]),
            ({"since": datetime.fromisoformat("2026-03-10T12:00:00+02:00"), "until": at("10:00:00")}, ["e-3"]),
            ({"skip": 1}, ["e-3", "e-1"]),
            ({"skip": 1, "take": 1}, ["e-3"]),
            ({"take": 0}, []),
            ({"skip": ALL_ROWS}, []),
        ],
    )
    def test_changes_are_chosen_by_parameters(
        self, ask: Any, ledger: Ledger, parameters: dict[str, Any], expected: list[str]
    ) -> None:
        ledger.append("audit", STORY)

        assert [event_id for (event_id,) in ask("changes", "event_id", about="", **parameters)] == expected

    def test_a_parameter_is_bound_and_never_spliced(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [*STORY, finding("e-4", "approved", "08:00:00", secret_name="it's '; DROP TABLE x --")])

        assert ask("changes", "event_id", secret_name="' OR 1=1 --") == []
        assert ask("changes", "event_id", secret_name="it's '; DROP TABLE x --") == [("e-4",)]

    def test_discrepancies_are_the_findings_that_count_and_the_blind_intervals(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [*STORY, blind_interval("2026-03-10T10:30:00Z")])

        assert ask("discrepancies", "time verdict event_id about reason") == [
            (at("11:00:00"), "unapproved", "e-2", "change", "said so"),
            (at("10:00:00"), "blind-interval", "g-1", "trace", "the trail was stopped"),
        ]

    def test_a_discrepancy_that_was_answered_is_none_any_more(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [finding("e-2", "approval-unknown", "11:00:00")])
        ledger.append("audit", [finding("e-2", "approved", "11:00:00")])

        assert ask("discrepancies", "event_id") == []

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            (at("10:15:00"), at("10:20:00"), [("blind-interval",)]),
            (at("10:31:00"), at("10:40:00"), []),
            (at("09:00:00"), at("09:59:59"), []),
        ],
    )
    def test_a_blind_interval_counts_where_any_part_of_it_is_asked_for(
        self, ask: Any, ledger: Ledger, *, since: datetime, until: datetime, expected: list[Any]
    ) -> None:
        ledger.append("audit", [blind_interval("2026-03-10T10:30:00Z")])

        assert ask("discrepancies", "verdict", since=since, until=until) == expected
        assert ask("summary", "verdict", since=since, until=until) == expected

    def test_what_the_audit_did_not_count_is_listed_and_is_no_discrepancy(self, ask: Any, ledger: Ledger) -> None:
        old = finding("e-1", "unapproved", "09:00:00", discrepancy=False)
        ledger.append("audit", [old, finding("e-2", "unapproved", "11:00:00"), blind_interval(discrepancy=False)])

        assert ask("discrepancies", "event_id") == [("e-2",)]
        assert ask("changes", "event_id discrepancy") == [("e-2", True), ("e-1", False)]
        assert ask("coverage", "what discrepancy") == [("blind", False)]
        assert ask("summary", "verdict findings discrepancy") == [
            ("unapproved", 1, True),
            ("blind-interval", 1, False),
            ("unapproved", 1, False),
        ]

    def test_a_waived_finding_is_listed_and_does_not_count_until_its_waiver_ends(
        self, ask: Any, ledger: Ledger
    ) -> None:
        open_one, waived = finding("e-1", "unapproved", "09:00:00"), finding("e-2", "unapproved", "11:00:00")
        ledger.append("audit", [open_one, waived, waiver(waived), blind_interval(), waiver(blind_interval())])
        columns = "event_id counts waived_by waived_why waived_until"
        first_of_april = datetime(2026, 4, 1, tzinfo=UTC)

        assert ask("discrepancies", columns, as_of=first_of_april - timedelta(seconds=1)) == [
            ("e-2", False, "cleo", "known and harmless", first_of_april),
            ("g-1", False, "cleo", "known and harmless", first_of_april),
            ("e-1", True, "", "", None),
        ]
        assert ask("discrepancies", columns, as_of=first_of_april)[0] == ("e-2", True, "", "", None)
        assert [counts for (counts,) in ask("discrepancies", "counts")] == [True, True, True]

    def test_the_place_in_the_ledger_decides_and_not_the_clock(
        self, ask: Any, ledger: Ledger, clock: TickingClock
    ) -> None:
        ledger.append("audit", [finding("e-1", "unapproved", "11:00:00")])
        clock.turn_back(timedelta(hours=1))
        ledger.append("audit", [finding("e-1", "approved", "11:00:00")])

        assert ask("findings", "verdict") == [("approved",)]
        assert ask("evidence", "verdict current", event_id="e-1") == [("unapproved", False), ("approved", True)]

    @pytest.mark.parametrize(("first", "then"), [("audit", "inbox"), ("inbox", "audit")])
    def test_of_two_streams_that_speak_of_one_change_the_later_word_holds(
        self, ask: Any, ledger: Ledger, first: str, then: str
    ) -> None:
        others = [finding(f"o-{number}", "approved", "08:00:00") for number in range(5)]
        ledger.append(first, [*others, finding("e-1", "unapproved", "11:00:00")])
        ledger.append(then, [finding("e-1", "approved", "11:00:00")])

        assert ask("findings", "event_id verdict")[0] == ("e-1", "approved")
        assert ask("evidence", "verdict current", event_id="e-1") == [("unapproved", False), ("approved", True)]
        assert ask("summary", "verdict findings") == [("approved", 6)]

    @pytest.mark.parametrize(("first", "then"), [("audit", "inbox"), ("inbox", "audit")])
    def test_of_two_streams_the_later_audit_is_listed_first(
        self, ask: Any, ledger: Ledger, first: str, then: str
    ) -> None:
        ledger.append(first, [finding("e-1", "approved", "08:00:00"), audit_run(records=1)])
        ledger.append(then, [audit_run(as_of="2026-03-12T00:00:00Z", records=2)])

        assert ask("coverage", "records") == [(2,), (1,)]

    def test_a_waiver_that_was_ended_early_holds_up_to_its_end_and_not_after(self, ask: Any, ledger: Ledger) -> None:
        found = finding("e-1", "unapproved", "11:00:00")
        ledger.append("audit", [found, waiver(found), ended(found, "2026-03-11T00:00:00Z")])
        midnight, columns = datetime(2026, 3, 11, tzinfo=UTC), "counts waived_by waived_until"

        for report in ("findings", "discrepancies"):
            assert ask(report, columns, as_of=midnight - timedelta(seconds=1)) == [(False, "cleo", midnight)]
            assert ask(report, columns, as_of=midnight) == [(True, "", None)]

    def test_who_waived_and_who_ended_that_is_listed_and_a_waiver_after_it_holds(
        self, ask: Any, ledger: Ledger, clock: TickingClock
    ) -> None:
        found, other = finding("e-1", "unapproved", "11:00:00"), finding("e-2", "unapproved", "11:00:00")
        said = [waiver(found), ended(found, "2026-03-11T00:00:00Z"), waiver(found)]
        ledger.append("audit", [found, other, *said, waiver(other)])
        first_of_april = datetime(2026, 4, 1, tzinfo=UTC)

        assert ask("waivers", "what said_by why waived_until", event_id="e-1") == [
            ("waived", "cleo", "known and harmless", first_of_april),
            ("ended", "dora", "it was not the vendor", datetime(2026, 3, 11, tzinfo=UTC)),
            ("waived", "cleo", "known and harmless", first_of_april),
        ]
        assert len(ask("waivers", "what")) == 4
        assert ask("waivers", "what", since=datetime(2027, 1, 1, tzinfo=UTC)) == []
        assert ask("findings", "counts waived_at", as_of=datetime(2026, 3, 12, tzinfo=UTC))[0][0] is False

    def test_a_waiver_that_was_ended_while_the_clock_had_gone_back_is_ended(
        self, ask: Any, ledger: Ledger, clock: TickingClock
    ) -> None:
        found = finding("e-1", "unapproved", "11:00:00")
        ledger.append("audit", [found, waiver(found)])
        clock.turn_back(timedelta(hours=1))
        ledger.append("audit", [waiver(found, until="2026-03-01T00:00:00Z")])

        assert ask("findings", "counts", as_of=at("12:00:00")) == [(True,)]

    def test_a_waiver_holds_for_the_verdict_that_it_waived_and_the_newest_wins(self, ask: Any, ledger: Ledger) -> None:
        waived = finding("e-2", "unapproved", "11:00:00")
        ledger.append("audit", [waived, waiver(waived), waiver(waived, "2026-03-12T00:00:00Z")])
        assert ask("findings", "counts", as_of=datetime(2026, 3, 13, tzinfo=UTC)) == [(True,)]
        assert ask("findings", "counts", as_of=at("12:00:00")) == [(False,)]

        ledger.append("audit", [finding("e-2", "mismatched", "11:00:00")])

        assert ask("findings", "verdict counts", as_of=at("12:00:00")) == [("mismatched", True)]

    def test_findings_are_all_that_stand_now(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [*STORY, blind_interval()])

        assert ask("findings", "event_id discrepancy") == [
            ("e-2", True), ("e-3", False), ("g-1", True), ("e-1", False),
        ]  # fmt: skip

    def test_a_blind_interval_that_ended_stands_once_with_its_end(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [blind_interval()])
        assert ask("coverage", "what time_to seconds") == [("blind", None, None)]

        ledger.append("audit", [blind_interval("2026-03-10T10:30:00Z")])

        assert ask("coverage", "what time_to seconds") == [("blind", at("10:30:00"), 1800)]
        assert ask("discrepancies", "verdict") == [("blind-interval",)]

    def test_a_blind_interval_that_was_taken_back_is_none(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [blind_interval()])
        ledger.append("audit", [blind_interval("2026-03-10T10:00:00Z", discrepancy=False)])

        assert ask("coverage", "what") == ask("findings", "verdict") == ask("summary", "verdict") == []

    def test_a_blind_interval_of_one_second_is_one(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [blind_interval("2026-03-10T10:00:00Z")])

        assert ask("coverage", "what seconds") == [("blind", 0)]

    @pytest.mark.parametrize("report", ["discrepancies", "findings", "summary", "coverage"])
    def test_a_blind_interval_of_every_account_and_region_is_in_each_of_them(
        self, ask: Any, ledger: Ledger, report: str
    ) -> None:
        ledger.append("audit", [blind_interval(account="*", region="*")])
        column = "what" if report == "coverage" else "verdict"

        assert ask(report, column, account="444455556666") == ask(report, column) != []

    @pytest.mark.parametrize("report", ["discrepancies", "findings"])
    def test_a_blind_interval_of_every_region_is_in_the_one_that_is_asked_for(
        self, ask: Any, ledger: Ledger, report: str
    ) -> None:
        ledger.append("audit", [blind_interval(region="*")])

        assert ask(report, "verdict", region="ap-south-1") == [("blind-interval",)]

    def test_coverage_gives_each_audit_newest_first_and_then_what_was_blind(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [blind_interval("2026-03-10T10:30:00Z"), audit_run()])
        ledger.append("audit", [audit_run(as_of="2026-03-12T00:00:00Z", records=0, **{"from": "", "to": ""})])

        assert ask("coverage", "what account records changes time_from time_to as_of") == [
            ("population", "", 0, 2, None, None, datetime(2026, 3, 12, tzinfo=UTC)),
            ("population", "", 9, 2, at("09:00:00"), at("12:00:00"), datetime(2026, 3, 11, tzinfo=UTC)),
            ("blind", "111122223333", None, None, at("10:00:00"), at("10:30:00"), None),
        ]
        assert [what for (what,) in ask("coverage", "what", account="444455556666")] == ["population", "population"]

    def test_summary_counts_each_verdict_that_holds_now(self, ask: Any, ledger: Ledger) -> None:
        again = [finding("e-1", "approved-late", "09:00:00"), finding("e-5", "approved-late", "12:00:00")]
        ledger.append("audit", [*STORY, *again, blind_interval()])

        assert ask("summary", "verdict findings discrepancy first_time last_time") == [
            ("approved-late", 2, True, at("09:00:00"), at("12:00:00")),
            ("blind-interval", 1, True, at("10:00:00"), at("10:00:00")),
            ("unapproved", 1, True, at("11:00:00"), at("11:00:00")),
            ("attempt", 1, False, at("10:00:00"), at("10:00:00")),
        ]
        assert ask("summary", "verdict", account="444455556666") == [("attempt",)]

    def test_hours_of_a_kind_are_covered_as_one_run(self, ask: Any, ledger: Ledger) -> None:
        gap = trail_hour("13", "missing-digest", faults="1")
        ledger.append("audit", [*map(trail_hour, ("10", "11", "12", "14")), gap, trail_hour("15", "unproved")])

        assert ask("coverage", "what time_from time_to seconds outcome trail files") == [
            ("unproved", at("15:00:00"), at("16:00:00"), 3600, "unproved", "main", 2),
            ("unproved", at("13:00:00"), at("14:00:00"), 3600, "missing-digest", "main", 2),
            ("complete", at("14:00:00"), at("15:00:00"), 3600, "proved", "main", 2),
            ("complete", at("10:00:00"), at("13:00:00"), 10800, "proved", "main", 6),
        ]
        assert ask("coverage", "what", account="444455556666") == []

    def test_a_place_where_nothing_is_proved_stands_until_something_is(self, ask: Any, ledger: Ledger) -> None:
        place: dict[str, Any] = {"trail": "", "home_region": "", "from": "", "to": "", "digest": "", "files": 0}
        ledger.append("audit", [trail_hour(outcome="nothing-proved", **place)])
        assert ask("coverage", "what outcome time_from seconds") == [("unproved", "nothing-proved", None, None)]

        ledger.append("audit", [trail_hour(**place)])

        assert ask("coverage", "what") == []

    def test_a_fault_holds_until_its_hour_is_checked_without_it(self, ask: Any, ledger: Ledger) -> None:
        wrong = trail_hour("10", "missing-file", faults="1")
        ledger.append("audit", [wrong, trail_fault(wrong), trail_fault(wrong, "log-2", "altered-file")])
        assert ask("trail_faults", "time_from outcome object discrepancy") == [
            (at("10:00:00"), "missing-file", "log-1", True),
            (at("10:00:00"), "altered-file", "log-2", True),
        ]
        assert ask("trail_faults", "object", since=at("11:00:01")) == []

        fetched = trail_hour("10", "altered-file", faults="2")
        ledger.append("audit", [fetched, trail_fault(fetched, "log-2", "altered-file")])
        assert ask("trail_faults", "object") == [("log-2",)]

        ledger.append("audit", [trail_hour("10")])
        assert ask("trail_faults", "object") == []

    def test_a_fault_is_a_discrepancy_that_can_be_waived(self, ask: Any, ledger: Ledger) -> None:
        wrong = trail_hour("10", "missing-file", faults="1")
        named, nameless = trail_fault(wrong), trail_fault(wrong, "", "gap", **{"from": "", "to": ""})
        answered = {"event_id": "log-1", "verdict": "trail-fault"}
        ledger.append("audit", [wrong, named, nameless, waiver(named, **answered)])

        assert ask("discrepancies", "event_id verdict reason counts", as_of=at("12:00:00")) == [
            (nameless.subject.hex(), "trail-fault", "gap: it is not here", True),
            ("log-1", "trail-fault", "missing-file: it is not here", False),
        ]
        assert ask("summary", "verdict findings discrepancy") == [("trail-fault", 2, True)]

    def test_evidence_gives_every_verdict_about_one_change_oldest_first(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", STORY)
        ledger.append("audit", [finding("e-2", "approved-late", "11:00:00")])

        assert ask("evidence", "verdict position current", event_id="e-2") == [
            ("unapproved", 2, False),
            ("approved-late", 4, True),
        ]
        assert ask("evidence", "verdict", event_id="e-2", account="444455556666") == []

    def test_an_unrecorded_version_whose_record_came_later_is_no_discrepancy(self, ask: Any, ledger: Ledger) -> None:
        traces = [
            finding(name, "unrecorded-version", "09:00:00", about="trace", version_id=version)
            for name, version in (("k-1", "v-1"), ("k-2", "v-2"))
        ]
        ledger.append("audit", [*traces, finding("e-1", "approved", "09:00:00", version_id="v-1")])

        assert ask("discrepancies", "event_id verdict") == [("k-2", "unrecorded-version")]
        assert ask("evidence", "verdict current", event_id="k-1") == [("unrecorded-version", False)]

    def test_an_orphan_deletion_whose_deletion_came_later_is_no_discrepancy(self, ask: Any, ledger: Ledger) -> None:
        trace = finding("d-1", "orphan-deletion", "09:00:00", about="trace")
        ledger.append("audit", [trace, finding("e-1", "approved", "09:30:00", event="DeleteSecret")])
        assert ask("discrepancies", "event_id") == [("d-1",)]

        ledger.append("audit", [finding("e-2", "approved", "08:00:00", event="DeleteSecret")])

        assert ask("discrepancies", "event_id") == []

    def test_an_approval_is_unused_until_a_finding_names_its_ticket(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [ticket(), unused_approval(ticket())])
        assert ask("unused_approvals", "ticket secrets time_from requester") == [
            ("OPS-1", "db/password", at("08:00:00"), "cleo")
        ]
        assert ask("unused_approvals", "ticket", ticket="OPS-2") == []
        assert ask("unused_approvals", "ticket", since=at("18:00:01")) == []

        ledger.append("audit", [finding("e-1", "approved", "11:00:00")])

        assert ask("unused_approvals", "ticket") == []

    def test_an_unused_approval_says_nothing_about_a_ticket_that_was_altered(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [ticket(), unused_approval(ticket()), ticket(status="Withdrawn", approvals=[])])
        assert ask("unused_approvals", "ticket") == []

        ledger.append("audit", [ticket(status="Done"), unused_approval(ticket(status="Done"))])

        assert ask("unused_approvals", "ticket") == [("OPS-1",)]

    def test_late_approvals_say_how_late(self, ask: Any, ledger: Ledger) -> None:
        late = {"by": "ben", "at": "2026-03-10T11:30:00Z", "decision": "approved"}
        again = {"by": "cleo", "at": "2026-03-10T12:30:00Z", "decision": "approved"}
        ledger.append("audit", [ticket(approvals=[late, again]), finding("e-1", "approved-late", "11:00:00")])
        ledger.append("audit", [finding("e-9", "emergency-overdue", "10:00:00", ticket="OPS-9"), *STORY[1:2]])

        assert ask("late_approvals", "event_id ticket approved_at seconds_late") == [
            ("e-1", "OPS-1", at("11:30:00"), 1800),
            ("e-9", "OPS-9", None, None),
        ]
        assert ask("late_approvals", "event_id", until=at("10:30:00")) == [("e-9",)]

    def test_changes_are_counted_by_actor(self, ask: Any, ledger: Ledger) -> None:
        bob = {**ACTOR, "arn": "arn:aws:iam::111122223333:user/bob", "name": "bob"}
        bobs = [finding(name, "unapproved", "12:00:00", actor=bob) for name in ("b-1", "b-2")]
        ledger.append("audit", [*STORY, *bobs])

        assert ask("changes_by_actor", "actor_name changes discrepancies secrets") == [
            ("bob", 2, 2, 1),
            ("ada", 2, 1, 1),
        ]
        assert ask("changes_by_actor", "actor_name", account="444455556666") == []

    def test_actors_whom_nobody_knows_are_those_of_whom_a_verdict_says_so(self, ask: Any, ledger: Ledger) -> None:
        unknown = judged(change(actor=session("work")), tickets=[approved()]).reason
        weak = judged(change(), tickets=[approved()], policy=Policy(minimum_basis=Basis.SOURCE_IDENTITY)).reason
        told = {"discrepancy": False}
        ledger.append("audit", [
            finding("e-1", "unattributed", "09:00:00", reason=unknown),
            finding("e-2", "unattributed", "11:00:00", reason=unknown, ticket="OPS-2", **told),
            finding("e-3", "unattributed", "12:00:00", reason=weak, actor={**ACTOR, "name": "weak"}),
            finding("e-4", "mismatched", "12:00:00", reason=unknown, actor={**ACTOR, "name": "other"}),
            finding("e-5", "unattributed", "12:00:00", reason=unknown, actor={**ACTOR, "name": "mapped"}),
            finding("e-5", "approved", "12:00:00", actor={**ACTOR, "name": "mapped"}),
        ])  # fmt: skip

        assert ask("unmapped_actors", "actor_name changes last_time") == [("ada", 2, at("11:00:00"))]
        assert ask("unmapped_actors", "changes", since=at("10:00:00")) == [(1,)]
        assert ask("unmapped_actors", "changes", account="444455556666") == []

    def test_time_to_approval_runs_from_the_asking_and_on_to_the_change(self, ask: Any, ledger: Ledger) -> None:
        unasked = ticket(issue_id="10002", issue_key="OPS-2", status_history=[])
        ledger.append("audit", [ticket(), unasked, finding("e-1", "approved", "11:00:00")])

        assert ask("time_to_approval", "ticket seconds_to_approval seconds_to_change") == [
            ("OPS-1", 3600, 3600),
            ("OPS-2", None, None),
        ]

    def test_a_ticket_that_was_read_anew_counts_as_it_is_now(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [ticket()])
        ledger.append("audit", [ticket(status="Done", approvals=[])])
        assert ask("time_to_approval", "ticket") == []

        ledger.append("audit", [ticket()])

        assert ask("time_to_approval", "ticket") == [("OPS-1",)]

    def test_secrets_never_changed_are_those_known_otherwise(self, ask: Any, ledger: Ledger) -> None:
        named = ticket(secrets=["db/password", "db/old", ARN.replace("db/password", "db/arn")])
        tried = finding("e-3", "attempt", "10:00:00", about="attempt", secret_name="db/tried")
        ledger.append("audit", [named, finding("e-1", "approved", "11:00:00"), tried])

        assert ask("secrets_never_changed", "secret_name last_change") == [
            ("db/arn", None), ("db/old", None), ("db/tried", None),
        ]  # fmt: skip
        assert ("db/password", at("11:00:00")) in ask(
            "secrets_never_changed", "secret_name last_change", since=at("11:00:01")
        )
        assert ask("secrets_never_changed", "secret_name", account="444455556666") == [("db/arn",), ("db/old",)]

    def test_one_person_with_two_duties_is_a_conflict(self, ask: Any, ledger: Ledger) -> None:
        own = [
            {"by": name, "at": "2026-03-10T10:00:00Z", "decision": decision}
            for name, decision in (("cleo", "approved"), ("ada", "approved"), ("ben", "approved"), ("cleo", "rejected"))
        ]
        self_approved = finding("e-1", "mismatched", "11:00:00", reason="self-approved: only cleo approved it")
        ledger.append("audit", [ticket(approvals=own), self_approved, finding("e-2", "mismatched", "11:00:00")])

        assert ask("separation_of_duties", "conflict person event_id") == [
            ("approved by nobody but who asked or changed", "ada", "e-1"),
            ("approved what they asked for", "cleo", ""),
            ("approved what they may carry out", "ada", ""),
        ]

    def test_guard_events_come_newest_first(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [guard_event("g-1"), guard_event("g-2"), guard_event("g-1")])

        assert ask("guard_events", "time service event event_id actor_name") == [
            (at("11:00:00"), "cloudtrail", "StopLogging", "g-1", "ada"),
            (at("11:00:00"), "cloudtrail", "StopLogging", "g-2", "ada"),
        ]
        assert ask("guard_events", "event_id", until=at("10:00:00")) == []

    def test_a_guard_event_says_what_it_was_done_to_and_an_older_entry_that_it_does_not(
        self, ask: Any, ledger: Ledger
    ) -> None:
        removed = {"resource": "acme-logs", "object": "a/b", "effect": "an object was removed"}
        ledger.append("audit", [guard_event("g-1", **removed), guard_event("g-2", resource="main"), guard_event("g-3")])

        assert ask("guard_events", "event_id resource object effect") == [
            ("g-1", "acme-logs", "a/b", "an object was removed"), ("g-2", "main", "", ""), ("g-3", "", "", ""),
        ]  # fmt: skip

    def test_every_report_carries_the_mark_of_what_is_invented(self, ask: Any, ledger: Ledger) -> None:
        ledger.append("audit", [finding("e-1", "unapproved", "09:00:00"), audit_run()])
        ledger.append("audit", [finding("e-1", "unapproved", "10:00:00", invented=True)])

        assert ask("changes", "time invented") == [(at("10:00:00"), True), (at("09:00:00"), False)]
        assert ask("discrepancies", "invented") == [(True,), (False,)]
        assert ask("summary", "findings invented") == [(1, False), (1, True)]
        assert ask("evidence", "invented current", event_id="e-1") == [(False, True), (True, True)]
        assert [name for name, it in REPORTS.items() if it.columns[-1].name != "invented"] == [
            "discrepancies", "findings", "changes", "evidence",
        ]  # fmt: skip

    @pytest.mark.parametrize("text", ["", "naïve ✓ 😀", "a\0b", 'quo"te\\', "a,b\nc"])
    def test_text_comes_as_it_was_recorded(self, ask: Any, ledger: Ledger, text: str) -> None:
        ledger.append("audit", [finding("e-1", "approved", "09:00:00", reason=text)])

        assert ask("changes", "reason") == [(text,)]

    def test_an_unknown_report_is_refused_with_those_there_are(self, engine: ReportEngine) -> None:
        with pytest.raises(NotFound, match="no report 'sumary'") as refusal:
            engine.run("sumary")

        assert "summary" in refusal.value.hint

    @pytest.mark.parametrize(
        ("report", "parameters", "said"),
        [
            ("changes", {"acount": "1"}, "no parameter 'acount'"),
            ("evidence", {}, "needs the parameter 'event_id'"),
            ("changes", {"account": 1}, "'account'.* must be text"),
            ("changes", {"take": "5"}, "'take'.* must be a whole number"),
            ("changes", {"take": -1}, "'take'.* must be a whole number"),
            ("changes", {"take": True}, "'take'.* must be a whole number"),
            ("changes", {"since": "2026-03-10"}, "'since'.* must be a time with its zone"),
            ("changes", {"since": datetime(2026, 3, 10)}, "'since'.* must be a time with its zone"),  # noqa: DTZ001
        ],
    )
    def test_a_wrong_parameter_is_named(
        self, engine: ReportEngine, report: str, parameters: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(UsageError, match=said):
            engine.run(report, parameters)
