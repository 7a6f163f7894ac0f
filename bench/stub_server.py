"""A server with just enough of Secrets Manager to be measured against; it counts its calls and is no bottleneck.

It answers GetSecretValue and BatchGetSecretValue (JSON 1.1, as in the service model `secretsmanager` 2017-10-17),
wants a SigV4 header without checking the signature, and can take its time. `GET /calls` tells how often it was asked
for what.
"""

import argparse
import asyncio
import json
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ACCOUNT, REGION = "111122223333", "eu-central-1"
CREATED = 1_767_225_600.0
LONGEST_REQUEST = 1 << 20
PREFIX = "bench/"


class Stub:
    """The secrets that are served, and the count of the calls."""

    def __init__(self, secrets: dict[str, str]) -> None:
        """Take the secrets by name; every answer is written out now, so that a call does no more than find it."""
        self.calls: Counter[str] = Counter()
        self._values = {name: json.dumps(_description(name, value)).encode() for name, value in secrets.items()}

    def answer(self, line: bytes, headers: Mapping[bytes, bytes], body: bytes) -> bytes:
        """Return the whole answer to one request: its first line, its headers in lower case, its body."""
        if line.startswith(b"GET /calls "):
            return _http(200, json.dumps(self.calls).encode())
        operation = headers.get(b"x-amz-target", b"").rpartition(b".")[2].decode("ascii", "replace")
        self.calls[operation] += 1
        if not headers.get(b"authorization", b"").startswith(b"AWS4-HMAC-SHA256 "):
            return _refusal("MissingAuthenticationTokenException", "the request is not signed")
        try:
            asked = json.loads(body)
        except ValueError:
            return _refusal("SerializationException", "the body is not JSON")
        match operation:
            case "GetSecretValue":
                return self._one(asked)
            case "BatchGetSecretValue":
                return self._batch(asked)
        return _refusal("UnknownOperationException", operation)

    def _one(self, asked: dict[str, str]) -> bytes:
        value = self._values.get(asked.get("SecretId", ""))
        if value is None:
            return _refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return _http(200, value)

    def _batch(self, asked: dict[str, list[str]]) -> bytes:
        names = asked.get("SecretIdList", [])
        if len(names) > 20:
            return _refusal("InvalidParameterException", "at most 20 secrets can be asked for at once")
        found = b",".join(self._values[name] for name in names if name in self._values)
        missing = [
            {"SecretId": name, "ErrorCode": "ResourceNotFoundException", "Message": "not found"}
            for name in names
            if name not in self._values
        ]
        return _http(200, b'{"SecretValues":[' + found + b'],"Errors":' + json.dumps(missing).encode() + b"}")


class Connection(asyncio.Protocol):
    """One client: its requests are answered in order, each after the same delay."""

    def __init__(self, stub: Stub, delay_seconds: float) -> None:
        """Take what is served and how long that takes."""
        self._stub = stub
        self._delay_seconds = delay_seconds
        self._rest = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete; pipelined ones arrive together."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            line, *lines = self._rest[:end].split(b"\r\n")
            headers = _headers(lines)
            start = end + 4
            stop = start + int(headers.get(b"content-length", b"0"))
            if len(self._rest) < stop:
                break
            body, self._rest = self._rest[start:stop], self._rest[stop:]
            self._reply(self._stub.answer(line, headers, body), last=headers.get(b"connection") == b"close")
        if len(self._rest) > LONGEST_REQUEST and self._transport is not None:
            self._transport.close()

    def _reply(self, answer: bytes, *, last: bool) -> None:
        if self._delay_seconds:
            asyncio.get_running_loop().call_later(self._delay_seconds, self._write, answer, last)
        else:
            self._write(answer, last)

    def _write(self, answer: bytes, last: bool) -> None:  # noqa: FBT001  # call_later passes by position
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(answer)
        if last:
            self._transport.close()


def secrets(count: int) -> dict[str, str]:
    """Return invented secrets, each a JSON object as most real ones are."""
    return {
        f"{PREFIX}{number:04d}": json.dumps({"username": "app", "password": f"invented-{number:04d}", "port": 5432})
        for number in range(count)
    }


@contextmanager
def running(*, count: int = 1000, delay_ms: float = 0.0) -> Iterator[str]:
    """Run the stub in a process of its own for the length of a `with`; gives its URL.

    Raises:
        RuntimeError: it did not start.
    """
    command = [sys.executable, "-m", "bench.stub_server", "--secrets", str(count), "--delay-ms", str(delay_ms)]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("the stub server did not start")
            yield url
        finally:
            process.terminate()


def calls(url: str) -> Counter[str]:
    """Ask a running stub how often it was asked for what."""
    with urlopen(f"{url}/calls", timeout=5) as answer:  # noqa: S310  # our own stub on loopback
        return Counter(json.load(answer))


async def serve(stub: Stub, port: int, delay_seconds: float, context: ssl.SSLContext | None) -> None:
    """Serve on loopback until this is cancelled; the URL is the first line that is printed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(stub, delay_seconds), "127.0.0.1", port, ssl=context, backlog=1024
    )
    scheme = "https" if context else "http"
    print(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the stub."""
    parser = argparse.ArgumentParser(prog="python -m bench.stub_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--secrets", type=int, default=1000, help="how many, named bench/0000 and on")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="service time of every call")
    parser.add_argument("--certificate", type=Path, help="PEM file with certificate and private key: speak TLS")
    given = parser.parse_args(arguments)
    context = None
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate)
    asyncio.run(serve(Stub(secrets(given.secrets)), given.port, given.delay_ms / 1000, context))


def _description(name: str, value: str) -> dict[str, object]:
    return {
        "ARN": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf",
        "Name": name,
        "VersionId": "11111111-2222-4333-8444-555555555555",
        "SecretString": value,
        "VersionStages": ["AWSCURRENT"],
        "CreatedDate": CREATED,
    }


def _headers(lines: Sequence[bytes]) -> dict[bytes, bytes]:
    parts = (line.partition(b":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in parts}


def _http(status: int, body: bytes) -> bytes:
    reason = b"OK" if status == 200 else b"Bad Request"
    return b"HTTP/1.1 %d %s\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: %d\r\n\r\n%s" % (
        status,
        reason,
        len(body),
        body,
    )


def _refusal(kind: str, message: str) -> bytes:
    return _http(400, json.dumps({"__type": kind, "message": message}).encode())


if __name__ == "__main__":
    main()
