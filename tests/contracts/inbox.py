"""What every inbox does: a subclass gives the inbox, and inherits the tests."""

import pytest

from counterseal.errors import NotFound
from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import Arrival, State, Stored

QUEUE = "https://sqs.us-east-2.amazonaws.com/111122223333/secrets"


def arrival(message_id: str = "m-1", body: bytes = b"{}", *, sameness: bytes = b"") -> Arrival:
    """Return a message of the queue."""
    return Arrival("sqs", QUEUE, message_id, body, sameness)


class InboxContract:
    """The tests; `inbox` is empty."""

    def test_a_body_is_kept_as_it_came(self, inbox: Inbox) -> None:
        body = bytes(range(256)) * 3

        assert inbox.store([arrival(body=body)]) == Stored(added=1, known=0)

        (letter,) = inbox.letters()
        assert inbox.body(letter.number) == body
        assert (letter.channel, letter.origin, letter.message_id) == ("sqs", QUEUE, "m-1")
        assert (letter.size_bytes, letter.state, letter.reason) == (len(body), State.NEW, "")
        assert letter.source == f"sqs:{QUEUE}#m-1"

    def test_the_same_message_is_kept_once(self, inbox: Inbox) -> None:
        inbox.store([arrival(), arrival()])

        assert inbox.store([arrival(), arrival("m-2")]) == Stored(added=1, known=1)

        assert [it.message_id for it in inbox.letters()] == ["m-1", "m-2"]

    def test_the_same_id_from_elsewhere_is_another_message(self, inbox: Inbox) -> None:
        inbox.store([arrival(), arrival()._replace(origin="elsewhere"), arrival()._replace(channel="sns")])

        assert len(inbox.letters()) == 3
        assert inbox.count_of("sqs", QUEUE) == 1

    def test_another_body_under_one_id_is_kept_in_quarantine(self, inbox: Inbox) -> None:
        inbox.store([arrival()])

        assert inbox.store([arrival(body=b"[]")]) == Stored(added=1, known=0, contradicting=1)

        first, second = inbox.letters()
        assert (first.state, second.state) == (State.NEW, State.QUARANTINED)
        assert second.reason == f"another body than that of message {first.number}, under the same id"
        assert inbox.body(second.number) == b"[]"
        assert inbox.store([arrival(body=b"[]")]) == Stored(added=0, known=1)

    def test_what_says_the_same_in_another_body_is_known(self, inbox: Inbox) -> None:
        inbox.store([arrival(body=b"1", sameness=b"x")])

        assert inbox.store([arrival(body=b"2", sameness=b"x")]) == Stored(added=0, known=1)

    def test_a_message_can_be_stored_in_quarantine_at_once(self, inbox: Inbox) -> None:
        inbox.store([arrival()], quarantine="from a stranger")

        (letter,) = inbox.letters(State.QUARANTINED)
        assert letter.reason == "from a stranger"
        assert inbox.letters(State.NEW) == []

    def test_a_message_goes_from_state_to_state_with_a_reason(self, inbox: Inbox) -> None:
        inbox.store([arrival(), arrival("m-2")])
        first, second = (it.number for it in inbox.letters())

        assert inbox.settle([first], State.PROCESSED) == [first]
        assert inbox.settle([second], State.QUARANTINED, "no JSON") == [second]

        assert [it.number for it in inbox.letters(State.PROCESSED)] == [first]
        assert [(it.number, it.reason) for it in inbox.letters(State.QUARANTINED)] == [(second, "no JSON")]
        assert inbox.counts() == {State.NEW: 0, State.PROCESSED: 1, State.QUARANTINED: 1}
        assert inbox.settle([second], State.NEW, "retried") == [second]
        assert inbox.letter(second).state is State.NEW

    def test_only_what_is_still_in_a_state_leaves_it(self, inbox: Inbox) -> None:
        inbox.store([arrival(), arrival("m-2")])
        first, second = (it.number for it in inbox.letters())
        inbox.settle([first], State.QUARANTINED, "a person said so")

        assert inbox.settle([first, second, 999], State.PROCESSED, only=State.NEW) == [second]

        assert inbox.letter(first).state is State.QUARANTINED

    def test_messages_come_page_by_page(self, inbox: Inbox) -> None:
        inbox.store([arrival(f"m-{number}") for number in range(5)])

        first = inbox.letters(State.NEW, limit=2)
        second = inbox.letters(State.NEW, after=first[-1].number, limit=2)
        rest = inbox.letters(after=second[-1].number)

        assert [it.message_id for it in (*first, *second, *rest)] == ["m-0", "m-1", "m-2", "m-3", "m-4"]
        assert [it.message_id for it in inbox.newest(limit=2)] == ["m-3", "m-4"]
        assert inbox.newest(State.PROCESSED, limit=2) == []

    def test_who_follows_sees_what_was_processed_in_whatever_order(self, inbox: Inbox) -> None:
        inbox.store([arrival("m-1"), arrival("m-2"), arrival("m-3")])
        first, second, third = (it.number for it in inbox.letters())
        inbox.settle([third], State.PROCESSED)
        (seen,) = inbox.settled(State.PROCESSED)

        inbox.settle([first, second], State.PROCESSED)
        inbox.settle([second], State.QUARANTINED, "a person said so")

        assert seen.number == third
        assert [it.number for it in inbox.settled(State.PROCESSED, after_mark=seen.mark)] == [first]
        assert [it.number for it in inbox.settled(State.PROCESSED, limit=1)] == [third]

    def test_who_asks_sees_what_was_processed_before_it_was_set_aside(self, inbox: Inbox) -> None:
        inbox.store([arrival("m-1"), arrival("m-2"), arrival("m-3")])
        first, second, third = (it.number for it in inbox.letters())
        inbox.settle([second, third], State.PROCESSED)
        inbox.settle([first, second, third], State.QUARANTINED, "a person said so")
        inbox.settle([third], State.QUARANTINED, "taken back")

        aside = inbox.settled(State.QUARANTINED, out_of=State.PROCESSED)

        assert [(it.number, it.reason) for it in aside] == [(second, "a person said so")]
        assert [it.number for it in inbox.settled(State.QUARANTINED)] == [first, second, third]

    def test_a_number_that_is_none_is_not_found(self, inbox: Inbox) -> None:
        inbox.store([arrival()])

        with pytest.raises(NotFound, match="number 7"):
            inbox.letter(7)
        with pytest.raises(NotFound):
            inbox.body(-1)

    def test_it_can_be_closed_twice(self, inbox: Inbox) -> None:
        inbox.close()
        inbox.close()
