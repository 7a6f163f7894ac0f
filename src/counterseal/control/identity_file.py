"""A file of identities: CSV with the columns user and principal, one mapping a line."""

import csv
import io
from pathlib import Path

from counterseal.control.identities import Pair
from counterseal.control.intake import read_file
from counterseal.errors import MalformedInput

_COLUMNS = ["user", "principal"]
_HINT = "the columns are user and principal, one mapping a line"


def read_pairs(file: Path) -> list[Pair]:
    """Return what a file maps, each pair once, in its order.

    Raises:
        NotFound, Denied: the file is not there, or may not be read.
        MalformedInput: it is something else; the line is named.
    """
    try:
        # A spreadsheet may write a byte order mark.
        rows = csv.reader(io.StringIO(read_file(file).decode("utf-8-sig"), newline=""), strict=True)
        head = next(rows, [])
        if head != _COLUMNS:
            raise MalformedInput(f"{str(file)!r}: its first line is not 'user,principal'", hint=_HINT)
        pairs: dict[Pair, None] = {}
        for row in rows:
            if len(row) not in (0, len(_COLUMNS)):
                raise MalformedInput(f"{str(file)!r}: line {rows.line_num} has {len(row)} columns, not 2", hint=_HINT)
            if row:
                pairs[Pair(*(it.strip() for it in row))] = None
    except (UnicodeDecodeError, csv.Error) as failure:
        raise MalformedInput(f"{str(file)!r} is no CSV file in UTF-8: {failure}", hint=_HINT) from failure
    return list(pairs)
