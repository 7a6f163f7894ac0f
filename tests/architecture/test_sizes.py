"""Files and functions stay small enough to be read at one go (design part 3, rule 7; ruff holds the rest of it)."""

import ast

from tests.architecture.source import SourceFunction, files, functions

FILE_LINES = 400
FUNCTION_LINES = 50


def code_lines(function: SourceFunction) -> int:
    """Count the lines of a function without its decorators, its docstring and blank lines."""
    node = function.node
    documented = node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    docstring = node.body[0] if documented else None
    hidden = set(range(docstring.lineno, (docstring.end_lineno or 0) + 1)) if docstring else set()
    lines = next(file.text for file in files() if file.name == function.file).splitlines()
    numbers = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return sum(1 for number in numbers if number not in hidden and lines[number - 1].strip())


def test_no_file_is_longer_than_400_lines() -> None:
    assert [file.name for file in files() if len(file.text.splitlines()) > FILE_LINES] == []


def test_no_function_is_longer_than_50_lines_of_code() -> None:
    assert [f"{it.file}: {it.node.name}" for it in functions() if code_lines(it) > FUNCTION_LINES] == []


def test_the_count_sees_a_function_of_60_lines() -> None:
    text = "def long() -> None:\n" + "    pass\n" * 60
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES


def test_every_file_opens_with_one_sentence_that_says_what_it_is() -> None:
    without = [
        file.name for file in files() if not (ast.get_docstring(file.tree) or "").split("\n")[0].endswith((".", ":"))
    ]

    assert without == []
