"""The HTTP around the double: reads requests, writes answers, and knows nothing of Jira."""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from counterseal.jira_double.exchange import Answer

_POLL_SECONDS = 0.02

Respond = Callable[[str, str, Mapping[str, str], bytes], Answer]


class DoubleServer(ThreadingHTTPServer):
    """Answers every request with `respond`; `failures` keeps what it could not answer: faults of the double's own."""

    daemon_threads = True

    def __init__(self, port: int, respond: Respond) -> None:
        """Take the port, 0 for a free one, and what answers."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self.failures: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note the connection, to end it with the double."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Let go of the connection."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own affair; every other error was noted where it happened."""

    def start(self) -> None:
        """Serve, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End, with the connections that clients keep open."""
        self.shutdown()
        self._thread.join()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: DoubleServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "AtlassianEdge", ""
    disable_nagle_algorithm = True  # headers and body are two writes: the second would wait 40 ms for the first

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            answer = self.server.respond(self.command, self.path, dict(self.headers.items()), body)
        except Exception as failure:  # noqa: BLE001  # kept, and raised when the double ends
            self.server.failures.append(failure)
            answer = Answer(500, b"the double itself failed", {"Content-Type": "text/plain"})
        if answer.is_cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  # so called by the standard library

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
