"""The reports that there are, and their SQL: the same words on both sides."""

import re
from itertools import pairwise

import pytest

from counterseal.errors import NotFound
from counterseal.reports.catalogue import REPORTS, find_report
from counterseal.reports.described import read_sql
from counterseal.reports.tables import TABLES, LedgerTable
from counterseal.reports.views import VIEWS

NAMES = (*REPORTS, *VIEWS)

# What DuckDB and Trino call alike and mean alike. https://trino.io/docs/current/functions.html
SHARED = {
    "cast", "coalesce", "count", "date_diff", "date_trunc", "greatest", "lag", "least", "max", "min", "row_number",
    "strpos", "sum",
}  # fmt: skip
KEYWORDS = {"as", "over", "and", "join", "where", "in", "not", "or"}


def statement(name: str) -> str:
    """Return a statement without its comments."""
    return re.sub(r"--.*", "", read_sql(name))


def placed(name: str) -> str:
    """Return a report's statement as engines get it, without its comments."""
    return re.sub(r"--.*", "", REPORTS[name].sql())


@pytest.mark.parametrize("name", REPORTS)
def test_a_statement_names_the_parameters_of_its_report_and_no_other(name: str) -> None:
    assert set(re.findall(r":([a-z_]+)", statement(name))) == {it.name for it in REPORTS[name].parameters}


@pytest.mark.parametrize("name", REPORTS)
def test_a_value_is_bound_for_each_place_where_its_parameter_stands(name: str) -> None:
    report = REPORTS[name]
    given = {it.name: it.name for it in report.parameters if it.default is None}

    assert len(report.bind(given)) == placed(name).count("?")
    assert re.findall(r":[a-z_]+", placed(name)) == []


def test_places_are_bound_in_the_order_in_which_they_stand() -> None:
    bound = REPORTS["evidence"].bind({"event_id": "e-1", "account": "1"})

    assert bound == ["e-1", "1", "1"]
    assert "WHERE event_id = CAST(? AS VARCHAR)" in REPORTS["evidence"].sql()


@pytest.mark.parametrize("name", REPORTS)
def test_placeholders_stand_where_athena_takes_them(name: str) -> None:
    # Athena documents them in WHERE alone; the two numbers of a page are its engine's to write out.
    conditions = re.sub(r"OFFSET \? LIMIT \?", "", placed(name))
    clauses = re.split(r"\b(SELECT|FROM|WHERE|ON|GROUP BY|ORDER BY)\b", conditions)

    assert {before for before, clause in pairwise(clauses) if "?" in clause} <= {"WHERE"}


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
