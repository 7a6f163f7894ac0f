"""What a file of issuances must say, place by place."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.correlation.sealing import issued, revoked

from counterseal.correlation.tickets.counterseal import IssuanceSet, Place
from counterseal.correlation.tickets.issuance_file import issuance_items, read_issuance_file, write_issuances
from counterseal.errors import MalformedInput

HELD = IssuanceSet(issued=(issued(),), revoked=(revoked(),))
ISSUED, REVOKED = issuance_items(HELD)
FILE = "counterseal/issuances/v1"


def read(*items: object) -> IssuanceSet:
    return read_issuance_file({"schema": FILE, "issuances": list(items)})


def refusal(*items: object) -> MalformedInput:
    with pytest.raises(MalformedInput) as refused:
        read(*items)
    return refused.value


def without(item: Any, name: str) -> dict[str, Any]:
    return {**item, "entry": {key: value for key, value in item["entry"].items() if key != name}}


@pytest.mark.parametrize("name", [it for it in ISSUED["entry"] if it not in {"schema", "issue_id", "secret"}])  # type: ignore[attr-defined]  # an object
def test_what_every_issuance_says_must_be_there(name: str) -> None:
    assert str(refusal(without(ISSUED, name))).startswith(f"issuances[0].entry.{name} must be")


@pytest.mark.parametrize("name", [it for it in REVOKED["entry"] if it != "schema"])  # type: ignore[attr-defined]  # an object
def test_what_every_revocation_says_must_be_there(name: str) -> None:
    assert str(refusal(ISSUED, without(REVOKED, name))).startswith(f"issuances[1].entry.{name} must be")


@pytest.mark.parametrize("name", ["token", "signature"])
def test_an_issuance_has_its_token_and_its_signature(name: str) -> None:
    item = {key: value for key, value in ISSUED.items() if key != name}

    assert str(refusal(item)).startswith(f"issuances[0].{name} must be")


def test_a_file_of_another_kind_is_refused_with_what_writes_one() -> None:
    with pytest.raises(MalformedInput, match=f"^schema must be '{FILE}'$") as refused:
        read_issuance_file({"schema": "other/v1", "issuances": []})

    assert refused.value.hint == "counterseal notary export writes such a file"


def test_an_entry_of_another_kind_is_refused_with_what_writes_one() -> None:
    said = refusal({**ISSUED, "entry": {"schema": "other/v1"}})

    assert str(said) == ("issuances[0].entry.schema must be 'counterseal/issuance/v1' or 'counterseal/revocation/v1'")
    assert said.hint == "counterseal notary export writes such entries"


@pytest.mark.parametrize("item", [ISSUED, REVOKED])
def test_an_entry_in_another_spelling_is_refused_with_what_to_do(item: Any) -> None:
    time = "expires" if "expires" in item["entry"] else "revoked_at"
    spelled = {**item, "entry": {**item["entry"], time: item["entry"][time].replace("Z", "+00:00")}}

    said = refusal(spelled)

    assert str(said) == "issuances[0].entry is not spelled as a notary spells it"
    assert said.hint == "hand it on as it was exported"


def test_a_signature_is_64_bytes_in_base64url_without_padding() -> None:
    assert str(refusal({**ISSUED, "signature": f"{ISSUED['signature']}=="})) == (
        "issuances[0].signature must be 64 bytes in base64url"
    )


def test_where_the_ledger_holds_an_entry_is_told_and_read() -> None:
    place = Place(7, issued().issuance.not_before, invented=False)
    held = IssuanceSet(issued=(replace(issued(), place=place),), revoked=(replace(revoked(), place=place),))

    items = issuance_items(held)

    assert [it["ledger"] for it in items] == [{"position": 7, "recorded_at": "2026-03-10T11:30:00Z"}] * 2
    assert read(*items) == held


def test_a_place_in_a_demonstration_says_so() -> None:
    place = Place(1, issued().issuance.not_before, invented=True)
    held = IssuanceSet(issued=(replace(issued(), place=place),))

    [item] = issuance_items(held)

    assert item["ledger"] == {"position": 1, "recorded_at": "2026-03-10T11:30:00Z", "invented": True}
    assert read(item) == held


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ({"position": 0, "recorded_at": "2026-03-10T11:00:00Z"}, "issuances[0].ledger.position must be"),
        ({"position": 1}, "issuances[0].ledger.recorded_at must be"),
        ({"position": 1, "recorded_at": "2026-03-10T11:00:00Z", "x": 1}, "unknown key issuances[0].ledger.x"),
    ],
)
def test_a_place_that_is_none_is_refused(ledger: dict[str, Any], said: str) -> None:
    assert str(refusal({**ISSUED, "ledger": ledger})).startswith(said)


def test_each_item_stands_on_a_line_of_its_own() -> None:
    lines = write_issuances(HELD).splitlines()

    assert lines[0] == f'{{"schema":"{FILE}","issuances":['
    assert [json.loads(it.rstrip(",")) for it in lines[1:-1]] == [ISSUED, REVOKED]
    assert lines[-1] == "]}"
