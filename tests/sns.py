"""The vectors of tests/vectors/sns, and what checks messages against them: all in memory."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from counterseal.clock import Clock, FixedClock, parse_time
from counterseal.control.sns import SnsCheck
from counterseal.errors import Unreachable
from counterseal.outside.sns_certificates import SnsCertificates
from counterseal.seal.certificates import TrustedAuthorities

FOLDER = Path(__file__).parent / "vectors/sns"
VECTORS: dict[str, Any] = json.loads((FOLDER / "messages.json").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, Any]] = {case["name"]: case for case in VECTORS["cases"]}
NOW: datetime = parse_time(VECTORS["now"])
TOPIC: str = VECTORS["topics"][0]
ACCEPTED = [name for name, case in CASES.items() if case["expect"] == "accepted"]
REFUSED = [name for name, case in CASES.items() if case["expect"] != "accepted"]


class FakeFiles:
    """Files by their address, and which were asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.asked: list[str] = []

    def get(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.files:
            raise Unreachable("nothing is there")
        return self.files[url]


class AnyAddress(FakeFiles):
    """One certificate at whatever address of SNS is asked for, and its issuer's where that says."""

    def __init__(self, certificate: str = "sns") -> None:
        super().__init__({VECTORS["issuer_at"]: (FOLDER / "issuer.der").read_bytes()})
        self._certificate = (FOLDER / f"{certificate}.pem").read_bytes()

    def get(self, url: str) -> bytes:
        if url in self.files:
            return super().get(url)
        self.asked.append(url)
        return self._certificate


def body(name: str) -> bytes:
    """Return the body of a case."""
    text: str = CASES[name]["body"]
    return text.encode()


def authorities() -> TrustedAuthorities:
    return TrustedAuthorities((FOLDER / "authority.pem").read_bytes())


def check(
    files: FakeFiles | None = None, *, clock: Clock | None = None, versions: tuple[str, ...] = ("1", "2")
) -> SnsCheck:
    """Return what checks messages at the time of the vectors."""
    clock = clock or FixedClock(NOW)
    certificates = SnsCertificates(files or AnyAddress(), authorities(), clock)
    return SnsCheck(VECTORS["topics"], certificates, clock, versions=versions)
