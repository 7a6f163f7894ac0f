"""Deciding piece by piece: the ledger is told what one audit of all, each time, would tell it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sns import NOW
from tests.unit.control.audit_of_all import AuditOfAll

from counterseal.assembly.demo.notary import notary_public_line
from counterseal.assembly.demo.people import ACCOUNT, JONAS
from counterseal.assembly.demo.records import service_event, trail_call
from counterseal.assembly.demo.story import tell
from counterseal.control.deciding import Asked, Deciding, PieceByPiece
from counterseal.control.record import record_audit
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.tickets.counterseal import IssuanceSet
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.correlation.tickets.ticket_file import read_ticket_file
from counterseal.errors import MalformedInput, NotFound
from counterseal.ledger.chain import Head
from counterseal.ledger.entry import Draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Appended
from counterseal.seal.notary_keys import LocalNotaryKeys, parse_notary_keys

STORY = tell(NOW)
TICKETS = read_ticket_file(STORY.ticket_file())
EVIDENCE = Evidence(
    issuances=IssuanceSet(issued=tuple(STORY.issuances)),
    keys=LocalNotaryKeys(parse_notary_keys(notary_public_line().encode(), name="invented")),
)
NOTHING = Asked(Rules(policy=Policy(), as_of=NOW - timedelta(days=30)))


class Recording:
    """Stands for the ledger: keeps what was said last about each subject, and everything in order."""

    def __init__(self) -> None:
        self.said: dict[bytes, bytes] = {}
        self.drafts: list[Draft] = []

    def append(self, stream: str, drafts: Sequence[Draft]) -> Appended:
        self.drafts += drafts
        return Appended(len(drafts), 0, 0, Head(stream))

    def is_news(self, draft: Draft) -> bool:
        is_news = self.said.get(draft.subject) != draft.fingerprint
        self.said[draft.subject] = draft.fingerprint
        return is_news


@dataclass
class Desk:
    """One way to decide, by what is asked for now, and what the ledger is told."""

    way: Callable[[Callable[[], Asked]], Deciding]
    asked: Asked = NOTHING
    recording: Recording = field(default_factory=Recording)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.deciding = self.way(self._ask)

    def _ask(self) -> Asked:
        if self.failure:
            raise self.failure
        return self.asked

    def give(self, piece: object, *, is_whole: bool = False) -> None:
        match piece:
            case bytes():
                self.deciding.add(piece, source="a queue")
            case Asked():
                self.asked = piece
            case "forget":
                self.deciding.forget()
            case _:
                outcome = self.deciding.decide(is_whole=is_whole)
                record_audit(self.recording, outcome, wanted=self.recording.is_news)  # type: ignore[arg-type]  # a part

    def verdicts(self) -> list[tuple[str, str, bool]]:
        bodies = [it.body for it in self.recording.drafts if it.kind is EntryKind.VERDICT]
        return [(it["event_id"], it["verdict"], it["discrepancy"]) for it in map(json.loads, bodies)]


def messages() -> list[bytes]:
    """Return the story as EventBridge and files bring it: mostly one record in a message."""
    single = [json.dumps({"Records": [it]}).encode() for it in STORY.records]
    return [*single, *(json.dumps(it).encode() for it in STORY.label_events)]


def asked_later() -> st.SearchStrategy[Asked]:
    """Draw a ticket file at some stage, a time, issuances, and one of two policies."""
    return st.builds(
        lambda tickets, days, who, policy, evidence: Asked(
            Rules(policy=policy, as_of=NOW - timedelta(days=days)), replace(who, tickets=tuple(tickets)), evidence
        ),
        st.lists(st.sampled_from(TICKETS.tickets), unique_by=lambda it: it.issue_key),
        st.integers(-2, 8),
        st.sampled_from([TicketSet(), TICKETS]),
        st.sampled_from([Policy(), Policy(), Policy(approvers_needed=2)]),
        st.sampled_from([Evidence(), EVIDENCE]),
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_ledger_is_told_what_an_audit_of_all_would_tell_it(data: st.DataObject) -> None:
    whole, pieces = Desk(AuditOfAll), Desk(PieceByPiece)
    drawn: list[object] = list(data.draw(st.lists(st.sampled_from(messages()), min_size=1, max_size=25)))
    drawn += data.draw(st.lists(st.just("forget"), max_size=2))
    steps: list[object] = [*drawn, *data.draw(st.lists(asked_later(), max_size=3)), *([None] * 6)]

    for step in [*data.draw(st.permutations(steps)), None]:
        whole.give(step)
        pieces.give(step, is_whole=data.draw(st.booleans()))

    assert pieces.recording.drafts == whole.recording.drafts


@pytest.mark.parametrize("turn", [1, -1], ids=["forwards", "backwards"])
def test_the_whole_story_message_by_message(turn: int) -> None:
    whole, pieces = Desk(AuditOfAll), Desk(PieceByPiece)
    now = Asked(Rules(policy=Policy(), as_of=NOW), TICKETS, EVIDENCE)

    for message in messages()[::turn]:
        for step in (now, message, None):
            whole.give(step)
            pieces.give(step)

    assert pieces.recording.drafts == whole.recording.drafts
    assert len({verdict for _, verdict, _ in pieces.verdicts()}) > 5


def event_of(name: str) -> bytes:
    found = [it for it in STORY.records if it["eventName"] == name and "shop/prod/database" in json.dumps(it)]
    return json.dumps({"Records": found[:1]}).encode()


def test_what_came_later_takes_a_finding_back() -> None:
    desk = Desk(PieceByPiece)
    witness, changed = event_of("GenerateDataKey"), event_of("PutSecretValue")

    for piece in (witness, None, changed, None, None):
        desk.give(piece)

    (trace, verdict, counts), after, withdrawn = desk.verdicts()
    assert (verdict, counts) == ("unrecorded-version", True)
    assert after[2]
    assert withdrawn == (trace, "unrecorded-version", False)


def trail_message(name: str, at: datetime, **parameters: bool) -> bytes:
    call = trail_call(at, JONAS, name)
    call["requestParameters"] |= parameters
    return json.dumps({"Records": [call]}).encode()


def test_a_blind_interval_whose_reach_is_known_later_takes_the_place_of_the_other() -> None:
    desk = Desk(PieceByPiece)
    stopped, made = (
        trail_message("StopLogging", NOW),
        trail_message("CreateTrail", NOW - timedelta(days=1), isMultiRegionTrail=True),
    )

    for piece in (stopped, None, made, None, None):
        desk.give(piece)

    bodies = [json.loads(it.body) for it in desk.recording.drafts if it.kind is EntryKind.BLIND_INTERVAL]
    assert [(it["account"], it["region"], it["discrepancy"]) for it in bodies] == [
        ("*", "*", True), (ACCOUNT, "*", True), ("*", "*", False),
    ]  # fmt: skip
    assert bodies[-1]["to"] == bodies[-1]["from"]


def test_a_blind_interval_of_what_is_forgotten_is_taken_back() -> None:
    desk = Desk(PieceByPiece)
    for piece in (trail_message("StopLogging", NOW), None, "forget", None):
        desk.give(piece)

    bodies = [json.loads(it.body) for it in desk.recording.drafts if it.kind is EntryKind.BLIND_INTERVAL]
    assert [it["discrepancy"] for it in bodies] == [True, False]


def test_what_is_forgotten_is_taken_back_unless_it_comes_again() -> None:
    desk = Desk(PieceByPiece)
    for step in (event_of("PutSecretValue"), event_of("GenerateDataKey"), None, "forget", None):
        desk.give(step)
    (put,) = {event_id for event_id, _, _ in desk.verdicts()}

    for step in ("forget", event_of("PutSecretValue"), None):
        desk.give(step)

    assert desk.verdicts() == [(put, "unapproved", True), (put, "unapproved", False), (put, "unapproved", True)]


def test_a_finding_that_was_taken_back_may_come_again() -> None:
    desk = Desk(PieceByPiece)
    ticket, name = TICKETS.tickets[0], "PutSecretValue"
    changed = json.dumps({"Records": [next(it for it in STORY.records if it["eventName"] == name)]}).encode()
    with_ticket, without = NOTHING._replace(tickets=TICKETS), NOTHING

    for piece in (changed, with_ticket, None, without, None, with_ticket, None):
        desk.give(piece)

    first, second, third = (it[1] for it in desk.verdicts())
    assert ticket.issue_key
    assert first == third
    assert second == "unapproved"


@pytest.mark.parametrize("failure", [NotFound("no ticket file"), MalformedInput("the ticket file is no JSON")])
def test_after_a_failure_nothing_is_missing(failure: Exception) -> None:
    desk = Desk(PieceByPiece)
    desk.give(event_of("GenerateDataKey"))
    desk.give(None)
    desk.failure = failure
    desk.give(event_of("PutSecretValue"))
    with pytest.raises(type(failure)):
        desk.give(None)

    desk.failure = None
    desk.give(None)

    assert [it[1] for it in desk.verdicts()] == ["unrecorded-version", "unapproved", "unrecorded-version"]


def test_what_cannot_be_read_is_not_taken() -> None:
    desk = Desk(PieceByPiece)
    with pytest.raises(MalformedInput):
        desk.give(b"no JSON")

    desk.give(None)

    assert desk.verdicts() == []


def test_what_was_told_is_told_again_only_where_all_is_asked_for() -> None:
    deciding = PieceByPiece(lambda: NOTHING._replace(tickets=TICKETS))
    deciding.add(event_of("PutSecretValue"), source="a queue")
    first = deciding.decide(is_whole=False)

    again = deciding.decide(is_whole=False)
    whole = deciding.decide(is_whole=True)

    assert [len([*it]) for it in (again.findings, again.events, again.tickets)] == [0, 0, 0]
    assert (whole.findings, whole.events, whole.tickets) == (first.findings, first.events, first.tickets)
    assert again.population == whole.population


def test_a_counterseal_that_was_issued_meanwhile_proves() -> None:
    desk = Desk(PieceByPiece)
    token = STORY.issuances[0].token
    sealed = json.dumps({"Records": [it for it in STORY.records if token in json.dumps(it)]}).encode()
    before = Asked(Rules(policy=Policy(), as_of=NOW), TICKETS)

    for piece in (before, sealed, None, before._replace(evidence=EVIDENCE), None):
        desk.give(piece)

    assert [it[1] for it in desk.verdicts()] == ["approved", "proved"]


def test_a_trace_of_a_secret_that_is_known_better_now_takes_the_place_of_the_other() -> None:
    desk = Desk(PieceByPiece)
    ended = service_event(NOW, "EndSecretVersionDelete", "shop/prod/database", "token")
    ended["additionalEventData"] |= {"SecretId": "shop/prod/database"}
    ended.pop("resources", None)

    for piece in (json.dumps({"Records": [ended]}).encode(), None, event_of("PutSecretValue"), None):
        desk.give(piece)

    bodies = [json.loads(it.body) for it in desk.recording.drafts if it.kind is EntryKind.VERDICT]
    traces = [(bool(it["secret"]), it["discrepancy"]) for it in bodies if it["about"] == "trace"]
    assert traces == [(False, True), (True, True), (False, False)]
