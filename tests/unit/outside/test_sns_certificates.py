"""Certificates of SNS: fetched once, kept as keys, and never more often than a stranger should make us."""

from datetime import datetime, timedelta

import pytest
from tests.sns import FOLDER, NOW, VECTORS, AnyAddress, FakeFiles, authorities

from counterseal.errors import Refused, Unreachable
from counterseal.outside.sns_certificates import MOST_FETCHES, MOST_KEPT, SnsCertificates

URL = "https://sns.us-east-2.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"


class MovingClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


def certificates(files: FakeFiles, clock: MovingClock) -> SnsCertificates:
    return SnsCertificates(files, authorities(), clock)


def test_a_certificate_is_fetched_once(clock: MovingClock) -> None:
    files = AnyAddress()
    kept = certificates(files, clock)

    assert kept.key(URL) is kept.key(URL)
    assert files.asked == [URL, VECTORS["issuer_at"]]


def test_a_key_is_used_no_longer_than_its_certificate_is_valid(clock: MovingClock) -> None:
    files = AnyAddress()
    kept = certificates(files, clock)
    kept.key(URL)

    clock.time += timedelta(days=400)

    with pytest.raises(Refused, match="not valid at this time"):
        kept.key(URL)


def test_a_refusal_is_believed_for_a_minute(clock: MovingClock) -> None:
    files = AnyAddress("other-name")
    kept = certificates(files, clock)
    for _ in range(3):
        with pytest.raises(Refused, match="another name"):
            kept.key(URL)
    assert files.asked == [URL]

    clock.time += timedelta(minutes=1, seconds=1)

    with pytest.raises(Refused, match="another name"):
        kept.key(URL)
    assert files.asked == [URL, URL]


def test_an_outage_is_believed_for_seconds_since_sns_tries_again_after_twenty(clock: MovingClock) -> None:
    files = FakeFiles({})
    kept = certificates(files, clock)
    for _ in range(2):
        with pytest.raises(Unreachable):
            kept.key(URL)
    assert files.asked == [URL]

    clock.time += timedelta(seconds=6)
    files.files = {URL: (FOLDER / "sns.pem").read_bytes(), VECTORS["issuer_at"]: (FOLDER / "issuer.der").read_bytes()}

    assert kept.key(URL).valid_until > NOW


def test_strangers_cannot_make_us_fetch_without_end(clock: MovingClock) -> None:
    files = FakeFiles({})
    kept = certificates(files, clock)
    for number in range(MOST_FETCHES + 5):
        with pytest.raises(Unreachable):
            kept.key(URL.replace("0123", f"{number:04}"))
    assert len(files.asked) == MOST_FETCHES

    clock.time += timedelta(minutes=2)

    with pytest.raises(Unreachable, match="nothing is there"):
        kept.key(URL)


def test_a_clock_that_is_set_back_makes_no_refusal_last(clock: MovingClock) -> None:
    right, clock.time = clock.time, clock.time + timedelta(days=400)
    files = AnyAddress()
    kept = certificates(files, clock)
    with pytest.raises(Refused, match="not valid at this time"):
        kept.key(URL)

    clock.time = right

    assert kept.key(URL).valid_until > NOW


def test_a_clock_that_is_set_back_uses_no_fetches_up(clock: MovingClock) -> None:
    right, clock.time = clock.time, clock.time + timedelta(days=1)
    files = FakeFiles({})
    kept = certificates(files, clock)
    for number in range(MOST_FETCHES):
        with pytest.raises(Unreachable, match="nothing is there"):
            kept.key(URL.replace("0123", f"{number:04}"))

    clock.time = right

    with pytest.raises(Unreachable, match="nothing is there"):
        kept.key(URL)


def test_only_so_many_are_remembered(clock: MovingClock) -> None:
    files = AnyAddress()
    kept = certificates(files, clock)
    for number in range(MOST_KEPT + 1):
        kept.key(URL.replace("0123", f"{number:04}"))
        clock.time += timedelta(minutes=1)

    kept.key(URL.replace("0123", "0000"))

    assert files.asked.count(URL.replace("0123", "0000")) == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/issuer.cer",
        "http://crt.amazontrust.com.evil.example/x.cer",
        "https://crt.amazontrust.com/x.cer",
    ],
)
def test_no_issuer_is_fetched_from_elsewhere(address: str, clock: MovingClock) -> None:
    class Elsewhere:
        """Says that the issuer is at another address."""

        def issuer_addresses(self, certificate: bytes) -> list[str]:
            return [address]

        def message_key(self, *_: object, **__: object) -> None:
            return None

    files = AnyAddress()

    with pytest.raises(Unreachable, match="no authority"):
        SnsCertificates(files, Elsewhere(), clock).key(URL)

    assert files.asked == [URL]


def test_a_chain_without_end_is_left(clock: MovingClock) -> None:
    class Endless:
        """Always names one more issuer."""

        def issuer_addresses(self, certificate: bytes) -> list[str]:
            return [str(VECTORS["issuer_at"])]

        def message_key(self, *_: object, **__: object) -> None:
            return None

    files = AnyAddress()

    with pytest.raises(Unreachable, match="no authority"):
        SnsCertificates(files, Endless(), clock).key(URL)

    assert len(files.asked) == 4
