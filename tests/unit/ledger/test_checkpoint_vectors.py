"""The vectors of checkpoints: each line comes to what its vector says."""

import json
from pathlib import Path

import pytest

from counterseal.errors import MalformedInput
from counterseal.ledger.checkpoint import parse_checkpoints
from counterseal.seal.signatures import Ed25519Verifier
from counterseal.seal.signing_key import parse_public_key, signing_key_id

CONTENT = json.loads((Path(__file__).parents[2] / "vectors/ledger/checkpoint.json").read_text())
PUBLIC_KEY = parse_public_key(CONTENT["public_key"].encode(), name="the vectors' key")


def outcome(line: str) -> str:
    """Return what comes of a line."""
    try:
        (read,) = parse_checkpoints(line.encode(), name="vector")
    except MalformedInput:
        return "malformed"
    return "success" if read.is_signed_by(Ed25519Verifier(PUBLIC_KEY)) else "signature broken"


@pytest.mark.parametrize("vector", CONTENT["checkpoints"], ids=lambda it: f"{it['requirement']} {it['case']}")
def test_a_line_comes_to_what_its_vector_says(vector: dict[str, str]) -> None:
    assert outcome(vector["line"]) == vector["expect"]


def test_the_key_has_the_id_that_the_vectors_say() -> None:
    assert signing_key_id(PUBLIC_KEY) == CONTENT["key_id"]
