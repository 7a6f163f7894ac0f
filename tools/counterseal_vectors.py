"""Writes the vectors of counterseals, once: a file that is there is never touched again.

`PYTHONPATH=src:. .venv/bin/python -m tools.counterseal_vectors`
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from counterseal.correlation.tickets.counterseal import (
    ISSUANCE_NAMESPACE,
    Issuance,
    IssuanceSet,
    Issued,
    signed_issuance,
    token_of,
)
from counterseal.correlation.tickets.issuance_file import issuance_items
from counterseal.seal.notary_keys import NotaryKey, new_notary_key

FILE = Path(__file__).parent.parent / "tests" / "vectors" / "counterseal" / "issuance-v1.json"
SIGNING, CODING = bytes(range(32)), bytes(range(32, 64))
DRAWN = iter((SIGNING, CODING))
KEY = new_notary_key(lambda _: next(DRAWN))
OTHER = new_notary_key(lambda count: b"o" * count)
ENTRY = Issuance(
    issuance_id="0123456789abcdef0123456789abcdef",
    nonce="fedcba9876543210fedcba9876543210",
    issue_id="10042",
    issue_key="OPS-42",
    account="111122223333",
    region="eu-west-1",
    secret_name="db/password",  # noqa: S106  # a name, not a value
    secret_arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf",  # noqa: S106  # as above
    operation="value",
    principal="arn:aws:iam::111122223333:user/ana",
    approval_digest="a" * 64,
    not_before=datetime(2026, 1, 31, 12, tzinfo=UTC),
    expires=datetime(2026, 2, 1, 12, tzinfo=UTC),
    notary_key=KEY.key_id,
)


def issued(entry: Issuance, *, by: NotaryKey = KEY) -> Issued:
    """Return the entry with token and signature."""
    notary = by.notary()
    token = token_of(entry, notary.code(entry.message()))
    return Issued(issuance=entry, token=token, signature=notary.sign(ISSUANCE_NAMESPACE, signed_issuance(entry, token)))


def vectors() -> list[dict[str, Any]]:
    """Return each case with what a verifier of both, and one of signatures alone, must make of it."""
    good = issued(ENTRY)
    last = "B" if good.token[-1] != "B" else "A"
    cases = [
        ("COUNTER-1.1", "a short key", good, "genuine"),
        ("COUNTER-1.2", "a key of 20 characters", issued(replace(ENTRY, issue_key="ABCDEFGHIJKLMNOP-123")), "genuine"),
        ("COUNTER-1.2", "a longer key", issued(replace(ENTRY, issue_key="ABCDEFGHIJKLMNOPQ-123")), "genuine"),
        ("COUNTER-2.1", "a secret that is not there yet", issued(replace(ENTRY, secret_arn="")), "genuine"),
        ("COUNTER-3.1", "another principal", replace(good, issuance=replace(ENTRY, principal="arn:x")), "forged"),
        (
            "COUNTER-3.1",
            "a later end",
            replace(good, issuance=replace(ENTRY, expires=datetime(2027, 2, 1, tzinfo=UTC))),
            "forged",
        ),
        ("COUNTER-3.1", "another token", replace(good, token=f"OPS-42.{'A' * 43}"), "forged"),
        ("COUNTER-1.3", "another last character", replace(good, token=good.token[:-1] + last), "forged"),
        ("COUNTER-3.1", "another's signature", issued(ENTRY, by=OTHER), "forged"),
        ("COUNTER-1.2", "another ticket before the dot", replace(good, token=f"OPS-43{good.token[6:]}"), "forged"),
        (
            "COUNTER-5.1",
            "a key that is not known",
            issued(replace(ENTRY, notary_key=OTHER.key_id), by=OTHER),
            "unknown",
        ),
    ]
    return [
        {"requirement": requirement, "case": case, "expect": expect, **issuance_items(IssuanceSet(issued=(one,)))[0]}
        for requirement, case, one, expect in cases
    ]


def main() -> None:
    """Write the file, where it is not there."""
    document = {
        "signing_key": SIGNING.hex(),
        "coding_key": CODING.hex(),
        "public_key": KEY.public.hex(),
        "key_id": KEY.key_id,
        "canonical_entry": ENTRY.message().decode(),
        "vectors": vectors(),
    }
    with FILE.open("x", encoding="utf-8") as file:
        file.write(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
