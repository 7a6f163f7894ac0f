"""Sends signed webhooks over kept connections, as many at once as the door has places, and counts what was stored."""

import hashlib
import hmac
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import BinaryIO

from bench.turns import Job, serve

SECRET = "invented for measuring"  # noqa: S105  # it is
CONNECTIONS = 8
# About as long as Jira writes of an update of a ticket with thirty fields.
FILLING = {f"customfield_{10000 + number}": f"a value of some length, {number}" for number in range(60)}

_numbers = count()


def send(kind: str, burst: str) -> Job:
    """Send a burst; what comes of it is how many the inbox has more than before."""
    folder = Path(tempfile.mkdtemp(prefix="webhooks-"))
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.contestants.webhooks_server", kind, folder / "inbox.sqlite", SECRET],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    port = int(server.stdout.readline())
    shares = [int(burst) // CONNECTIONS] * CONNECTIONS

    def run() -> str:
        before = _stored(folder)
        requests = [list(_requests(share)) for share in shares]
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            taken = sum(threads.map(lambda them: _send(port, them), requests))
        return f"{taken} acknowledged, {_stored(folder) - before} stored"

    _ended_with_us(server, folder)
    return Job(run=run, outcome=str)


def _ended_with_us(server: subprocess.Popen[str], folder: Path) -> None:
    import atexit

    def end() -> None:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)

    atexit.register(end)


def _requests(share: int) -> Iterator[bytes]:
    for _ in range(share):
        number = next(_numbers)
        event = {
            "timestamp": int(time.time() * 1000),
            "webhookEvent": "jira:issue_updated",
            "issue": {"id": str(10000 + number), "key": f"OPS-{number}", "fields": FILLING},
        }
        body = json.dumps(event).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        head = (
            "POST /hooks/jira HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Atlassian-Webhook-Identifier: {number}\r\nX-Hub-Signature: sha256={signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def _send(port: int, requests: list[bytes]) -> int:
    taken = 0
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        for request in requests:
            connection.sendall(request)
            taken += _status(answers) == HTTPStatus.OK
    return taken


def _status(answers: BinaryIO) -> int:
    """Read one answer to its end, and return its status."""
    status = int(answers.readline().split()[1])
    length = 0
    while header := answers.readline().strip():
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    answers.read(length)
    return status


def _stored(folder: Path) -> int:
    with sqlite3.connect(folder / "inbox.sqlite") as connection:
        (stored,) = connection.execute("SELECT count(*) FROM messages").fetchone()
    connection.close()
    return int(stored)


if __name__ == "__main__":
    serve({"send": send})
