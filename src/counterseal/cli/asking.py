"""Questions to a person at the terminal, and the options that answer them where nobody can be asked."""

import sys
from collections.abc import Callable
from typing import NamedTuple, Protocol, TextIO, TypeVar

from counterseal.cli.console import Console
from counterseal.errors import CountersealError, UsageError

T = TypeVar("T")


class Question(NamedTuple):
    """What is asked, the option that answers it, and what an empty answer stands for."""

    option: str
    words: str
    suggestion: str = ""


class Person(Protocol):
    """Whoever sits at the terminal."""

    def read(self, prompt: str) -> str | None:
        """Return the line that was typed; None where no more comes."""
        ...

    def ask(self, prompt: str) -> str | None:
        """Return what was typed without showing it; None where there is no terminal."""
        ...


class AtKeyboard:
    """Reads what is typed."""

    def __init__(self, given: TextIO, shown: TextIO) -> None:
        """Take where lines come from, and where questions are shown."""
        self._given, self._shown = given, shown

    def read(self, prompt: str) -> str | None:
        """See `Person.read`."""
        self._shown.write(prompt)
        self._shown.flush()
        line = self._given.readline()
        return line.rstrip("\n") if line else None

    def ask(self, prompt: str) -> str | None:
        """See `Person.ask`."""
        from counterseal.assembly.terminal import Terminal

        return Terminal().ask(prompt)


def person_there() -> Person | None:
    """Return whoever sits at the terminal, None where nobody does."""
    return AtKeyboard(sys.stdin, sys.stderr) if sys.stdin.isatty() else None


class Asking:
    """Gets answers: of the option first, else of the person."""

    def __init__(self, console: Console, person: Person | None) -> None:
        """Take where slips are told, and the person."""
        self._console, self._person = console, person

    def answer(self, question: Question, given: str | None, read: Callable[[str], T]) -> T:
        """Return the answer as `read` reads it. What it refuses is told to the person, who is asked again.

        Raises:
            UsageError: the option is not given, and there is nobody to ask.
            CountersealError: what `read` raises of an option.
        """
        if given is not None:
            return read(given)
        while True:
            typed = self._typed(question)
            try:
                return read(typed)
            except CountersealError as failure:
                self._console.note(f"  {failure}")
                if failure.hint:
                    self._console.note(f"  {failure.hint}")

    def agrees(self, question: Question, given: str | None) -> bool:
        """Return whether the answer is yes."""
        return self.answer(question, given, _yes_or_no)

    def hidden(self, prompt: str, otherwise: CountersealError) -> str:
        """Return what was typed without being shown.

        Raises:
            CountersealError: `otherwise`, where nobody can be asked, or nothing was typed.
        """
        typed = self._person.ask(prompt) if self._person else None
        if not typed:
            raise otherwise
        return typed

    def _typed(self, question: Question) -> str:
        if self._person is None:
            raise UsageError(
                f"{question.option} is not given, and there is no terminal to ask at", hint=f"it says: {question.words}"
            )
        shown = f" [{question.suggestion}]" if question.suggestion else ""
        typed = self._person.read(f"{question.words}{shown}: ")
        if typed is None:
            raise UsageError("the answers ended before the questions did", hint="nothing was written")
        return typed.strip() or question.suggestion


def _yes_or_no(text: str) -> bool:
    if text.lower() in ("yes", "y", "no", "n"):
        return text.lower().startswith("y")
    raise UsageError(f"{text!r} is neither yes nor no")


_: type[Person] = AtKeyboard
