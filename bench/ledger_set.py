"""Writes a compacted ledger of invented rows, in the shape in which `ledger compact-to-parquet` writes one."""

from pathlib import Path
from typing import NamedTuple

import duckdb

from counterseal.reports.compaction import copy_out, write_views
from counterseal.reports.loading import SETTINGS
from counterseal.reports.manifest import FILE_NAME, Manifest, Written
from counterseal.reports.tables import TABLES

# Of a hundred rows so many are verdicts, and of a hundred verdicts eight say something else than one before. The rest
# is what tickets said. Beside them stand some thousands of guard events, blind intervals, audits and waivers.
VERDICTS, AGAIN, TICKETS = 0.83, 0.08, 0.05
SECRETS, ACCOUNTS, PEOPLE, DAYS = 20_000, 40, 400, 365
MONTHS = tuple(f"2025-{month:02}" for month in range(1, 13))

_DAY_ONE = "TIMESTAMP '2025-01-01 00:00:00'"
# A few secrets are changed again and again, most seldom: the cube of an even number.
_SECRET = f"CAST(floor({SECRETS} * power((hash(n + 1) % 1000000) / 1e6, 3)) AS BIGINT)"
_ACCOUNT = f"CAST(111122220000 + secret % {ACCOUNTS} AS VARCHAR)"
_PERSON = f"(hash(secret * 3 + hash(n + 2) % 3) % {PEOPLE})"
_DIGEST = "sha256({} || n)"


class LedgerSet(NamedTuple):
    """A folder, and how many rows its tables and its findings have."""

    folder: Path
    rows: int
    findings: int
    event_id: str


def write_ledger_set(folder: Path, *, rows: int) -> LedgerSet:
    """Write the set: always the same one for the same number of rows."""
    written: list[Written] = []
    with duckdb.connect(":memory:", config={"temp_directory": str(folder / ".spill")}) as connection:
        for statement in SETTINGS:
            connection.execute(statement)
        for table, select in _selects(rows).items():
            described = next(it for it in TABLES if it.name == table)
            columns = ", ".join(f'CAST("{it.name}" AS {it.type}) AS "{it.name}"' for it in described.columns)
            connection.execute(f"CREATE TABLE made AS SELECT {columns} FROM ({select})")
            order = " ORDER BY event_id, position" if table == "verdicts" else ""
            for month in MONTHS:
                part = f"SELECT * FROM made WHERE strftime(recorded_at, '%Y-%m') = '{month}'{order}"
                name = f"kind={table}/month={month}/audit-{month}.parquet"
                written.append(copy_out(connection, part, folder, name)._replace(holds=table, month=month))
            connection.execute("DROP TABLE made")
    tables = tuple(it for it in sorted(written) if it.rows)
    views = write_views(folder, tables)
    (folder / FILE_NAME).write_bytes(Manifest(tables=tables, views=views).content())
    findings = next(it.rows for it in views if it.holds == "current_findings")
    one = f"SELECT event_id FROM read_parquet('{folder}/{tables[-1].file}') LIMIT 1"
    event = duckdb.connect(":memory:").execute(one).fetchall()
    return LedgerSet(folder, sum(it.rows for it in tables), findings, str(event[0][0]))


