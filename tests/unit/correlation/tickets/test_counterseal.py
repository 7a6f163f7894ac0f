"""Issuance entries, tokens and signatures, held to their released vectors."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.correlation.invented import T, approval, at, change, finding, ticket
from tests.unit.correlation.sealing import issuance, issued, revoked

from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.tickets.counterseal import ISSUANCE_NAMESPACE, IssuanceSet, code_of, ticket_part
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.correlation.tickets.issuance_file import read_issuance_file, read_issuances, write_issuances
from counterseal.errors import MalformedInput, Refused
from counterseal.hidden import Hidden
from counterseal.seal.notary_keys import LocalNotaryKeys, NotaryKey

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "counterseal" / "issuance-v1.json").read_text(encoding="utf-8")
)
PUBLIC = bytes.fromhex(VECTORS["public_key"])
OWN = NotaryKey(PUBLIC, Hidden(bytes.fromhex(VECTORS["signing_key"])), Hidden(bytes.fromhex(VECTORS["coding_key"])))
EXPECTED = {
    "genuine": "",
    "forged": "counterseal-forged",
    "unknown": "counterseal not checked: it names the notary key",
}


@pytest.mark.parametrize("key", [OWN, NotaryKey(PUBLIC)], ids=["own", "public"])
@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda it: it["case"])
def test_every_vector_comes_out_as_it_says(vector: dict[str, Any], key: NotaryKey) -> None:
    given = read_issuances([("v", {name: vector[name] for name in ("entry", "token", "signature")})])
    reason = finding(
        change(version_id=vector["token"]), evidence=Evidence(issuances=given, keys=LocalNotaryKeys([key]))
    ).reason

    assert EXPECTED[vector["expect"]] in reason
    assert ("counterseal-forged" in reason) is (vector["expect"] == "forged")


def test_the_entry_and_the_key_id_are_those_of_the_vectors() -> None:
    [one] = read_issuances(
        [("v", {name: VECTORS["vectors"][0][name] for name in ("entry", "token", "signature")})]
    ).issued

    assert one.issuance.message().decode() == VECTORS["canonical_entry"]
    assert NotaryKey(PUBLIC).key_id == VECTORS["key_id"]
    assert OWN.notary().code(one.issuance.message()) == code_of(one.token)
    assert OWN.notary().sign(ISSUANCE_NAMESPACE, one.signed_message()) == one.signature


def test_what_was_issued_and_revoked_is_read_as_it_was_written() -> None:
    held = IssuanceSet(issued=(issued(), issued(nonce="9" * 32)), revoked=(revoked(),))

    assert read_issuance_file(json.loads(write_issuances(held))) == held
    assert read_issuance_file(json.loads(write_issuances(IssuanceSet()))) == IssuanceSet()


ITEM = json.loads(write_issuances(IssuanceSet(issued=(issued(),))))["issuances"][0]
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another file": ({"schema": "x", "issuances": []}, "schema must be 'counterseal/issuances/v1'"),
    "an unknown key": ({"issuance": []}, "unknown key issuance"),
    "an entry of no kind": ({"issuances": [ITEM | {"entry": {}}]}, "issuances[0].entry.schema must be"),
    "a member too many": (
        {"issuances": [ITEM | {"entry": ITEM["entry"] | {"x": "1"}}]},
        "unknown key issuances[0].entry.x",
    ),
    "another spelling": (
        {"issuances": [ITEM | {"entry": ITEM["entry"] | {"expires": "2026-03-10T18:00:00+00:00"}}]},
        "issuances[0].entry is not spelled as a notary spells it",
    ),
    "a signature cut off": ({"issuances": [ITEM | {"signature": "AAAA"}]}, "issuances[0].signature must be 64 bytes"),
    "a signature of other letters": ({"issuances": [ITEM | {"signature": "=" * 86}]}, "issuances[0].signature must be"),
    "a signature that is no base64": ({"issuances": [ITEM | {"signature": "a"}]}, "issuances[0].signature must be"),
    "no token": (
        {"issuances": [{"entry": ITEM["entry"], "signature": ITEM["signature"]}]},
        "issuances[0].token must be",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_another_file_is_refused_with_its_place(case: str) -> None:
    changed, said = REFUSED[case]

    with pytest.raises(MalformedInput) as refused:
        read_issuance_file({"schema": "counterseal/issuances/v1"} | changed)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("key", "issue_id", "part"),
    [
        ("OPS-42", "10042", "OPS-42"),
        ("ABCDEFGHIJKLMNOP-123", "10042", "ABCDEFGHIJKLMNOP-123"),
        ("ABCDEFGHIJKLMNOPQ-123", "10042", "#10042"),
    ],
)
def test_a_token_names_the_ticket_by_what_fits(key: str, issue_id: str, part: str) -> None:
    assert ticket_part(key, issue_id) == part


@pytest.mark.parametrize(
    ("key", "issue_id"), [("ops-42", ""), ("ABCDEFGHIJKLMNOPQ-123", ""), ("OPS-42\n", "1"), ("", "x9")]
)
def test_a_ticket_that_fits_into_no_token_is_refused(key: str, issue_id: str) -> None:
    with pytest.raises(Refused, match="no token can name the ticket"):
        ticket_part(key, issue_id)


def test_the_approval_digest_covers_what_was_decided_until_then_and_not_the_status() -> None:
    digest = approval_digest(ticket(), T)
    later = ticket(status="Done", approvals=(*(ticket().approvals or ()), approval(at(hours=1), by="dan.j")))

    assert approval_digest(later, T) == digest
    assert approval_digest(later, at(hours=1)) != digest
    assert approval_digest(ticket(window=None), T) != digest
    assert approval_digest(ticket(approvals=None), T) != digest


def test_an_entry_holds_exactly_what_the_format_page_lists() -> None:
    page = (Path(__file__).parents[4] / "docs" / "formats" / "counterseal.md").read_text(encoding="utf-8")

    assert [name for name in issuance().entry() if f"`{name}`" not in page] == []
