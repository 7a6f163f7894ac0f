"""Heads: what makes one believed."""

from typing import Any

import pytest

from counterseal.canonical import canonical_json
from counterseal.errors import Refused, SealBroken
from counterseal.hidden import Hidden
from counterseal.safes.head import HeadContent, HeadFacts, _content, open_head, parse_head, write_head
from counterseal.safes.layout import safe_place
from counterseal.safes.membership import Unlocked, found_membership, unlock_membership
from counterseal.seal.member_keys import new_member_keys
from counterseal.seal.signatures import Ed25519Signer
from counterseal.seal.signed_document import sign_document
from counterseal.seal.slots import KeyFileUnlock

PLACE = safe_place("team")
UNLOCK = KeyFileUnlock(Hidden(b"k" * 32))
CONTENT = HeadContent("team", "2026-01-31T12:00:00Z", {}, (), {})
GOOD: dict[str, Any] = {
    "schema": 1,
    "kind": "head",
    "workspace": PLACE.workspace,
    "safe": PLACE.safe,
    "counter": 1,
    "epoch": 1,
    "previous": "",
    "membership": {"version": 1, "digest": "0"},
    "author": "ada",
}


@pytest.fixture(scope="module")
def unlocked() -> Unlocked:
    stored = found_membership(PLACE, new_member_keys(), Hidden(b"e" * 32), UNLOCK)
    return unlock_membership(stored, PLACE, UNLOCK)


def facts(unlocked: Unlocked) -> HeadFacts:
    return HeadFacts(1, 1, "", 1, "0", unlocked.member_id)


def signed(statement: dict[str, Any]) -> bytes:
    return sign_document(statement, b"", namespace="head", signer=Ed25519Signer(Hidden(b"s" * 32), key_id="ada"))


def test_a_head_reads_back_as_it_was_written(unlocked: Unlocked) -> None:
    document, read = parse_head(write_head(PLACE, facts(unlocked), CONTENT, unlocked), PLACE)

    assert read == facts(unlocked)
    assert open_head(document, read, PLACE, unlocked) == CONTENT


def test_a_head_of_somebody_who_is_no_member_is_refused(unlocked: Unlocked) -> None:
    document, read = parse_head(signed(GOOD | {"author": "eve"}), PLACE)

    with pytest.raises(SealBroken):
        open_head(document, read, PLACE, unlocked)


def test_a_head_that_a_stranger_signed_in_a_members_name_is_refused(unlocked: Unlocked) -> None:
    document, read = parse_head(signed(GOOD | {"author": unlocked.member_id}), PLACE)

    with pytest.raises(SealBroken):
        open_head(document, read, PLACE, unlocked)


def test_a_content_does_not_serve_another_counter(unlocked: Unlocked) -> None:
    written = write_head(PLACE, facts(unlocked), CONTENT, unlocked)
    body = parse_head(written, PLACE)[0].body
    statement = GOOD | {"author": unlocked.member_id, "counter": 2}
    moved = sign_document(statement, body, namespace="head", signer=unlocked.signer)
    document, read = parse_head(moved, PLACE)

    with pytest.raises(SealBroken):
        open_head(document, read, PLACE, unlocked)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "membership"},
        {"schema": "1"},
        {"counter": 0},
        {"counter": True},
        {"epoch": "1"},
        {"previous": 1},
        {"membership": {}},
        {"membership": None},
        {"membership": {"version": 1, "digest": 1}},
        {"author": None},
    ],
)
def test_a_statement_that_no_head_makes_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SealBroken):
        parse_head(signed(GOOD | change), PLACE)


def test_a_head_of_a_newer_counterseal_says_so() -> None:
    with pytest.raises(Refused, match="another version of Counterseal"):
        parse_head(signed(GOOD | {"schema": 2}), PLACE)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}",
        b"{",
        canonical_json({"name": "team", "time": "", "members": {}, "trail": [], "secrets": {"a": {}}}),
        canonical_json(
            {
                "name": "team",
                "time": "",
                "members": {},
                "trail": [],
                "secrets": {"a": {"object_id": "o", "entries": []}},
            }
        ),
        canonical_json({"name": "team", "time": "", "members": {}, "trail": ["0"], "secrets": {}}),
    ],
)
def test_a_content_that_is_no_head_is_refused(text: bytes) -> None:
    with pytest.raises(SealBroken):
        _content(Hidden(text), HeadFacts(1, 1, "", 1, "0", "ada"))
