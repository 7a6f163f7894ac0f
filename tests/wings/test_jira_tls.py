"""TLS to a Jira on this machine: its certificate is always checked, and an authority of one's own may be named."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from counterseal.clock import SystemClock
from counterseal.errors import Unreachable
from counterseal.jira.interface import Flavour
from counterseal.jira.opening import Address, detect

pytestmark = pytest.mark.enable_socket

ADDRESS = "127.0.0.1"


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"deploymentType": "Server"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that refused the certificate: that is what is tested."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a file with a certificate that nobody signed but its own key, and the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a Jira of our own")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(ADDRESS))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "jira.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.fixture
def url(certificate: Path) -> Iterator[str]:
    """Return the address of a server with that certificate."""
    server = _Server((ADDRESS, 0), _Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    yield f"https://{ADDRESS}:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    serving.join()


def test_a_certificate_of_an_unknown_authority_is_refused(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unreachable, match="its certificate is not trusted: self-signed certificate") as failure:
        detect(Address(url), clock=SystemClock())

    assert "authority" in failure.value.hint
    capfd.readouterr()  # the server complains


def test_an_authority_of_ones_own_may_be_named(url: str, certificate: Path) -> None:
    assert detect(Address(url, ca_file=str(certificate)), clock=SystemClock()) is Flavour.DATA_CENTER


def test_a_certificate_of_another_host_is_refused(
    url: str, certificate: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    elsewhere = Address(url.replace(ADDRESS, "localhost"), ca_file=str(certificate))

    with pytest.raises(Unreachable, match="its certificate is not trusted: Hostname mismatch"):
        detect(elsewhere, clock=SystemClock())

    capfd.readouterr()
