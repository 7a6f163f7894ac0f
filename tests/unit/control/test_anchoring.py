"""Issuances under signed checkpoints: in the ledger, and in an export on a machine that has no ledger."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.control.test_notary import REQUEST, RULES, told
from tests.unit.ledger.samples import TickingClock, event
from tests.unit.ledger.signing import SIGNER, TRUST, HandClock

from counterseal.control.anchoring import anchored_in_export, anchored_in_ledger
from counterseal.control.notary import Office, issuances_in, issue, revoke
from counterseal.correlation.tickets.counterseal import IssuanceSet, Issued
from counterseal.correlation.tickets.issuance_file import read_issuance_file, write_issuances
from counterseal.errors import LedgerBroken
from counterseal.ledger.checkpoint import Checkpoint, make_checkpoint
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.seal.notary_keys import new_notary_key


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield Office(new_notary_key().notary(), ledger)
    ledger.close()


def signed(office: Office, minutes: int) -> Checkpoint:
    """Return a checkpoint over everything, that long after noon."""
    clock = HandClock()
    clock.minutes = minutes
    return make_checkpoint(office.ledger, SIGNER, TRUST.verifier, clock)[0]


def exported(office: Office) -> IssuanceSet:
    """Return what an auditor elsewhere reads: the export, through its file."""
    return read_issuance_file(json.loads(write_issuances(issuances_in(office.ledger))))


def issued(office: Office) -> Issued:
    return issue(REQUEST, told(), RULES, office)


def test_an_issuance_is_anchored_since_the_oldest_checkpoint_over_it(office: Office) -> None:
    first = issued(office)
    older = signed(office, 10)
    second = issued(office)
    newer = signed(office, 20)
    issued(office)
    noon = RULES.as_of

    expected = {
        first.issuance.issuance_id: noon + timedelta(minutes=10),
        second.issuance.issuance_id: noon + timedelta(minutes=20),
    }
    assert anchored_in_ledger(office.ledger, [newer, older]) == expected
    assert anchored_in_export(exported(office), [newer, older]) == expected
    assert anchored_in_export(exported(office), [newer]).keys() == expected.keys()


def test_without_a_checkpoint_nothing_is_anchored(office: Office) -> None:
    issued(office)

    assert anchored_in_ledger(office.ledger, []) == {}
    assert anchored_in_export(exported(office), []) == {}


def test_a_checkpoint_that_covers_other_streams_alone_anchors_nothing(office: Office) -> None:
    office.ledger.append("audit", [event()])
    other = signed(office, 10)
    issued(office)

    assert anchored_in_ledger(office.ledger, [other]) == {}


def test_a_revocation_that_was_left_out_is_noticed_where_a_checkpoint_covers_it(office: Office) -> None:
    token = issued(office).token
    revoke(token, "laptop lost", RULES.as_of, office)
    kept = signed(office, 10)
    whole = exported(office)

    assert len(anchored_in_export(whole, [kept])) == 1
    with pytest.raises(LedgerBroken, match="ends at 1, and a checkpoint covers 2") as refusal:
        anchored_in_export(replace(whole, revoked=()), [kept])
    assert "notary export" in refusal.value.hint


def test_an_altered_issuance_is_not_what_was_signed(office: Office) -> None:
    issued(office)
    kept = signed(office, 10)
    whole = exported(office)
    (one,) = whole.issued
    altered = replace(one, issuance=replace(one.issuance, principal="arn:aws:iam::111122223333:user/eve"))

    with pytest.raises(LedgerBroken, match=r"not what was signed.*'notary' is altered"):
        anchored_in_export(replace(whole, issued=(altered,)), [kept])


def test_an_export_that_says_nothing_of_the_ledger_is_not_anchored_but_refused(office: Office) -> None:
    issued(office)
    kept = signed(office, 10)
    whole = exported(office)
    bare = replace(whole, issued=tuple(replace(it, place=None) for it in whole.issued))

    with pytest.raises(LedgerBroken, match="ends at 0"):
        anchored_in_export(bare, [kept])
