"""Parses the statements given to it as Trino's and Athena's SQL: run by a test, where sqlglot is installed."""

import json
import sys

import sqlglot
from sqlglot import ErrorLevel, exp


def foreign(statement: str, dialect: str) -> list[str]:
    """Return what the dialect does not know: functions, or the whole of a statement that it cannot write."""
    try:
        parsed = sqlglot.parse_one(statement, dialect=dialect)
        parsed.sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE)
    except (sqlglot.ParseError, sqlglot.UnsupportedError) as failure:
        return [str(failure)]
    return sorted(call.name for call in parsed.find_all(exp.Anonymous, exp.Command))


def main() -> None:
    """Read {name: statement} as JSON, write {name: {dialect: what it does not know}}."""
    statements = json.load(sys.stdin)
    found = {name: {it: foreign(text, it) for it in ("trino", "athena")} for name, text in statements.items()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
