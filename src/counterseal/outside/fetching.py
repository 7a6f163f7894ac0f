"""Gets small public files: no redirect, no cookie, no credentials, a limit on size and time."""

import time
from typing import Protocol

import httpx2

from counterseal.errors import Refused, SettingsError, Unreachable

MOST_BYTES = 64 * 1024
"""A certificate has 2 to 8 KB."""

SECONDS = 5.0


class Fetching(Protocol):
    """Gets a file by its address."""

    def get(self, url: str) -> bytes:
        """Return what is there.

        Raises:
            Refused: it is too large, or the host points elsewhere.
            Unreachable: the host did not answer, or not with the file.
        """
        ...


class SmallFiles:
    """Gets files over the network."""

    def __init__(self, transport: httpx2.BaseTransport | None = None) -> None:
        """Take the transport; None is the network, through the proxy of the environment where there is one.

        Raises:
            SettingsError: the certificates that this machine trusts cannot be read.
        """
        try:
            self._client = httpx2.Client(transport=transport, follow_redirects=False, timeout=SECONDS)
        except OSError as failure:
            raise SettingsError(
                f"the certificates that this machine trusts cannot be read: {failure.strerror}",
                hint="look at SSL_CERT_FILE and SSL_CERT_DIR, or unset them",
            ) from failure

    def get(self, url: str) -> bytes:
        """Return what is there. See `Fetching.get`."""
        until = time.monotonic() + SECONDS
        content = bytearray()
        try:
            with self._client.stream("GET", url) as answer:
                _check(answer)
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise Refused(f"a file of {answer.url.host} has more than {MOST_BYTES} bytes")
                    if time.monotonic() > until:
                        raise Unreachable(f"{answer.url.host} answers too slowly")
        except httpx2.HTTPError as failure:
            host = httpx2.URL(url).host
            raise Unreachable(
                f"{host} did not give a file ({type(failure).__name__})", hint="look at the network and the proxy"
            ) from failure
        finally:
            self._client.cookies.clear()
        return bytes(content)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def _check(answer: httpx2.Response) -> None:
    if answer.is_redirect:
        raise Refused(f"{answer.url.host} points to another address, which is not followed")
    if answer.status_code != httpx2.codes.OK:
        raise Unreachable(f"{answer.url.host} did not give a file (HTTP {answer.status_code})")


_: type[Fetching] = SmallFiles
