"""Where a command speaks: results to stdout, everything else to stderr.

Every command loads it, `exec` among them: at import it loads nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

_RESET = "\x1b[0m"
_COLOURS = {"red": "\x1b[31m", "green": "\x1b[32m", "yellow": "\x1b[33m", "bold": "\x1b[1m", "dim": "\x1b[2m"}


class Console:
    """The two streams of a command. Colour appears on terminals only, and never where NO_COLOR is set."""

    def __init__(self, output: "TextIO", notes: "TextIO") -> None:
        """Take the stream for results and the stream for people."""
        self._output = output
        self._notes = notes

    @property
    def is_terminal(self) -> bool:
        """Say whether results go to a person's screen."""
        return self._output.isatty()

    def print(self, text: str = "") -> None:
        """Print one line of the result."""
        self._output.write(text + "\n")

    def print_json(self, value: object, *, indent: int | None = 2) -> None:
        """Print one JSON document that a script may rely on; without an indent, on one line.

        Letters stand as they are where the output is UTF-8, and are escaped where it is not: it is JSON everywhere.
        """
        import json

        spelt_out = (self._output.encoding or "utf-8").lower() not in ("utf-8", "utf8")
        self._output.write(json.dumps(value, ensure_ascii=spelt_out, indent=indent) + "\n")

    def write_bytes(self, content: bytes) -> None:
        """Write exact bytes to the result, and nothing else."""
        self._output.flush()
        self._output.buffer.write(content)
        self._output.buffer.flush()

    def flush(self) -> None:
        """Let a reader have what was printed so far, where the command goes on for long."""
        self._output.flush()

    def note(self, text: str) -> None:
        """Tell a person something that is not the result."""
        self._notes.write(text + "\n")

    def table(self, heads: "Sequence[str]", rows: "Sequence[Sequence[str]]") -> None:
        """Print rows under heads, in columns as wide as their widest cell."""
        widths = [max(len(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
        for row in (heads, *rows):
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            self.print(self.paint(line, "bold") if row is heads else line)

    def paint(self, text: str, colour: str) -> str:
        """Return the text in a colour, where results go to a terminal that wants colours."""
        import os

        if not self.is_terminal or os.environ.get("NO_COLOR"):
            return text
        return f"{_COLOURS[colour]}{text}{_RESET}"
