"""What every method of the join is given, and the answer in which all must agree."""

from typing import Final

CHANGES: Final = "changes.parquet"
WINDOWS: Final = "windows.parquet"


def outcome(count: int) -> str:
    """Return the answer in a form that can be compared."""
    return f"{count} changes that no window covers"
