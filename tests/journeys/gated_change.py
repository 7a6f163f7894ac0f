"""What a gated change on the double needs: a notary, a ticket for the user who calls, and an audit of the records."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.doubles.aws_double import REGION, AwsDouble, Key
from tests.journeys.command import counterseal

from counterseal.clock import format_time

MAY_WRITE = {
    "Effect": "Allow",
    "Action": [
        "secretsmanager:CreateSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:RotateSecret",
        "secretsmanager:UpdateSecretVersionStage",
        "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecretVersionIds",
    ],
    "Resource": "*",
}
MAY_READ = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}


def ago(minutes: float) -> str:
    """Return a time so many minutes before now."""
    return format_time(datetime.now(UTC) - timedelta(minutes=minutes))


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    shown: str
    said: str

    @property
    def json(self) -> dict[str, Any]:
        """Return what it printed."""
        found: dict[str, Any] = json.loads(self.shown)
        return found


class Team:
    """A folder with a notary and tickets, and a user of the double's whom the tickets name as ana."""

    def __init__(self, folder: Path, double: AwsDouble, key: Key) -> None:
        """Make the notary and an approved ticket."""
        self.folder, self.double, self.key = folder, double, key
        self.endpoint = double.endpoint
        self.arn = double.arn_of(key)
        self.ticket()
        assert self.run("notary", "init").status == 0

    def ticket(self, *secrets: str, **changed: Any) -> None:
        """Write the ticket file: one ticket, which approves a new value of the secrets by ana."""
        one = {
            "id": "10042",
            "key": "OPS-42",
            "secrets": list(secrets),
            "operations": ["value"],
            "requester": "cleo",
            "assignee": "ana",
            "approvals": [{"by": "ben", "at": ago(30), "decision": "approved"}],
        }
        file = {"tickets": [one | changed], "identities": {"ana": [self.arn]}}
        (self.folder / "tickets.json").write_text(json.dumps(file))

    def run(self, *arguments: str, given: bytes = b"", environment: dict[str, str] | None = None) -> Ended:
        """Run `counterseal` as the user."""
        done: subprocess.CompletedProcess[bytes] = counterseal(
            *arguments,
            folder=self.folder,
            given=given,
            environment={
                **self.key.environment,
                "COUNTERSEAL_AWS_ENDPOINT": self.endpoint,
                "COUNTERSEAL_STATE_DIRECTORY": str(self.folder / "state"),
                "COUNTERSEAL_TICKETS_FILE": str(self.folder / "tickets.json"),
                **(environment or {}),
            },
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def put(self, name: str, value: str, *more: str) -> Ended:
        """Put a value of a secret, by default under the ticket."""
        gate = () if {"--token", "--no-ticket"} & set(more) else ("--ticket", "OPS-42")
        return self.run("put", f"aws-sm://{REGION}/{name}", *gate, *more, given=value.encode())

    def audit(self, name: str) -> list[dict[str, Any]]:
        """Audit, as on another machine, what CloudTrail would have recorded of a secret; findings by time."""
        records = [it for it in self.double.records_of(name) if it["userIdentity"]["arn"] == self.arn]
        found = self.audited_elsewhere({"Records": records})
        return sorted(found, key=lambda it: [r["eventID"] for r in records].index(it["event_id"]))

    def audited_elsewhere(self, log: dict[str, Any], *left_out: str) -> list[dict[str, Any]]:
        """Return what an auditor finds who has four files, but no key to issue, ledger, settings or access to AWS."""
        files = {
            "logs.json": json.dumps(log),
            "tickets.json": (self.folder / "tickets.json").read_text(),
            "issuances.json": self.run("notary", "export").shown,
            "verify.keys": self.run("notary", "keys").shown,
        }
        given = {"--issuances": "issuances.json", "--notary-key": "verify.keys", "--tickets": "tickets.json"}
        options = [word for option, file in given.items() if option not in left_out for word in (option, file)]
        with TemporaryDirectory() as name:
            for file, content in files.items():
                (Path(name) / file).write_text(content)
            # What happened in this second is not in the future of the audit.
            asked = ["audit", "logs.json", *options, "--as-of", ago(-1), "--json"]
            done = counterseal(*asked, folder=Path(name))
        found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
        return found

    def verdicts(self, name: str) -> list[tuple[str, str]]:
        """Return call and verdict of each finding."""
        return [(it["event"], it["verdict"]) for it in self.audit(name)]

    def tokens(self) -> dict[str, bool]:
        """Return every counterseal that was issued, and whether it was revoked."""
        lines = json.loads(self.run("notary", "export").shown)["issuances"]
        revoked = {it["entry"]["issuance_id"] for it in lines if "token" not in it}
        return {it["token"]: it["entry"]["issuance_id"] in revoked for it in lines if "token" in it}


Fate = Callable[[str], str]
"""What becomes of a call, by its name: "" passes it on, "lose" loses its answer, "drop" the call, "fail" is a 500."""


@contextmanager
def bad_line(endpoint: str, fate: Fate) -> Iterator[str]:
    """Stand between the command and the double, and let some calls come to grief."""
    host = urlsplit(endpoint).netloc

    class Line(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            end = fate(self.headers.get("X-Amz-Target", "").rpartition(".")[2])
            if end in ("", "lose"):
                inner = HTTPConnection(host, timeout=20)
                inner.request("POST", self.path, body, dict(self.headers))
                answer = inner.getresponse()
                status, headers, content = answer.status, answer.getheaders(), answer.read()
                inner.close()
            else:
                status, headers, content = 500, [("Content-Type", "application/x-amz-json-1.1")], b"{}"
            self.close_connection = True
            if end in ("lose", "drop"):
                return
            self.send_response_only(status)
            for name, text in headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def once(call: str, end: str) -> Fate:
    """Return the fate that meets the first call of that name, and no other."""
    left = [end]
    return lambda name: left.pop() if name == call and left else ""


def always(call: str, end: str) -> Fate:
    """Return the fate that meets every call of that name."""
    return lambda name: end if name == call else ""
