"""What every mirror of tickets does."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

import pytest

from counterseal.mirror import Mirror, Reached

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


class MirrorContract(ABC):
    """The contract: a subclass gives an empty mirror whose scope was said."""

    @pytest.fixture
    @abstractmethod
    def mirror(self) -> Mirror:
        """Return a mirror of the scope "here"."""

    def test_a_ticket_is_kept_as_it_was_read(self, mirror: Mirror) -> None:
        assert mirror.put("10042", "OPS-42", b'{"a":1}', NOW)

        held = mirror.find("10042")
        assert held is not None
        assert (held.issue_key, held.content, held.missing_since) == ("OPS-42", b'{"a":1}', "")
        assert mirror.find("OPS-42") == held

    def test_the_same_again_is_no_change(self, mirror: Mirror) -> None:
        mirror.put("10042", "OPS-42", b"{}", NOW)
        (before,) = mirror.held()

        assert not mirror.put("10042", "OPS-42", b"{}", LATER)

        (after,) = mirror.held()
        assert after.revision == before.revision
        assert after.read_at > before.read_at

    def test_a_change_gets_a_revision_after_all_others(self, mirror: Mirror) -> None:
        mirror.put("1", "OPS-1", b"one", NOW)
        mirror.put("2", "OPS-2", b"two", NOW)
        seen = mirror.held()[-1].revision

        assert mirror.put("1", "OPS-1", b"changed", LATER)

        assert [(it.issue_id, it.content) for it in mirror.held(after_revision=seen)] == [("1", b"changed")]

    def test_what_was_read_earlier_does_not_replace_what_was_read_later(self, mirror: Mirror) -> None:
        mirror.put("1", "OPS-1", b"new", LATER)

        assert not mirror.put("1", "OPS-1", b"old", NOW)
        assert not mirror.miss("1", NOW)

        (held,) = mirror.held()
        assert (held.content, held.missing_since) == (b"new", "")

    def test_a_ticket_that_moved_is_found_by_its_new_key(self, mirror: Mirror) -> None:
        mirror.put("1", "OPS-1", b"{}", NOW)
        mirror.put("1", "SEC-9", b"{}", LATER)

        assert mirror.find("OPS-1") is None
        assert [it.issue_key for it in mirror.held()] == ["SEC-9"]

    def test_a_ticket_that_is_shown_no_more_is_kept_and_marked_once(self, mirror: Mirror) -> None:
        mirror.put("1", "OPS-1", b"{}", NOW)
        (before,) = mirror.held()

        assert mirror.miss("1", LATER)
        assert not mirror.miss("1", LATER)
        assert not mirror.miss("unknown", LATER)

        (held,) = mirror.held(after_revision=before.revision)
        assert held.content == b"{}"
        assert held.missing_since

    def test_a_ticket_that_is_shown_again_is_missing_no_more(self, mirror: Mirror) -> None:
        mirror.put("1", "OPS-1", b"{}", NOW)
        mirror.miss("1", NOW)

        assert mirror.put("1", "OPS-1", b"{}", LATER)

        assert [it.missing_since for it in mirror.held()] == [""]

    def test_it_remembers_how_far_it_came_and_never_goes_back(self, mirror: Mirror) -> None:
        assert mirror.reached() == Reached()
        mirror.reach(Reached(LATER, LATER))

        mirror.reach(Reached(NOW, NOW))

        assert mirror.begin("here") == Reached(LATER, LATER)

    def test_what_a_clock_that_was_ahead_said_is_to_be_read_anew(self, mirror: Mirror) -> None:
        mirror.put("1", "OPS-1", b"old", LATER)
        mirror.reach(Reached(LATER, NOW))

        mirror.set_back(NOW)

        assert mirror.reached() == Reached(None, NOW)
        assert mirror.put("1", "OPS-1", b"new", NOW)

    def test_it_keeps_what_was_said_of_fields(self, mirror: Mirror) -> None:
        assert mirror.description() == b""

        mirror.describe(b"[1]")

        assert mirror.description() == b"[1]"

    def test_another_scope_forgets_everything(self, mirror: Mirror) -> None:
        mirror.put("1", "OPS-1", b"{}", NOW)
        mirror.reach(Reached(NOW, NOW))
        mirror.describe(b"[]")

        assert mirror.begin("elsewhere") == Reached()

        assert (mirror.held(), mirror.description()) == ([], b"")
