"""Small files from the network: what is taken, and what is not."""

from collections.abc import Callable, Iterator

import httpx2
import pytest

from counterseal.errors import Refused, Unreachable
from counterseal.outside.fetching import MOST_BYTES, SECONDS, SmallFiles

URL = "https://sns.us-east-2.amazonaws.com/x.pem"


def files(answer: Callable[[httpx2.Request], httpx2.Response]) -> SmallFiles:
    return SmallFiles(httpx2.MockTransport(answer))


def test_a_file_is_returned_whole() -> None:
    opened = files(lambda request: httpx2.Response(200, content=b"certificate of " + request.url.host.encode()))

    assert opened.get(URL) == b"certificate of sns.us-east-2.amazonaws.com"
    opened.close()


def test_a_redirect_is_not_followed() -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(302, headers={"Location": "http://127.0.0.1/"})

    with pytest.raises(Refused, match="points to another address"):
        files(answer).get(URL)

    assert asked == [URL]


@pytest.mark.parametrize("status", [404, 403, 500, 204])
def test_another_answer_than_the_file_is_an_outage(status: int) -> None:
    with pytest.raises(Unreachable, match=f"HTTP {status}"):
        files(lambda _: httpx2.Response(status)).get(URL)


def test_a_large_file_is_refused_before_it_is_read() -> None:
    read = []

    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            read.append(number)
            yield bytes(MOST_BYTES // 4)

    with pytest.raises(Refused, match="more than"):
        files(lambda _: httpx2.Response(200, content=pieces())).get(URL)

    assert len(read) < 10


def test_a_host_that_is_not_reached_is_an_outage() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no way", request=request)

    with pytest.raises(Unreachable, match=r"sns\.us-east-2\.amazonaws\.com did not give a file \(ConnectError\)"):
        files(answer).get(URL)


def test_a_file_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 1.0, SECONDS + 1.0])
    monkeypatch.setattr("time.monotonic", lambda: next(seconds, SECONDS + 2.0))

    with pytest.raises(Unreachable, match="too slowly"):
        files(lambda _: httpx2.Response(200, content=iter([b"a", b"b", b"c"]))).get(URL)


def test_no_cookie_is_kept() -> None:
    sent = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.headers.get("cookie"))
        return httpx2.Response(200, headers={"Set-Cookie": "a=b"}, content=b"x")

    opened = files(answer)
    opened.get(URL)
    opened.get(URL)

    assert sent == [None, None]
