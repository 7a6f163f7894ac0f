"""Files and functions stay small enough to be read at one go (design part 3, rule 7; ruff holds the rest of it)."""

import ast

from tests.architecture.source import files, functions

Function = ast.FunctionDef | ast.AsyncFunctionDef

FILE_LINES = 400
FUNCTION_LINES = 50


def code_lines(node: Function, text: str) -> int:
    """Count the lines of a function in a text, without its decorators, its docstring and blank lines."""
    documented = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    docstring = node.body[0] if documented else None
    hidden = set(range(docstring.lineno, (docstring.end_lineno or 0) + 1)) if docstring else set()
    lines = text.splitlines()
    numbers = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return sum(1 for number in numbers if number not in hidden and lines[number - 1].strip())


def test_no_file_is_longer_than_400_lines() -> None:
    assert [file.name for file in files() if len(file.text.splitlines()) > FILE_LINES] == []


def test_no_function_is_longer_than_50_lines_of_code() -> None:
    texts = {file.name: file.text for file in files()}
    long = [f"{it.file}: {it.node.name}" for it in functions() if code_lines(it.node, texts[it.file]) > FUNCTION_LINES]

    assert long == []


def test_a_docstring_and_blank_lines_are_not_counted_and_everything_else_is() -> None:
    text = '@decorated\ndef long() -> None:\n    """One.\n\n    Two.\n    """\n\n' + "    pass\n" * 60
    node = ast.parse(text).body[0]

    assert isinstance(node, ast.FunctionDef)
    assert code_lines(node, text) == 61


def test_every_file_opens_with_one_sentence_that_says_what_it_is() -> None:
    without = [
        file.name for file in files() if not (ast.get_docstring(file.tree) or "").split("\n")[0].endswith((".", ":"))
    ]

    assert without == []