def _selects(rows: int) -> dict[str, str]:
    """Return a SELECT for each table."""
    verdicts, tickets = int(rows * VERDICTS), int(rows * TICKETS)
    subjects = int(verdicts * (1 - AGAIN))
    return {
        "audit_runs": _audit_runs(365),
        "blind_intervals": _blind_intervals(max(rows // 2000, 10)),
        "guard_events": _guard_events(rows // 50),
        "tickets": _tickets(tickets),
        "decisions": _decisions(tickets),
        "ticket_secrets": _ticket_secrets(tickets),
        "unused_approvals": _unused_approvals(max(tickets // 10, 10)),
        "waivers": _waivers(max(rows // 1000, 10), subjects),
        "verdicts": _verdicts(verdicts, subjects),
    }


def _entry(kind: str, subject: str, when: str) -> str:
    """Return the columns that stand beside every row."""
    return (
        f"date_trunc('hour', {when}) + INTERVAL 1 HOUR AS recorded_at, 'audit' AS stream, n + 1 AS position,"
        f" {_DIGEST.format(repr(kind))} AS entry_digest, false AS invented, md5({kind!r} || ({subject})) AS subject"
    )


def _time(of: str, count: int) -> str:
    # The clock runs evenly through eleven months and three weeks: what is recorded a little later is of the same year.
    return f"{_DAY_ONE} + to_seconds(CAST(({of}) * {(DAYS - 10) * 86400 / count} AS BIGINT))"


def _verdicts(verdicts: int, subjects: int) -> str:
    # The second verdict about a subject stands later in the ledger, and is about the same event.
    tickets = max(int(subjects / VERDICTS * TICKETS), 1)
    return f"""
SELECT *, {_entry("verdict", "about_n", "time + to_days(CAST(n >= " + str(subjects) + " AS INTEGER))")} FROM (
SELECT n, about_n, time,
    CASE WHEN u < 0.30 THEN 'proved' WHEN u < 0.72 THEN 'approved' WHEN u < 0.89 THEN 'inherited'
        WHEN u < 0.92 THEN 'unapproved' WHEN u < 0.94 THEN 'mismatched' WHEN u < 0.955 THEN 'approved-late'
        WHEN u < 0.965 THEN 'emergency' WHEN u < 0.97 THEN 'unattributed' WHEN u < 0.999 THEN 'attempt'
        ELSE 'unrecorded-version' END AS verdict,
    CASE WHEN u < 0.30 THEN 'the counterseal of the ticket holds' WHEN u < 0.92 THEN 'OPS-' || ticket || ' covers it'
        WHEN u < 0.927 THEN 'self-approved: the approver asked for it'
        WHEN u BETWEEN 0.965 AND 0.969 THEN 'person-' || person || ' is nobody that the identity map knows'
        ELSE 'no ticket names this secret' END AS reason,
    CASE WHEN u < 0.89 THEN 'session-name' ELSE '' END AS basis,
    CASE WHEN hash(n + 5) % 10 = 0 THEN 'witness-missing' ELSE '' END AS signals,
    u >= 0.89 AND u < 0.955 AS discrepancy,
    CASE WHEN u < 0.97 THEN 'change' WHEN u < 0.999 THEN 'attempt' ELSE 'trace' END AS about,
    'secretsmanager' AS service,
    CASE hash(about_n + 6) % 4 WHEN 0 THEN 'PutSecretValue' WHEN 1 THEN 'UpdateSecret' WHEN 2 THEN 'RotateSecret'
        ELSE 'UpdateSecretVersionStage' END AS event,
    {_uuid("event")} AS event_id, {_ACCOUNT} AS account,
    CASE secret % 3 WHEN 0 THEN 'us-east-1' WHEN 1 THEN 'eu-west-1' ELSE 'us-east-2' END AS region,
    'arn:aws:secretsmanager:us-east-1:' || {_ACCOUNT} || ':secret:team/app-' || secret || '/password-AbCdEf' AS secret,
    'team/app-' || secret || '/password' AS secret_name, {_uuid("version")} AS version_id, 'AssumedRole' AS actor_type,
    'arn:aws:sts::' || {_ACCOUNT} || ':assumed-role/deploy/person-' || person AS actor_arn,
    'person-' || person AS actor_name, '' AS actor_via,
    CASE WHEN u < 0.72 OR u BETWEEN 0.92 AND 0.965 THEN 'OPS-' || ticket ELSE '' END AS ticket,
    'cloudtrail,kms' AS witnesses
FROM (SELECT *, {_PERSON} AS person FROM (SELECT *, {_SECRET} AS secret, (hash(n + 3) % 1000) / 1000.0 AS u,
    hash(about_n + 4) % {tickets} AS ticket, {_time("about_n", subjects)} AS time
    FROM (SELECT n, CASE WHEN n < {subjects} THEN n ELSE hash(n) % {subjects} END AS about_n
        FROM range({verdicts}) AS numbers(n)))))"""


def _uuid(kind: str) -> str:
    digits = f"md5('{kind}' || about_n)"
    cut = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({digits}, {start}, {length})" for start, length in cut)


def _tickets(count: int) -> str:
    # Each fourth reading is of a ticket that was read before.
    number = f"CASE WHEN n < {count * 3 // 4} THEN n ELSE hash(n) % {count * 3 // 4} END"
    return f"""
SELECT *, {_entry("ticket", "number", "asked_at")} FROM (
SELECT n, number, CAST(number AS VARCHAR) AS issue_id, 'OPS-' || number AS ticket, 'value' AS operations,
    'team/app-' || secret || '/password' AS secrets, 'Done' AS status, '' AS account, '' AS region,
    'person-' || hash(number + 7) % {PEOPLE} AS requester, 'person-' || hash(number + 8) % {PEOPLE} AS assignee,
    '' AS executors, {_time("number", count)} AS asked_at, true AS decisions_read,
    {_time("number", count)} + INTERVAL 2 HOUR AS time_from, {_time("number", count)} + INTERVAL 8 HOUR AS time_to,
    sha256('snapshot' || n) AS snapshot
FROM (SELECT n, {number} AS number, {_SECRET} AS secret FROM range({count}) AS numbers(n)))"""


def _decisions(count: int) -> str:
    return f"""
SELECT n, issue_id, ticket, asked_at + INTERVAL 1 HOUR AS time, 'person-' || hash(n + 9) % {PEOPLE} AS decided_by,
    CASE WHEN hash(n + 10) % 20 = 0 THEN 'rejected' ELSE 'approved' END AS decision,
    CASE WHEN hash(n + 11) % 5 = 0 THEN 'status' ELSE 'decision' END AS given_as,
    hash(n + 12) % 200 = 0 AS by_requester, hash(n + 13) % 200 = 0 AS by_executor, snapshot,
    recorded_at, stream, position, entry_digest, invented, subject
FROM ({_tickets(count)})"""


def _ticket_secrets(count: int) -> str:
    return f"""
SELECT issue_id, ticket, secrets AS secret, secrets AS secret_name, account, region, snapshot, recorded_at, stream,
    position, entry_digest, invented, subject
FROM ({_tickets(count)})"""


def _unused_approvals(count: int) -> str:
    return f"""
SELECT issue_id, ticket, secrets, operations, time_from, time_to, snapshot, recorded_at, stream, position,
    {_DIGEST.format("'unused'")} AS entry_digest, invented, md5('unused' || number) AS subject
FROM ({_tickets(count)})"""


def _waivers(count: int, subjects: int) -> str:
    return f"""
SELECT md5('verdict' || (n * {max(subjects // count, 1)})) AS finding, '' AS event_id, '' AS account,
    'unapproved' AS verdict, 'person-1' AS waived_by, 'known and harmless' AS waived_why,
    TIMESTAMP '2027-01-01 00:00:00' AS waived_until, {_entry("waiver", "n", _time("n", count))}
FROM range({count}) AS numbers(n)"""


def _blind_intervals(count: int) -> str:
    start = _time("n", count)
    return f"""
SELECT CAST(111122220000 + n % {ACCOUNTS} AS VARCHAR) AS account, 'us-east-1' AS region, {start} AS time_from,
    {start} + INTERVAL 1 HOUR AS time_to, 'the trail was stopped' AS reason, 'g-' || n AS event_id,
    true AS discrepancy, {_entry("blind", "n", start)}
FROM range({count}) AS numbers(n)"""


def _audit_runs(count: int) -> str:
    start = _time("n", count)
    return f"""
SELECT {start} AS as_of, {start} - INTERVAL 1 DAY AS time_from, {start} AS time_to, 100000 AS records, 2000 AS changes,
    100 AS attempts, 10 AS service_events, 0 AS unclassified, 5 AS duplicates, 0 AS conflicts,
    {_entry("run", "n", start)}
FROM range({count}) AS numbers(n)"""


def _guard_events(count: int) -> str:
    start = _time("n", count)
    return f"""
SELECT {start} AS time, 'cloudtrail' AS service, 'StopLogging' AS event, 'g-' || n AS event_id,
    CAST(111122220000 + n % {ACCOUNTS} AS VARCHAR) AS account, 'us-east-1' AS region, 'AssumedRole' AS actor_type,
    'arn:aws:sts::111122220000:assumed-role/admin/person-1' AS actor_arn, 'person-1' AS actor_name, '' AS actor_via,
    '' AS error_code, {_entry("guard", "n", start)}
FROM range({count}) AS numbers(n)"""
