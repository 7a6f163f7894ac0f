"""Clients against servers that are silent, absent, or play the instance metadata service."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.doubles.aws_double import AwsDouble
from tests.servers import free_port

from counterseal.aws import AwsAccess
from counterseal.aws.secretsmanager import SecretsManagerStore
from counterseal.aws.session import client
from counterseal.errors import SettingsError, Unreachable
from counterseal.secretstore import SecretRequest

pytestmark = pytest.mark.enable_socket

ACCESS = AwsAccess(region="us-east-2")
# Goal 2f of the performance goals.
LONGEST_SECONDS = 5.0


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")


@pytest.fixture
def silent() -> Iterator[str]:
    """Return the address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def fetch(endpoint: str, access: AwsAccess = ACCESS) -> None:
    """Ask for one secret."""
    store = SecretsManagerStore(client("secretsmanager", access, endpoint=endpoint), "us-east-2")
    store.fetch([SecretRequest("db")])


def test_a_silent_server_is_an_error_in_time(silent: str) -> None:
    before = time.monotonic()

    with pytest.raises(Unreachable, match="did not answer in time"):
        fetch(silent)

    assert time.monotonic() - before < LONGEST_SECONDS


def test_an_absent_server_is_an_error_in_time() -> None:
    before = time.monotonic()

    with pytest.raises(Unreachable, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{free_port()}")

    assert time.monotonic() - before < LONGEST_SECONDS


def test_an_absent_sts_is_named_as_unreachable() -> None:
    role = ACCESS._replace(authentication="role", role_arn="arn:aws:iam::123456789012:role/reader")

    with pytest.raises(Unreachable):
        fetch(f"http://127.0.0.1:{free_port()}", role)


class _Metadata(BaseHTTPRequestHandler):
    """The instance metadata service; version 1 answers without a token, version 2 with one only."""

    version = 2

    def do_PUT(self) -> None:
        self._answer("token" if self.version == 2 else None)

    def do_GET(self) -> None:
        if self.version == 2 and self.headers.get("x-aws-ec2-metadata-token") != "token":
            self._answer(None)
        elif self.path.endswith("/security-credentials/"):
            self._answer("reader")
        else:
            keys = {"AccessKeyId": "ASIAINSTANCE", "SecretAccessKey": "invented", "Token": "t", "Code": "Success"}
            self._answer(json.dumps(keys | {"Expiration": "2999-01-01T00:00:00Z"}))

    def _answer(self, text: str | None) -> None:
        self.send_response(200 if text else 405)
        self.send_header("Content-Length", str(len(text or "")))
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _MetadataOne(_Metadata):
    version = 1


@contextmanager
def metadata(handler: type[_Metadata], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve instance metadata for the length of a `with`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def test_an_instance_profile_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with metadata(_Metadata, monkeypatch):
        opened = client("secretsmanager", ACCESS._replace(authentication="instance-profile"))

    assert opened._request_signer._credentials.access_key == "ASIAINSTANCE"


def test_version_1_of_the_metadata_service_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with metadata(_MetadataOne, monkeypatch), pytest.raises(SettingsError):
        client("secretsmanager", ACCESS._replace(authentication="instance-profile"))


@pytest.mark.double
def test_no_value_and_no_token_is_logged_at_debug(
    aws_double: AwsDouble, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    name = aws_double.put("canary-value")
    for variable, text in aws_double.administrator.environment.items():
        monkeypatch.setenv(variable, text)
    store = SecretsManagerStore(client("secretsmanager", ACCESS, endpoint=aws_double.endpoint), "us-east-2")
    for logger in [it for it in logging.root.manager.loggerDict if it.startswith("botocore")]:
        logging.getLogger(logger).setLevel(logging.DEBUG)

    with caplog.at_level(logging.DEBUG):
        versions = store.fetch([SecretRequest(name)])

    assert versions[0].value.reveal() == b"canary-value"
    assert "canary" not in caplog.text
