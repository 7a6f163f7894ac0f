"""One line of the ledger: what it may hold, and what it is about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ledger.samples import NOON, audit_run, blind_interval, ended, event, verdict, verdict_body, waiver

from counterseal.canonical import canonical_json
from counterseal.errors import MalformedInput, Refused
from counterseal.ledger import Draft, EntryKind, Head, draft
from counterseal.ledger.chain import bind
from counterseal.ledger.entry import conflict_between, parse_entry, write
from counterseal.ledger.fields import FIELDS, RESERVED, TEXT_LIMIT

TICKET: dict[str, Any] = {
    "issue_id": "10001", "issue_key": "OPS-1", "secrets": ["db/password"], "operations": ["value"], "status": "Done",
    "account": "", "region": "", "requester": "ada", "assignee": "bob", "executors": [],
    "approvals": [{"by": "cleo", "at": "2026-03-10T10:00:00Z", "decision": "approved"}],
    "window_from": "", "window_to": "", "emergency_declared_at": "", "edits": [],
    "status_history": [{"at": "2026-03-10T10:00:00Z", "to": "Done"}], "changed_after_approval": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "recorded",
    [event(), verdict(), blind_interval(), audit_run(), draft("ticket-snapshot", TICKET)],
    ids=lambda it: it.kind,
)
def test_what_is_bound_is_read_back_the_same(recorded: Draft) -> None:
    bound = bind(recorded, Head("audit", 4, "d" * 64), NOON)

    assert parse_entry(bound.content) == bound
    assert canonical_json(bound.body()) == recorded.body
    assert (bound.position, bound.previous, bound.recorded_at) == (5, "d" * 64, "2026-03-10T12:00:00Z")


def test_the_content_of_an_entry_is_canonical_json() -> None:
    bound = bind(verdict(reason='he said "ünlikely"\n'), Head("a stream"), NOON)

    assert bound.content == canonical_json(
        {
            "schema": "counterseal/ledger-entry/v1",
            "stream": "a stream",
            "position": 1,
            "previous": "0" * 64,
            "recorded_at": "2026-03-10T12:00:00Z",
            "kind": "verdict",
            "invented": False,
            "body": verdict_body(reason='he said "ünlikely"\n'),
        }
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_text_that_an_entry_may_hold_comes_back(text: str) -> None:
    bound = bind(verdict(reason=text), Head("audit"), NOON)

    assert parse_entry(bound.content).body()["reason"] == text


def test_approvals_that_could_not_be_read_are_not_the_same_as_none() -> None:
    unknown, none = (
        draft("ticket-snapshot", TICKET | {"approvals": None}),
        draft("ticket-snapshot", TICKET | {"approvals": []}),
    )

    assert unknown.fingerprint != none.fingerprint


def test_a_waiver_may_say_that_it_was_ended_and_is_still_about_the_same() -> None:
    whole, early = waiver(verdict()), ended(verdict(), "2026-03-11T00:00:00Z")

    assert whole.subject == early.subject
    assert whole.fingerprint != early.fingerprint
    assert parse_entry(bind(early, Head("audit"), NOON).content).body()["ended"]["by"] == "dora"


@pytest.mark.parametrize("lacking", ["by", "why", "at"])
def test_an_end_of_a_waiver_without_who_why_or_when_is_none(lacking: str) -> None:
    said = {"by": "dora", "why": "it was not the vendor", "at": "2026-03-11T00:00:00Z"}

    with pytest.raises(Refused, match="'ended'"):
        waiver(verdict(), ended=said | {lacking: ""})


def test_a_field_that_could_hold_a_value_is_refused_and_not_quoted() -> None:
    with pytest.raises(Refused, match="no field 'secretString'") as refusal:
        draft(EntryKind.VERDICT, verdict_body(secretString="hunter2"))

    assert "hunter2" not in f"{refusal.value} {refusal.value.hint}"


@pytest.mark.parametrize("kind", FIELDS)
def test_no_kind_has_a_field_for_what_was_sent_or_answered(kind: EntryKind) -> None:
    names = {name.lower().replace("_", "") for name in FIELDS[kind]}

    assert names & {"value", "secretstring", "secretbinary", "requestparameters", "responseelements", "facts"} == set()


def test_a_field_that_is_absent_is_named() -> None:
    body = verdict_body()
    del body["basis"]

    with pytest.raises(Refused, match="lacks the field 'basis'"):
        draft(EntryKind.VERDICT, body)


@pytest.mark.parametrize(
    ("field", "held"),
    [
        ("reason", 1), ("reason", "x" * (TEXT_LIMIT + 1)), ("signals", "repeat"), ("signals", [1]), ("time", "today"),
        ("time", "2026-03-10T11:00:00"), ("time", None), ("actor", {}), ("actor", "ada"), ("about", "nothing"),
    ],
)  # fmt: skip
def test_a_field_that_holds_something_else_is_named(field: str, held: object) -> None:
    with pytest.raises(Refused, match=f"the field '{field}' of an entry of kind verdict must be"):
        draft(EntryKind.VERDICT, verdict_body() | {field: held})


@pytest.mark.parametrize(
    ("field", "held"),
    [
        ("records", -1), ("records", True), ("records", 2**53), ("records", "1"), ("to", "later"),
    ],
)  # fmt: skip
def test_a_count_is_a_whole_number_that_every_program_reads_alike(field: str, held: object) -> None:
    with pytest.raises(Refused, match=f"'{field}'"):
        audit_run(**{field: held})


@pytest.mark.parametrize("held", [{"approvals": "none"}, {"approvals": [{"by": "x"}]}, {"changed_after_approval": 1}])
def test_a_ticket_holds_decisions_and_no_hearsay(held: dict[str, object]) -> None:
    with pytest.raises(Refused, match=next(iter(held))):
        draft(EntryKind.TICKET, TICKET | held)


def test_a_digest_is_a_digest() -> None:
    with pytest.raises(Refused, match=r"'digest'.*hexadecimal"):
        event(digest="A" * 64)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_names_are_not_written_yet(name: str) -> None:
    with pytest.raises(Refused, match="reserved"):
        draft(name, {})


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match="no entry of kind 'gossip'") as refusal:
        draft("gossip", {})

    assert "blind-interval" in refusal.value.hint


def test_an_event_without_a_digest_is_told_by_its_content() -> None:
    assert event(digest="").fingerprint != event(digest="", region="eu-west-2").fingerprint
    assert event(digest="").subject == event(digest="", region="eu-west-2").subject


def test_traces_of_one_event_are_told_apart() -> None:
    first = verdict("e-1", "unrecorded-version", about="trace", version_id="v-1")
    other = verdict("e-1", "unrecorded-version", about="trace", version_id="v-2")

    assert len({first.subject, other.subject, verdict("e-1").subject}) == 3


def test_a_conflict_of_invented_events_is_invented() -> None:
    assert conflict_between(b"\0" * 32, event(invented=True)).invented


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"{}", b"\xff", b'{"schema":"counterseal/ledger-entry/v2"}',
        bind(verdict(), Head("audit"), NOON).content.replace(b'"basis"', b'"spoof"'),
        bind(verdict(), Head("audit"), NOON).content.replace(b'"kind":"verdict"', b'"kind":"checkpoint"'),
    ],
)  # fmt: skip
def test_what_is_no_entry_is_not_read_as_one(content: bytes) -> None:
    with pytest.raises(MalformedInput, match="entry"):
        parse_entry(content)


ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from('"\\\x00\x1f\x7f\u2028\U0001f600/\b\n')))
ANY_VALUE = st.recursive(
    ANY_TEXT | st.booleans() | st.none() | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(ANY_VALUE)
def test_the_quick_writer_writes_canonical_json(value: object) -> None:
    try:
        expected: bytes | str = canonical_json(value)
    except Refused as refusal:
        expected = str(refusal)

    try:
        written: bytes | str = write(value)
    except Refused as refusal:
        written = str(refusal)

    assert written == expected


def test_the_quick_writer_leaves_what_it_does_not_know_to_the_other() -> None:
    with pytest.raises(Refused, match="a object has no canonical form"):
        write({"a": object()})


@pytest.mark.parametrize("length", [TEXT_LIMIT // 2, TEXT_LIMIT])
def test_each_text_may_be_as_long_as_the_limit_whatever_the_others(length: int) -> None:
    held: dict[str, Any] = dict.fromkeys(("service", "name", "source"), "x" * length)

    assert bind(event("e-1", **held), Head("audit"), NOON).body().items() >= held.items()


@pytest.mark.parametrize(
    "wrong", [{"name": "x" * (TEXT_LIMIT + 1)}, {"name": None}, {"actor": {"type": "Root"}}, {"actor": {"arn": 1}}]
)
def test_of_many_fields_the_wrong_one_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=f"the field '{next(iter(wrong))}'"):
        event("e-1", **wrong)
