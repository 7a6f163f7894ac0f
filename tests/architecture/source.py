"""The product's source, read once for the tests that look at its shape."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).parents[2] / "src" / "counterseal"


class SourceFile(NamedTuple):
    """One file: its name from `counterseal/` on, its text and its syntax tree."""

    name: str
    text: str
    tree: ast.Module


class SourceFunction(NamedTuple):
    """One function, with the file that it stands in."""

    file: str
    node: ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[SourceFile, ...]:
    """Return every file of the product."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(SourceFile(str(path.relative_to(SOURCE)), text, ast.parse(text)))
    return tuple(found)


def functions() -> Iterator[SourceFunction]:
    """Yield every function and method of the product."""
    for file in files():
        for node in ast.walk(file.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield SourceFunction(file.name, node)
