"""Audits what lies in files: records, tickets and the policy in; one result out."""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from counterseal.control.intake import LocalFiles, Progress, read_file, read_sources
from counterseal.control.log_source import LogSource
from counterseal.control.period import Period, limited_to
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.population import Population
from counterseal.correlation.tickets.counterseal import IssuanceSet
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.issuance_file import read_issuance_file
from counterseal.correlation.tickets.jira_search import is_jira_search, read_jira_search
from counterseal.correlation.tickets.policy import Policy, policy_table, read_policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.correlation.tickets.ticket_file import read_ticket_file
from counterseal.errors import MalformedInput, SettingsError


class Sources(NamedTuple):
    """What an audit reads. Without tickets nothing is approved, without `evidence` nothing proved.

    `asked` are tickets that are asked for once the records are known, in the place of a file.
    `beside` are sources of records other than the paths; of all of them, what happened in the period counts.
    `jobs` is the number of processes that read; None leaves it to how much there is.
    """

    paths: Sequence[Path]
    tickets: Path | None = None
    evidence: Evidence = Evidence()
    beside: Sequence[LogSource] = ()
    period: Period = Period()
    jobs: int | None = None
    asked: Tickets | None = None


Stage = Callable[[str], None]
"""Is told what is done now, in words for a person."""


def audit_files(
    sources: Sources, *, rules: Rules, progress: Progress | None = None, stage: Stage = lambda _: None
) -> AuditResult:
    """Audit files and folders of records against a ticket file, or against no ticket at all.

    `progress` is told file by file how many were read, `stage` what comes after that.

    Raises:
        NotFound: a path is not there, or a folder holds no records.
        Denied: a file may not be read.
        Unreachable, Refused, Conflict: what the other sources raise.
        MalformedInput: a file is not what it was said to be; the message names it and the place.
    """
    # A file of tickets first: a slip in it should not show only after an hour of reading records.
    given = read_tickets(sources.tickets, rules.policy) if sources.tickets else TicketSet()
    logs = logs_of(sources)
    rules = having_read(rules, logs)
    buckets = rules.policy.guarded_buckets
    intake = read_sources(logs, guarded_buckets=buckets, progress=progress, jobs=sources.jobs)
    if sources.asked:
        stage("asking for tickets")
    given = asked_about(sources, intake.population) or given
    stage("judging")
    result = audit(intake.population, given, rules, sources.evidence)
    result = limited_to(result, sources.period)
    told = (said for source in logs for said in source.unseen())
    unseen = dict.fromkeys([*result.unseen, *told, *_unseen_objects(buckets, intake.population)])
    left = f"{intake.skipped} files were left alone for their names" if intake.skipped else ""
    return replace(result, notes=(*result.notes, *filter(None, [left])), unseen=tuple(unseen))


def _unseen_objects(buckets: Sequence[str], population: Population) -> list[str]:
    """Say of which guarded buckets no record tells that anybody wrote: a trail must be told to record that."""
    return [
        f"what was done to the objects in the bucket {it!r}: no record of a write to it was read, and a trail records"
        " such data events only where its event selectors ask for them"
        for it in buckets
        if it not in population.bucket_names
    ]


def asked_about(sources: Sources, population: Population) -> TicketSet | None:
    """Return the tickets that could explain the changes of a population, None where nobody is asked for them.

    Raises:
        CountersealError: what asking for them raises.
    """
    changes = population.of_kind(Kind.CHANGE)
    if sources.asked is None or not changes:
        return None
    secrets = {it.secret_arn or it.secret_name or it.secret_given for it in changes} - {""}
    return sources.asked.concerning(secrets, since=changes[0].time, until=changes[-1].time)


def logs_of(sources: Sources) -> list[LogSource]:
    """Return everything that records are read from."""
    local = [LocalFiles(sources.paths, days=sources.period.delivered())] if sources.paths else []
    return [*local, *sources.beside]


def having_read(rules: Rules, logs: Sequence[LogSource]) -> Rules:
    """Return the rules with the places in buckets that these sources read."""
    return replace(rules, read=(*rules.read, *(place for source in logs for place in source.places())))


def read_tickets(file: Path, policy: Policy) -> TicketSet:
    """Read a ticket file, or a saved search response of Jira.

    Raises:
        NotFound: it is not there.
        Denied: it may not be read.
        MalformedInput: it is neither; the message names the file and the place.
    """
    return tickets_in(read_file(file), file, policy)


def tickets_in(content: bytes, file: Path, policy: Policy) -> TicketSet:
    """Read the content of a ticket file, or of a saved search response of Jira.

    Raises:
        MalformedInput: it is neither; the message names the file and the place.
    """
    document = _json_in(content, file)
    try:
        if is_jira_search(document):
            return read_jira_search(document, policy.jira_fields)
        return read_ticket_file(document)
    except MalformedInput as failure:
        raise MalformedInput(f"{str(file)!r}: {failure}", hint=failure.hint) from None


def read_issuances_of(file: Path) -> IssuanceSet:
    """Read a file of issuances; what it says is verified where it is used.

    Raises:
        NotFound: it is not there.
        Denied: it may not be read.
        MalformedInput: it is something else; the message names the file and the place.
    """
    document = _json_in(read_file(file), file)
    try:
        return read_issuance_file(document)
    except MalformedInput as failure:
        raise MalformedInput(f"{str(file)!r}: {failure}", hint=failure.hint) from None


def read_policy_file(file: Path) -> Policy:
    """Read the table [policy] of a TOML file.

    Raises:
        SettingsError: it is not there, may not be read, is no TOML, or says what no policy can.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as failure:
        raise SettingsError(f"the policy {str(file)!r} cannot be read: {failure.strerror}") from failure
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise SettingsError(f"the policy {str(file)!r} is not TOML: {failure}") from None
    try:
        return read_policy(policy_table(document, str(file)))
    except SettingsError as failure:
        raise SettingsError(f"{str(file)!r}: {failure}", hint=failure.hint) from None


def with_baseline(policy: Policy, baseline: datetime | None) -> Policy:
    """Return the policy with the baseline given, which is stronger than its own."""
    return replace(policy, baseline=baseline) if baseline else policy


def _json_in(content: bytes, file: Path) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_twins)
    except MalformedInput as failure:
        raise MalformedInput(f"{str(file)!r}: {failure}", hint=failure.hint) from None
    except (ValueError, RecursionError) as failure:
        raise MalformedInput(f"{str(file)!r} is not JSON: {failure}", hint=_WHAT_TICKETS_ARE) from None


_WHAT_TICKETS_ARE = "docs/reference/ticket-file.md shows what a ticket file holds"


def _without_twins(members: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """Build an object; refuse one that says a thing twice: readers differ on which counts (RFC 8259, 4)."""
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            raise MalformedInput(f"the key {name!r} stands twice in one object")
        found[name] = value
    return found
