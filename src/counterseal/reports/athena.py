"""The tables and views for Athena, over a folder of Parquet that was copied into a bucket."""

import re
from collections.abc import Iterator

from counterseal.errors import UsageError
from counterseal.reports.described import read_sql
from counterseal.reports.tables import TABLES, LedgerTable
from counterseal.reports.views import VIEWS

# The bucket's name and prefix go into the statements: what they may hold, no quotation mark can end.
_LOCATION = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9!_.*()=+@:-]+)*/?", re.ASCII)

# Hive's names of the types. https://docs.aws.amazon.com/athena/latest/ug/data-types.html
_TYPES = {"VARCHAR": "string", "BIGINT": "bigint", "BOOLEAN": "boolean", "TIMESTAMP": "timestamp"}

# No ledger of ours is older; Athena computes the months and asks for none that is not there.
_FIRST_MONTH = "2020-01"


def athena_statements(location: str) -> Iterator[str]:
    """Return the statements that make every table and view, one after another, without semicolons.

    Months are partitions that Athena works out by itself (partition projection): nothing is loaded or repaired.

    Raises:
        UsageError: the location is no s3://bucket/prefix.
    """
    if not _LOCATION.fullmatch(location):
        raise UsageError(f"{location!r} is no place of a bucket", hint="write it like s3://acme-audit/ledger")
    base = location.rstrip("/")
    yield from (_table(table, base) for table in TABLES)
    yield from (f"CREATE OR REPLACE VIEW {name} AS\n{read_sql(name).rstrip()}" for name in VIEWS)


def _table(table: LedgerTable, base: str) -> str:
    columns = ",\n  ".join(f"`{column.name}` {_TYPES[column.type]}" for column in table.columns)
    projected = {
        "projection.enabled": "true",
        "projection.month.type": "date",
        "projection.month.format": "yyyy-MM",
        "projection.month.range": f"{_FIRST_MONTH},NOW",
        "projection.month.interval": "1",
        "projection.month.interval.unit": "MONTHS",
    }
    properties = ",\n  ".join(f"'{name}' = '{value}'" for name, value in projected.items())
    return (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS `{table.name}` (\n  {columns}\n)\n"
        f"PARTITIONED BY (`month` string)\nSTORED AS PARQUET\nLOCATION '{base}/kind={table.name}/'\n"
        f"TBLPROPERTIES (\n  {properties}\n)"
    )
