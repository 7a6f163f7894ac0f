"""Writes the small trail under examples/: the records of the example, and digests over them signed by a new key.

The private key is thrown away: run again, it makes another key and other signatures of the same records.
"""

import json
from datetime import datetime
from pathlib import Path

from tests.trail import HOUR, Trail, public_keys, write_json

EXAMPLES = Path(__file__).parent.parent / "examples"


def main() -> None:
    """Write the trail, its public keys and the signature of its newest digest."""
    records = json.loads((EXAMPLES / "cloudtrail/2026-03-10.json").read_text(encoding="utf-8"))["Records"]
    trail = Trail(EXAMPLES / "trail")
    start = datetime.fromisoformat("2026-03-10T12:00:00Z")
    for number in range(4):
        begin, end = start + number * HOUR, start + (number + 1) * HOUR
        held = [it for it in records if begin <= datetime.fromisoformat(it["eventTime"]) < end]
        content = json.dumps({"Records": held}, separators=(",", ":")).encode()
        trail.hour(*([trail.log(end - HOUR / 3, content)] if held else []), start=begin)
    write_json(EXAMPLES / "trail-public-keys.json", public_keys())
    write_json(EXAMPLES / "trail-signatures.json", trail.signatures())
    print(f"wrote {EXAMPLES / 'trail'}")


if __name__ == "__main__":
    main()
