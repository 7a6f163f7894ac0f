"""What every ledger does: a subclass says how to make one, and adds no test."""

import hashlib
from abc import ABC, abstractmethod

import pytest
from tests.unit.ledger.samples import audit_run, blind_interval, event, verdict

from counterseal.errors import Refused
from counterseal.ledger import Appended, EntryKind, Head, Ledger, TreeHead
from counterseal.ledger.chain import START, Cause
from counterseal.ledger.merkle import Tree


class LedgerContract(ABC):
    """The promises of `Ledger`, on any implementation."""

    @pytest.fixture
    @abstractmethod
    def ledger(self) -> Ledger:
        """Return an empty ledger."""

    def test_an_empty_ledger_has_no_streams_no_entries_and_holds(self, ledger: Ledger) -> None:
        assert list(ledger.streams()) == []
        assert list(ledger.read("audit")) == []
        assert ledger.head("audit") == Head("audit", 0, START)
        assert ledger.verify() is None

    def test_what_is_appended_is_read_in_order(self, ledger: Ledger) -> None:
        ledger.append("audit", [event("e-1"), event("e-2")])
        ledger.append("audit", [event("e-3")])

        entries = list(ledger.read("audit"))

        assert [(it.position, it.body()["event_id"]) for it in entries] == [(1, "e-1"), (2, "e-2"), (3, "e-3")]
        assert [it.position for it in ledger.read("audit", after=2)] == [3]

    def test_each_entry_is_bound_to_the_one_before(self, ledger: Ledger) -> None:
        ledger.append("audit", [event("e-1"), event("e-2")])

        first, second = ledger.read("audit")

        assert (first.previous, second.previous) == (START, hashlib.sha256(first.content).hexdigest())
        assert ledger.head("audit") == Head("audit", 2, hashlib.sha256(second.content).hexdigest())

    def test_streams_are_chains_of_their_own(self, ledger: Ledger) -> None:
        ledger.append("b", [event("e-1")])
        ledger.append("a", [event("e-2")])

        assert list(ledger.streams()) == ["a", "b"]
        assert next(iter(ledger.read("a"))).previous == START
        assert ledger.verify() is None

    def test_an_event_that_comes_again_adds_nothing(self, ledger: Ledger) -> None:
        first = ledger.append("audit", [event("e-1"), event("e-1")])
        again = ledger.append("audit", [event("e-1", source="another-file.json")])

        assert first == Appended(1, 1, 0, first.head)
        assert again == Appended(0, 1, 0, first.head)

    def test_one_id_with_two_contents_keeps_both_and_records_the_conflict(self, ledger: Ledger) -> None:
        ledger.append("audit", [event("e-1", digest="a" * 64)])

        appended = ledger.append("audit", [event("e-1", digest="b" * 64)])

        assert (appended.added, appended.known, appended.conflicts) == (1, 0, 1)
        entries = list(ledger.read("audit"))
        assert [it.kind for it in entries] == [EntryKind.EVENT, EntryKind.EVENT, EntryKind.CONFLICT]
        assert entries[2].body() == {
            "of": "event",
            "event_id": "e-1",
            "account": "111122223333",
            "first": "a" * 64,
            "other": "b" * 64,
        }

    def test_a_conflict_that_is_known_adds_nothing(self, ledger: Ledger) -> None:
        both = [event("e-1", digest="a" * 64), event("e-1", digest="b" * 64)]
        ledger.append("audit", both)

        assert ledger.append("audit", both)[:3] == (0, 2, 0)

    def test_the_same_id_in_another_account_is_another_event(self, ledger: Ledger) -> None:
        other = event("e-1", digest="b" * 64, account="444455556666")

        assert ledger.append("audit", [event("e-1"), other])[:3] == (2, 0, 0)

    def test_an_event_is_known_whichever_stream_holds_it(self, ledger: Ledger) -> None:
        ledger.append("a", [event("e-1")])

        assert ledger.append("b", [event("e-1")])[:3] == (0, 1, 0)

    def test_a_changed_verdict_is_added_and_the_first_one_stays(self, ledger: Ledger) -> None:
        ledger.append("audit", [verdict(verdict="unapproved")])
        ledger.append("audit", [verdict(verdict="approved-late")])
        ledger.append("audit", [verdict(verdict="approved-late")])
        ledger.append("audit", [verdict(verdict="unapproved")])

        held = [it.body()["verdict"] for it in ledger.read("audit")]

        assert held == ["unapproved", "approved-late", "unapproved"]

    def test_a_blind_interval_that_ended_is_added(self, ledger: Ledger) -> None:
        ended = blind_interval("2026-03-10T10:30:00Z")

        assert ledger.append("audit", [blind_interval(), blind_interval(), ended])[:3] == (2, 1, 0)

    def test_an_audit_is_recorded_once(self, ledger: Ledger) -> None:
        assert ledger.append("audit", [audit_run(), audit_run(records=10), audit_run()])[:3] == (2, 1, 0)

    def test_what_is_invented_never_stands_for_what_is_real(self, ledger: Ledger) -> None:
        ledger.append("audit", [event("e-1", digest="a" * 64, invented=True)])

        assert ledger.append("audit", [event("e-1", digest="b" * 64)])[:3] == (1, 0, 0)
        assert [it.invented for it in ledger.read("audit")] == [True, False]

    @pytest.mark.parametrize("name", ["", "x" * 4097])
    def test_a_stream_needs_a_name(self, ledger: Ledger, name: str) -> None:
        with pytest.raises(Refused, match="stream"):
            ledger.append(name, [event()])

    def test_appending_nothing_adds_nothing(self, ledger: Ledger) -> None:
        assert ledger.append("audit", []) == Appended(0, 0, 0, Head("audit"))

    def test_more_entries_than_a_page_are_read_and_hold(self, ledger: Ledger) -> None:
        ledger.append("audit", [event(f"e-{number}") for number in range(4321)])

        assert [it.position for it in ledger.read("audit")] == list(range(1, 4322))
        assert ledger.verify() is None

    def test_a_head_that_was_kept_elsewhere_finds_entries_cut_off_at_the_end(self, ledger: Ledger) -> None:
        head = ledger.append("audit", [event("e-1")]).head

        broken = ledger.verify([Head("audit", 3, "c" * 64)])

        assert ledger.verify([head]) is None
        assert broken
        assert (broken.position, broken.cause) == (2, Cause.MISSING)

    def test_a_stream_that_was_kept_elsewhere_and_is_gone_is_missing(self, ledger: Ledger) -> None:
        broken = ledger.verify([Head("gone", 3, "c" * 64)])

        assert broken
        assert (broken.stream, broken.position, broken.cause) == ("gone", 1, Cause.MISSING)

    def test_a_tree_hash_that_was_kept_elsewhere_finds_a_stream_that_was_written_anew(self, ledger: Ledger) -> None:
        ledger.append("audit", [event("e-1"), event("e-2")])
        tree = Tree()
        for entry in ledger.read("audit"):
            tree.add(entry.content)
        nodes = tuple(node.hex() for node in tree.nodes)
        kept = TreeHead("audit", 2, tree.root().hex(), ledger.head("audit").digest, nodes)
        other = "c" * 64

        broken = ledger.verify(trees=[kept._replace(root=other, nodes=(other,))])

        assert ledger.verify(trees=[kept]) is None
        assert broken
        assert (broken.stream, broken.position, broken.cause) == ("audit", 1, Cause.ALTERED)

    def test_closing_twice_does_nothing(self, ledger: Ledger) -> None:
        ledger.append("audit", [event()])
        ledger.close()
        ledger.close()

        assert not hasattr(ledger, "remove")
