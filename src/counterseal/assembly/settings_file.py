"""Tables put into a settings file: every other byte of it stays as it is, and the file of before is kept beside it."""

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkstemp
from typing import Any, NamedTuple

from counterseal.errors import Conflict, Refused, SettingsError

Value = str | bool | Sequence[str]
Tables = Mapping[str, Mapping[str, Value]]
"""Tables by their names, such as `policy.jira_fields`, and what stands in them."""

_HEADER = re.compile(r"[ \t]*\[")
_NAMED = re.compile(r"[ \t]*\[[ \t]*([A-Za-z0-9_.-]+)[ \t]*\][ \t]*(?:#.*)?\r?\n?")
_BY_HAND = "put the tables in by hand; nothing was changed"


class Merged(NamedTuple):
    """A file as it is, b"" where there is none, and as it shall be."""

    file: Path
    before: bytes
    after: bytes


def toml_of(tables: Tables) -> str:
    """Return tables as TOML, one after the other."""
    return "\n".join(_table(name, members) for name, members in tables.items())


def read_tables(file: Path, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return those of the tables that stand in a file.

    Raises:
        SettingsError: the file cannot be read, or is not TOML.
    """
    content = _parsed(_text(file, _bytes(file)), file)
    found = {name: _at(content, name) for name in names}
    return {name: it for name, it in found.items() if it is not None}


def merge(file: Path, tables: Tables) -> Merged:
    """Return a file with tables in the place of those of the same names, or at its end.

    Raises:
        SettingsError: the file cannot be read, or is not TOML.
        Refused: a table is written in it in such a way that it cannot be told from the rest.
    """
    file = file.resolve()  # what a link leads to is written, and the link stays
    before = _bytes(file)
    text = _text(file, before)
    content = _parsed(text, file)
    end = "\r\n" if "\r\n" in text else "\n"
    for name, members in tables.items():
        text = _put(text, name, _table(name, members).replace("\n", end), end)
    merged = Merged(file, before, text.encode())
    # The proof that nothing else was touched: the whole file, read again, is the old one with these tables.
    if _read_again(text) != _with(content, tables):
        raise Refused(f"the tables of {str(file)!r} cannot be told apart from the rest of it", hint=_BY_HAND)
    return merged


def write(merged: Merged) -> Path | None:
    """Write what was merged, whole or not at all; return where the file of before was kept, None where there was none.

    Raises:
        Conflict: somebody changed the file meanwhile.
        SettingsError: it cannot be written.
    """
    file = merged.file
    if _bytes(file) != merged.before:
        raise Conflict(f"{str(file)!r} was changed meanwhile", hint="nothing was written; the same can be done again")
    try:
        mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o600
        kept = _keep(file, merged.before, mode) if file.exists() else None
        _replace(file, merged.after, mode)
    except OSError as failure:
        raise SettingsError(
            f"{str(file)!r} cannot be written: {failure.strerror}", hint="it is as it was before"
        ) from failure
    return kept


def _keep(file: Path, content: bytes, mode: int) -> Path:
    number = 1
    while True:
        kept = file.with_name(f"{file.name}.before-{number}")
        try:
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        except FileExistsError:
            number += 1
            continue
        _fill(descriptor, content)
        return kept


def _replace(file: Path, content: bytes, mode: int) -> None:
    descriptor, temporary = mkstemp(prefix=".counterseal-", dir=file.parent)
    try:
        os.fchmod(descriptor, mode)
        _fill(descriptor, content)
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink()
        raise


def _fill(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _put(text: str, name: str, table: str, end: str) -> str:
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    heads = [number for number, line in enumerate(lines) if _is_head(line, name)]
    if not heads:
        gap = end if text and text.endswith("\n") else end * 2 if text else ""
        return text + gap + table
    start = heads[0]
    stop = next((it for it in range(start + 1, len(lines)) if _HEADER.match(lines[it])), len(lines))
    # Comments at its end may be about the next table: they stay.
    while stop > start + 1 and lines[stop - 1].strip()[:1] in ("", "#"):
        stop -= 1
    return "".join([*lines[:start], table, *lines[stop:]])


def _is_head(line: str, name: str) -> bool:
    found = _NAMED.fullmatch(line)
    return found is not None and found.group(1) == name


def _table(name: str, members: Mapping[str, Value]) -> str:
    return "".join([f"[{name}]\n", *(f"{it} = {_value(value)}\n" for it, value in members.items())])


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A basic string of TOML escapes as JSON does, and the one sign more that it forbids.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"[{', '.join(map(_value, value))}]"


def _with(content: dict[str, Any], tables: Tables) -> dict[str, Any]:
    for name, members in tables.items():
        *path, last = name.split(".")
        place = content
        for part in path:
            place = place.setdefault(part, {})
        place[last] = {it: value if isinstance(value, str | bool) else list(value) for it, value in members.items()}
    return content


def _at(content: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    found: Any = content
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _read_again(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        raise SettingsError(f"the settings file {str(file)!r} is not TOML: {failure}") from None


def _text(file: Path, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise SettingsError(f"the settings file {str(file)!r} is not TOML: it is not UTF-8") from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as failure:
        raise SettingsError(f"the settings file {str(file)!r} cannot be read: {failure.strerror}") from failure
