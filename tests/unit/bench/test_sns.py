"""What stands on the table of SNS."""

import pytest
from bench.contestants.sns_ours import check
from bench.sns import verify_seconds


def test_the_time_of_one_verification_is_read_from_what_openssl_prints_for_programs() -> None:
    assert verify_seconds("+F2:2:2048:4000.0:50000.0\n") == pytest.approx(0.00002)
    assert verify_seconds("speed: unknown option\n") == 0.0
    assert verify_seconds("+F2:2:2048:0.0:0.0\n") == 0.0


def test_what_is_timed_is_a_message_that_passes() -> None:
    assert check("checked").run() == "checked"
