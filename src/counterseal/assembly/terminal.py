"""The person at the terminal, asked for what must not be seen."""

import os
from typing import Protocol


class Person(Protocol):
    """Whoever can be asked for a secret text."""

    def ask(self, prompt: str) -> str | None:
        """Return what was typed, without showing it; None where nobody can be asked."""
        ...


class Terminal:
    """The terminal that started this program, even where its standard streams lead elsewhere."""

    def ask(self, prompt: str) -> str | None:
        """Return what was typed, without showing it; None where there is no terminal."""
        import getpass

        try:
            # getpass would fall back to stdin, where the value of a secret may be waiting.
            os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
        except OSError:
            return None
        return getpass.getpass(prompt)


_: type[Person] = Terminal
