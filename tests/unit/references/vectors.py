"""The vectors of references, and what tests call them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "vectors" / "references"


def vectors(name: str) -> list[Any]:
    """Return the vectors of one file."""
    content: dict[str, list[Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content["vectors"]


def case(vector: dict[str, str]) -> str:
    """Return what a test of this vector is called."""
    return f"{vector['requirement']} {vector['case']}"
