"""The stub answers as Secrets Manager does where the benchmarks look, and counts."""

import asyncio
import json
from typing import Any

import pytest
from bench.stub_server import LONGEST_REQUEST, Connection, Stub, secrets

SIGNED = b"authorization: AWS4-HMAC-SHA256 Credential=..."


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def answers(self) -> list[tuple[int, dict[str, Any]]]:
        found, rest = [], self.sent
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            length = int(head.rpartition(b"content-length: ")[2])
            found.append((int(head.split()[1]), json.loads(rest[:length])))
            rest = rest[length:]
        return found


def request(operation: str, body: object, *headers: bytes) -> bytes:
    content = json.dumps(body).encode()
    lines = [
        b"POST / HTTP/1.1",
        b"X-Amz-Target: secretsmanager." + operation.encode(),
        b"Content-Length: %d" % len(content),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


@pytest.fixture
def stub() -> Stub:
    return Stub(secrets(25))


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def connection(stub: Stub, wire: Wire) -> Connection:
    made = Connection(stub, 0.0)
    made.connection_made(wire)
    return made


def test_a_secret_is_given_with_its_version_and_the_call_is_counted(
    connection: Connection, wire: Wire, stub: Stub
) -> None:
    connection.data_received(request("GetSecretValue", {"SecretId": "bench/0007"}, SIGNED))

    ((status, answer),) = wire.answers()
    assert status == 200
    assert json.loads(answer["SecretString"])["password"] == "invented-0007"
    assert answer["VersionStages"] == ["AWSCURRENT"]
    assert stub.calls == {"GetSecretValue": 1}


def test_a_secret_that_is_not_there_is_refused_as_the_service_does(connection: Connection, wire: Wire) -> None:
    connection.data_received(request("GetSecretValue", {"SecretId": "other"}, SIGNED))

    assert wire.answers()[0][0] == 400
    assert wire.answers()[0][1]["__type"] == "ResourceNotFoundException"


def test_a_batch_gives_values_and_names_what_is_missing(connection: Connection, wire: Wire) -> None:
    asked = {"SecretIdList": ["bench/0001", "other", "bench/0002"]}
    connection.data_received(request("BatchGetSecretValue", asked, SIGNED))

    answer = wire.answers()[0][1]
    assert [it["Name"] for it in answer["SecretValues"]] == ["bench/0001", "bench/0002"]
    assert [it["SecretId"] for it in answer["Errors"]] == ["other"]


def test_a_batch_of_more_than_twenty_is_refused(connection: Connection, wire: Wire) -> None:
    names = list(secrets(21))
    connection.data_received(request("BatchGetSecretValue", {"SecretIdList": names}, SIGNED))

    assert wire.answers()[0][1]["__type"] == "InvalidParameterException"


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (request("GetSecretValue", {"SecretId": "bench/0001"}), "MissingAuthenticationTokenException"),
        (request("DeleteSecret", {}, SIGNED), "UnknownOperationException"),
        (b"POST / HTTP/1.1\r\n" + SIGNED + b"\r\ncontent-length: 3\r\n\r\n{{{", "SerializationException"),
    ],
    ids=["unsigned", "another operation", "not JSON"],
)
def test_what_is_not_understood_is_refused_by_name(connection: Connection, wire: Wire, sent: bytes, kind: str) -> None:
    connection.data_received(sent)

    assert wire.answers()[0][1]["__type"] == kind


def test_a_request_may_arrive_in_pieces_and_two_may_arrive_at_once(connection: Connection, wire: Wire) -> None:
    one = request("GetSecretValue", {"SecretId": "bench/0001"}, SIGNED)
    two = request("GetSecretValue", {"SecretId": "bench/0002"}, SIGNED)
    both = one + two

    connection.data_received(both[:30])
    connection.data_received(both[30 : len(one) - 3])
    assert wire.sent == b""
    connection.data_received(both[len(one) - 3 :])

    assert [answer["Name"] for _, answer in wire.answers()] == ["bench/0001", "bench/0002"]


def test_the_connection_is_closed_when_the_client_says_that_this_was_the_last(
    connection: Connection, wire: Wire
) -> None:
    connection.data_received(request("GetSecretValue", {"SecretId": "bench/0001"}, SIGNED, b"Connection: close"))

    assert wire.closed


def test_a_request_without_end_is_cut_off(connection: Connection, wire: Wire) -> None:
    connection.data_received(b"x" * (LONGEST_REQUEST + 1))

    assert wire.closed


def test_a_delayed_answer_comes_later_and_in_order(stub: Stub, wire: Wire) -> None:
    async def ask() -> bytes:
        connection = Connection(stub, 0.005)
        connection.connection_made(wire)
        for name in ("bench/0001", "bench/0002"):
            connection.data_received(request("GetSecretValue", {"SecretId": name}, SIGNED))
        at_once = wire.sent
        await asyncio.sleep(0.02)  # the delay itself is what is tested
        return at_once

    assert asyncio.run(ask()) == b""
    assert [answer["Name"] for _, answer in wire.answers()] == ["bench/0001", "bench/0002"]


def test_the_calls_can_be_asked_for(connection: Connection, wire: Wire) -> None:
    connection.data_received(request("GetSecretValue", {"SecretId": "bench/0001"}, SIGNED))
    connection.data_received(b"GET /calls HTTP/1.1\r\nhost: x\r\n\r\n")

    assert wire.answers()[-1] == (200, {"GetSecretValue": 1})
