"""Where a command speaks."""

import io
import json

import pytest

from counterseal.cli.console import Console


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_results_and_notes_go_to_different_streams() -> None:
    output, notes = io.StringIO(), io.StringIO()
    console = Console(output, notes)

    console.print("result")
    console.note("note")

    assert (output.getvalue(), notes.getvalue()) == ("result\n", "note\n")


def test_a_table_is_as_wide_as_its_widest_cells() -> None:
    output = io.StringIO()

    Console(output, io.StringIO()).table(["name", "n"], [["a", "10"], ["longer", "2"]])

    assert output.getvalue() == "name    n\na       10\nlonger  2\n"


def test_json_is_one_document_and_keeps_letters() -> None:
    output = io.StringIO()

    Console(output, io.StringIO()).print_json({"ä": [1]})

    assert json.loads(output.getvalue()) == {"ä": [1]}
    assert "ä" in output.getvalue()


def test_json_is_json_in_every_encoding() -> None:
    raw = io.BytesIO()
    output = io.TextIOWrapper(raw, encoding="latin-1", errors="backslashreplace")

    Console(output, io.StringIO()).print_json({"ä": "\U0001f986"}, indent=None)
    output.flush()

    assert json.loads(raw.getvalue()) == {"ä": "\U0001f986"}
    assert raw.getvalue().count(b"\n") == 1
    output.close()


def test_bytes_are_written_exactly() -> None:
    raw = io.BytesIO()
    output = io.TextIOWrapper(raw)

    Console(output, io.StringIO()).write_bytes(b"a\r\n\xff")

    assert raw.getvalue() == b"a\r\n\xff"
    output.close()


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert Console(Terminal(), io.StringIO()).paint("x", "red") == "\x1b[31mx\x1b[0m"
    assert Console(io.StringIO(), io.StringIO()).paint("x", "red") == "x"


def test_colour_is_left_out_where_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert Console(Terminal(), io.StringIO()).paint("x", "red") == "x"
