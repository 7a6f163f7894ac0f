"""Questions about the ledger, in SQL that runs on DuckDB and on Athena."""

from counterseal.reports.interface import Cell, ReportEngine, Table

__all__ = ["Cell", "ReportEngine", "Table"]
