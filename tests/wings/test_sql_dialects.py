"""The reports' SQL is SQL to Trino and Athena as well."""

import json
import subprocess
from pathlib import Path

import pytest

from counterseal.reports.athena import athena_statements
from counterseal.reports.catalogue import REPORTS
from counterseal.reports.described import read_sql
from counterseal.reports.views import VIEWS

STATEMENTS = {**{name: report.sql() for name, report in REPORTS.items()}, **{name: read_sql(name) for name in VIEWS}}


def parsed(root: Path, statements: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Have sqlglot parse them: it is installed beside the AWS double, and there alone."""
    python = root / ".venv-doubles/bin/python"
    if not python.exists():
        pytest.skip("the environment of the doubles, which has sqlglot, is not set up: make test does it")
    return subprocess.run(
        [python, root / "tests/wings/sql_dialects.py"],
        input=json.dumps(statements),
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_statement_is_trinos_and_athenas(root: Path) -> None:
    done = parsed(root, STATEMENTS)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {name: {"trino": [], "athena": []} for name in STATEMENTS}


def test_what_makes_the_tables_is_athenas(root: Path) -> None:
    statements = {str(number): it for number, it in enumerate(athena_statements("s3://acme-audit/ledger"))}

    done = parsed(root, statements)

    assert {name: found["athena"] for name, found in json.loads(done.stdout).items()} == {it: [] for it in statements}


@pytest.mark.parametrize("foreign", ["SELECT epoch_ms(a) FROM t", "FROM t QUALIFY 1"])
def test_a_statement_of_duckdbs_own_would_be_noticed(root: Path, foreign: str) -> None:
    done = parsed(root, {"foreign": foreign})

    assert json.loads(done.stdout)["foreign"]["trino"] != []
