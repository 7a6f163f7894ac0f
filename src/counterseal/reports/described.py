"""What a report is: its question, its parameters, its columns, its statement; and the parameters that many share."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import NamedTuple

from counterseal.errors import UsageError
from counterseal.reports.interface import Asked

# Stand for "from the beginning" and "to the end" where no time is asked for: bound like any other value, never NULL,
# because Athena takes execution parameters as text. 9999 is the last year that DuckDB, Trino and Python all write.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 12, 31, tzinfo=UTC)

# More rows than any of the engines returns; whoever wants a page asks for one.
ALL_ROWS = 2**53 - 1


# A parameter as a statement names it. A time of day ("00:00") has digits after its colon.
_NAMED = re.compile(r":([a-z_]+)")


class Parameter(NamedTuple):
    """One parameter. `default` also says its kind; None means text that must be given."""

    name: str
    default: Asked | None
    meaning: str

    @property
    def kind(self) -> type:
        """Return what its values are: str, int or datetime."""
        return str if self.default is None else type(self.default)


class Column(NamedTuple):
    """One column of a table or a report: its SQL type and its line in the reference."""

    name: str
    type: str
    meaning: str


class Report(NamedTuple):
    """One question. The columns come in this order; the statement names a parameter where it needs it, as `:name`."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]

    def sql(self) -> str:
        """Return the statement with a `?` wherever a parameter stood: the one placeholder that all engines know."""
        kinds = {parameter.name: parameter.kind for parameter in self.parameters}
        return _NAMED.sub(lambda found: _placeholder(kinds[found[1]]), read_sql(self.name))

    def bind(self, parameters: Mapping[str, Asked]) -> list[Asked]:
        """Return one value for each `?` of the statement, in their order; times without a zone, in UTC.

        Raises:
            UsageError: a parameter is unknown, missing, or of the wrong kind; it is named. Or the period ends before it
                begins.
        """
        known = {parameter.name for parameter in self.parameters}
        for name in parameters:
            if name not in known:
                raise UsageError(
                    f"the report {self.name!r} has no parameter {name!r}", hint=f"it has {', '.join(sorted(known))}"
                )
        since, until = parameters.get("since"), parameters.get("until")
        if isinstance(since, datetime) and isinstance(until, datetime) and until < since:
            raise UsageError("the period ends before it begins", hint="--since comes before --until")
        values = {it.name: _value(self.name, it, parameters.get(it.name)) for it in self.parameters}
        return [values[name] for name in _NAMED.findall(read_sql(self.name))]


ACCOUNT = Parameter("account", "", 'the AWS account; "": every one')
TICKET = Parameter("ticket", "", 'the ticket\'s key; "": every one')
SINCE = Parameter("since", BEGINNING, "the earliest time of the change, included")
UNTIL = Parameter("until", END, "the latest time of the change, included")
PAGE = (
    Parameter("skip", 0, "how many rows to leave out at the top"),
    Parameter("take", ALL_ROWS, "how many rows to return at most"),
)
INVENTED = Column("invented", "BOOLEAN", "true: demo data, nothing that happened")


def read_sql(name: str) -> str:
    """Return the text of `sql/NAME.sql`."""
    return files("counterseal.reports").joinpath(f"sql/{name}.sql").read_text(encoding="utf-8")


def _placeholder(kind: type) -> str:
    # What stands after OFFSET and LIMIT is a number and nothing else.
    return {str: "CAST(? AS VARCHAR)", datetime: "CAST(? AS TIMESTAMP)"}.get(kind, "?")


def _value(report: str, parameter: Parameter, given: Asked | None) -> Asked:
    value = parameter.default if given is None else given
    if value is None:
        raise UsageError(f"the report {report!r} needs the parameter {parameter.name!r}: {parameter.meaning}")
    match parameter.default, value:
        case (str() | None, str()):
            return value
        case int(), int() if not isinstance(value, bool) and 0 <= value <= ALL_ROWS:
            return value
        case datetime(), datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).replace(tzinfo=None)
    raise UsageError(f"the parameter {parameter.name!r} of the report {report!r} must be {_kind(parameter.default)}")


def _kind(default: Asked | None) -> str:
    match default:
        case datetime():
            return "a time with its zone"
        case int():
            return f"a whole number from 0 to {ALL_ROWS}"
        case _:
            return "text"
