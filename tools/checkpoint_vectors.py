"""Writes the vectors of checkpoints, once: a file that is there is never touched again.

`PYTHONPATH=src:. .venv/bin/python -m tools.checkpoint_vectors`
"""

import json
from pathlib import Path

from counterseal.hidden import Hidden
from counterseal.ledger.chain import TreeHead
from counterseal.ledger.checkpoint import Checkpoint, sign_checkpoint
from counterseal.ledger.merkle import Tree, leaf_hash
from counterseal.seal.signatures import Ed25519Signer
from counterseal.seal.signing_key import public_key, public_key_content, signing_key_id

FILE = Path(__file__).parent.parent / "tests" / "vectors" / "ledger" / "checkpoint.json"
PRIVATE_KEY = Hidden(bytes(range(32)))


def signed(size: int) -> Checkpoint:
    """Return a checkpoint over a stream of invented leaves."""
    tree = Tree()
    for number in range(size):
        tree.add(b"%d" % number)
    head = leaf_hash(b"%d" % size).hex()
    one = TreeHead("audit", size, tree.root().hex(), head, tuple(node.hex() for node in tree.nodes))
    return sign_checkpoint("2026-03-10T12:00:00Z", [one], Ed25519Signer(PRIVATE_KEY, key_id=key_id()))


def key_id() -> str:
    """Return the id of the vectors' key."""
    return signing_key_id(public_key(PRIVATE_KEY))


def vectors() -> list[dict[str, str]]:
    """Return every vector: the line, and what must come of it."""
    good = signed(7).exported().decode()
    root = json.loads(good)["streams"][0]["root"]
    cases = [
        ("CHECKPOINT-1.1", "seven entries", good, "success"),
        ("CHECKPOINT-1.1", "no entries", signed(0).exported().decode(), "success"),
        ("CHECKPOINT-1.1", "another schema", good.replace("/v1", "/v2"), "malformed"),
        ("CHECKPOINT-1.1", "cut off", good[:80], "malformed"),
        ("CHECKPOINT-1.4", "another root", good.replace(root, "0" * 64), "malformed"),
        ("CHECKPOINT-1.4", "a node too few", good.replace('"size":7', '"size":15'), "malformed"),
        ("CHECKPOINT-2.1", "an earlier time", good.replace("2026", "2025"), "signature broken"),
        ("CHECKPOINT-2.1", "another stream", good.replace('"audit"', '"other"'), "signature broken"),
    ]
    return [dict(zip(("requirement", "case", "line", "expect"), case, strict=True)) for case in cases]


def main() -> None:
    """Write the file where there is none."""
    if FILE.exists():
        print(f"{FILE} is there, and is not touched")
        return
    public = public_key_content(public_key(PRIVATE_KEY)).decode()
    content = {"public_key": public, "key_id": key_id(), "checkpoints": vectors()}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
