"""The reports that there are, and their SQL: the same words on both sides."""

import re

import pytest

from counterseal.errors import NotFound
from counterseal.reports.catalogue import REPORTS, find_report
from counterseal.reports.described import read_sql
from counterseal.reports.tables import TABLES, VIEWS, LedgerTable

NAMES = (*REPORTS, *VIEWS)

# What DuckDB and Trino call alike and mean alike. https://trino.io/docs/current/functions.html
SHARED = {"cast", "coalesce", "count", "date_diff", "lag", "max", "min", "row_number", "strpos", "sum"}
KEYWORDS = {"as", "over", "and", "join", "where", "in", "not", "or"}


def statement(name: str) -> str:
    """Return a statement without its comments."""
    return re.sub(r"--.*", "", read_sql(name))


@pytest.mark.parametrize("name", REPORTS)
def test_a_statement_takes_its_parameters_by_name_and_in_order(name: str) -> None:
    taken = re.findall(r"CAST\(\? AS (?:VARCHAR|TIMESTAMP|BIGINT)\) AS (\w+)", statement(name))

    told = [re.sub(r"_(time|rows)$", "", column) for column in taken]
    assert told == [parameter.name for parameter in REPORTS[name].parameters]
    assert statement(name).count("?") == len(taken)


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_uses_only_functions_that_both_engines_have(name: str) -> None:
    called = {word.lower() for word in re.findall(r"\b(\w+)\s*\(", statement(name))}

    assert called - KEYWORDS <= SHARED


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("foreign", ["::", "qualify", " exclude", " replace (", "using sample", ";", "$", "{", "%"])
def test_a_statement_holds_nothing_of_duckdbs_own_and_no_place_to_splice(name: str, foreign: str) -> None:
    assert foreign not in statement(name).lower()


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_reads_only_tables_and_views_that_there_are(name: str) -> None:
    text = statement(name)
    known = {table.name for table in TABLES} | set(VIEWS) | set(re.findall(r"(\w+) AS \(\n", text))

    assert set(re.findall(r"(?:FROM|JOIN) (\w+)", text)) <= known


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_opens_with_what_it_answers(name: str) -> None:
    assert re.match(r"-- [A-Z][^\n]+[.?]\n", read_sql(name))


def test_a_report_is_found_by_its_name() -> None:
    assert find_report("summary") is REPORTS["summary"]
    with pytest.raises(NotFound, match="gossip"):
        find_report("gossip")


@pytest.mark.parametrize("table", TABLES, ids=lambda it: it.name)
def test_a_table_names_each_column_once_and_marks_what_is_invented(table: LedgerTable) -> None:
    names = [column.name for column in table.columns]

    assert len(names) == len(set(names))
    assert "invented" in names
