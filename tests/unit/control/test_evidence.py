"""What the ledger holds beside a finding, proved from the entries and the checkpoints in it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.control.test_anchoring import signed
from tests.unit.control.test_notary import REQUEST, RULES, told
from tests.unit.ledger.samples import TickingClock, event, verdict
from tests.unit.ledger.signing import SIGNER

from counterseal.control.evidence import Asked, ChainProof, Dossiers
from counterseal.control.notary import Office, issue, revoke
from counterseal.control.recall import RecordedTickets
from counterseal.errors import LedgerBroken
from counterseal.ledger.chain import TreeHead
from counterseal.ledger.checkpoint import STREAM, as_draft, sign_checkpoint
from counterseal.ledger.merkle import node_hash
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.seal.notary_keys import new_notary_key


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield Office(new_notary_key().notary(), ledger)
    ledger.close()


def dossiers(office: Office, largest: int | None = None) -> Dossiers:
    return Dossiers(office.ledger, RecordedTickets(office.ledger).find, largest=largest)


def about(position: int, *, version_id: str = "") -> Asked:
    return Asked("", version_id, "audit", position)


def climbed(proof: ChainProof) -> str:
    """Compute the root by hand, as the page says."""
    found = bytes.fromhex(proof.leaf)
    for step in proof.path:
        beside = bytes.fromhex(step.digest)
        found = node_hash(beside, found) if step.side == "left" else node_hash(found, beside)
    return found.hex()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13])
def test_every_entry_under_a_checkpoint_is_proved_to_be(office: Office, size: int) -> None:
    office.ledger.append("audit", [event(f"e-{number}", digest=f"{number:064x}") for number in range(size)])
    signed(office, 10)
    office.ledger.append("audit", [verdict()])

    for position in range(1, size + 1):
        chain = dossiers(office).about(about(position)).chain
        assert chain is not None
        assert (climbed(chain), chain.holds, chain.size) == (chain.root, True, size)
        assert f'"position":{position},' in chain.content
    assert dossiers(office).about(about(size + 1)).chain is None


def test_without_a_checkpoint_there_is_no_proof(office: Office) -> None:
    office.ledger.append("audit", [verdict()])

    assert dossiers(office).about(about(1)) == (None, None, None, False)


def test_a_ledger_that_is_too_large_for_a_page_says_so(office: Office) -> None:
    office.ledger.append("audit", [event("e-1"), event("e-2")])
    signed(office, 10)

    assert dossiers(office, 1).about(about(1)).skipped
    assert dossiers(office, 2).about(about(1)).chain is not None


def sign_over_two_others(office: Office) -> None:
    """Put a checkpoint into the ledger that was made of two other entries."""
    other = TreeHead("audit", 2, "0" * 64, "0" * 64, ("0" * 64,))
    office.ledger.append(STREAM, [as_draft(sign_checkpoint("2026-03-10T13:00:00Z", [other], SIGNER))])


def test_a_checkpoint_of_other_entries_is_not_said_to_hold(office: Office) -> None:
    office.ledger.append("audit", [event("e-1"), event("e-2")])
    sign_over_two_others(office)
    chain = dossiers(office).about(about(1)).chain

    assert chain is not None
    assert not chain.holds


def test_a_ledger_that_is_shorter_than_its_checkpoint_is_broken(office: Office) -> None:
    office.ledger.append("audit", [event("e-1")])
    sign_over_two_others(office)

    with pytest.raises(LedgerBroken, match="ends before the 2 entries"):
        dossiers(office).about(about(1))


def test_the_counterseal_is_found_by_its_token_with_what_became_of_it(office: Office) -> None:
    token = issue(REQUEST, told(), RULES, office).token
    bare = dossiers(office).about(about(1, version_id=token)).seal
    signed(office, 10)
    signed(office, 20)
    revoke(token, "laptop lost", RULES.as_of, office)
    seal = dossiers(office).about(about(1, version_id=token)).seal

    assert bare is not None
    assert (bare.anchored_since, bare.revocation) == (None, None)
    assert seal is not None
    assert seal.anchored_since == RULES.as_of + timedelta(minutes=10)
    assert seal.revocation is not None
    assert seal.revocation.reason == "laptop lost"
    assert dossiers(office).about(about(1, version_id="another")).seal is None
