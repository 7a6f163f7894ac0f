"""Questions and their options: what was given goes first, and nobody is asked where nobody is."""

import io

import pytest

from counterseal.cli.asking import Asking, AtKeyboard, Question, person_there
from counterseal.cli.console import Console
from counterseal.errors import SettingsError, UsageError

WRITE = Question("--yes", "Write this")
COUNT = Question("--count", "How many", "3")


class Notes:
    """The person, who types lines, and what they are told."""

    def __init__(self, *lines: str) -> None:
        self.stream = io.StringIO()
        person = AtKeyboard(io.StringIO("".join(f"{it}\n" for it in lines)), self.stream)
        self.asking = Asking(Console(io.StringIO(), self.stream), person)

    @property
    def told(self) -> str:
        return self.stream.getvalue()


def number(text: str) -> int:
    if not text.isdigit():
        raise UsageError(f"{text!r} is no number", hint="write digits")
    return int(text)


def test_an_option_goes_before_the_person() -> None:
    notes = Notes("7")

    assert notes.asking.answer(COUNT, "5", number) == 5
    assert notes.told == ""


def test_an_empty_line_takes_what_is_suggested() -> None:
    notes = Notes("")

    assert notes.asking.answer(COUNT, None, number) == 3
    assert notes.told == "How many [3]: "


def test_a_slip_is_told_and_asked_again() -> None:
    notes = Notes("many", " 4 ")

    assert notes.asking.answer(COUNT, None, number) == 4
    assert notes.told == "How many [3]:   'many' is no number\n  write digits\nHow many [3]: "


def test_a_slip_in_an_option_ends_it() -> None:
    with pytest.raises(UsageError, match="no number"):
        Notes("4").asking.answer(COUNT, "many", number)


@pytest.mark.parametrize(("typed", "agrees"), [("yes", True), ("Y", True), ("no", False), ("n", False)])
def test_yes_and_no_are_told_apart(typed: str, agrees: bool) -> None:  # noqa: FBT001  # the parameter of a test
    assert Notes("maybe", typed).asking.agrees(WRITE, None) is agrees


def test_where_lines_end_so_does_the_walk() -> None:
    with pytest.raises(UsageError, match="ended before"):
        Notes().asking.answer(WRITE, None, str)


def test_without_a_person_the_option_is_named_and_nothing_hidden_is_asked() -> None:
    alone = Asking(Console(io.StringIO(), io.StringIO()), None)

    with pytest.raises(UsageError, match="--count is not given, and there is no terminal"):
        alone.answer(COUNT, None, number)
    with pytest.raises(SettingsError, match="unset"):
        alone.hidden("token: ", SettingsError("unset"))


def test_a_stream_that_is_no_terminal_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))

    assert person_there() is None
