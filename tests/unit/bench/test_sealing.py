"""What stands on the sealing table."""

import pytest
from bench.figures import Sense
from bench.sealing import OPENSSL, bytes_per_second, comparison


def test_the_rate_is_read_from_what_openssl_prints_for_programs() -> None:
    assert bytes_per_second("+H:1048576\n+F:25:AES-256-GCM:2706374656.00\n") == 2706374656.0
    assert bytes_per_second("speed: unknown option\n") == 0.0


@pytest.mark.parametrize(
    ("action", "size", "peer", "goal", "limit"),
    [
        ("seal", "100 B", "ESDK unsigned", "5a", 7.0),
        ("open", "4 KB", "ESDK default", "5a", 35.0),
        ("seal", "1 MB", "ESDK unsigned", "5b", 15.0),
        ("seal", "1 MB", OPENSSL, "5b", 0.8),
        ("open", "1 MB", "ESDK unsigned", "", None),
        ("seal", "100 B", "ESDK + MPL default", "", None),
    ],
)
def test_a_goal_stands_where_the_table_of_goals_has_one(
    action: str, size: str, peer: str, goal: str, limit: float | None
) -> None:
    made = comparison(action, size, peer)

    assert (made.goal, made.limit, made.sense) == (goal, limit, Sense.SPEED)
