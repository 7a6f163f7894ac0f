"""The parts that need no other server, opened together: the SQLite ledger, the reports on it, the tickets in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from counterseal.assembly.anchors import evidence_here
from counterseal.assembly.ledgers import ledger_path, open_ledger, open_reports
from counterseal.assembly.settings import Settings
from counterseal.assembly.storage import storage_holds, storage_uri
from counterseal.clock import Clock
from counterseal.control.audit import read_policy_file, read_tickets
from counterseal.control.completeness import read_saved, verify_trails
from counterseal.control.deciding import Asked
from counterseal.control.evidence import Dossiers
from counterseal.control.identities import Identities, identities_in
from counterseal.control.intake import read_paths
from counterseal.control.recall import RecordedTickets
from counterseal.control.record import outcome_of, record_audit
from counterseal.control.ticket_record import RecordedSeals, TicketRecords
from counterseal.correlation.digests.completeness import Completeness
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.population import Population
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.policy import Policy, read_policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.ledger.interface import Ledger
from counterseal.reports.interface import ReportEngine

# A page that proves the place of an entry reads the stream up to the checkpoint: some 50,000 entries a second.
_LARGEST_ON_A_PAGE = 50_000


class Place(NamedTuple):
    """Where something is kept on this machine, and what is there."""

    what: str
    where: str
    holds: str


class Embedded(NamedTuple):
    """What runs inside one process on one machine. `find_ticket` knows tickets as they were last recorded.

    `jira_url` is where tickets are looked at, "" where that is not known.
    """

    ledger: Ledger
    reports: ReportEngine
    find_ticket: Callable[[str], Ticket | None]
    dossiers: Dossiers
    tickets: TicketRecords
    places: tuple[Place, ...]
    jira_url: str = ""
    is_demonstration: bool = False


@contextmanager
def embedded(settings: Settings, *, policy: Path | None = None, is_demonstration: bool = False) -> Iterator[Embedded]:
    """Open the embedded parts for the length of a `with`. `policy` is a file that goes before the settings' own.

    Raises:
        SettingsError: the policy cannot be read.
        CountersealError: what `open_ledger`, `open_reports` and `storage_holds` raise.
    """
    judged_by = policy_of(Reading((), policy=policy), settings)
    ledger = open_ledger(settings)
    try:
        tickets = RecordedTickets(ledger, invented=is_demonstration)
        yield Embedded(
            ledger=ledger,
            reports=open_reports(ledger),
            find_ticket=tickets.find,
            dossiers=Dossiers(ledger, tickets.find, largest=_LARGEST_ON_A_PAGE, invented=is_demonstration),
            tickets=TicketRecords(tickets, RecordedSeals(ledger, invented=is_demonstration), judged_by),
            places=_places(settings),
            jira_url=settings.jira.url,
            is_demonstration=is_demonstration,
        )
    finally:
        ledger.close()


def _places(settings: Settings) -> tuple[Place, ...]:
    return (
        Place("Safes", storage_uri(settings), storage_holds(settings)),
        Place("Ledger", str(ledger_path(settings)), "every audit and what it found, append-only"),
    )


class Reading(NamedTuple):
    """What an audit reads. Without tickets nothing is approved; `policy` is a file with the table [policy].

    `evidence` is what counterseals are checked against, beside what the ledger itself holds. With `public_keys`
    the logs are held against CloudTrail's digests among them, with the `signatures` that were saved of the newest.
    `identities` are those of the ledger.
    """

    logs: tuple[Path, ...]
    tickets: Path | None = None
    policy: Path | None = None
    evidence: Evidence = Evidence()
    public_keys: tuple[Path, ...] = ()
    signatures: Path | None = None
    identities: Identities = MappingProxyType({})


def read_and_record(
    parts: Embedded, reading: Reading, settings: Settings, clock: Clock, *, tickets: Tickets | None = None
) -> AuditResult:
    """Audit what is to be read, record it in the ledger, and return what was found. `tickets` as in `asked_now`.

    Raises:
        CountersealError: what reading, judging and recording raise. Nothing is recorded unless all of it was read.
    """
    evidence = evidence_here(parts.ledger, settings, reading.evidence, invented=parts.is_demonstration)
    reading = reading._replace(evidence=evidence, identities=identities_in(parts.ledger))
    completeness = _completeness(reading)
    result = judge(partial(read_by, logs=reading.logs), reading, settings, clock, tickets=tickets)
    result = replace(result, completeness=completeness)
    record_audit(parts.ledger, outcome_of(result, invented=parts.is_demonstration))
    return result


def read_by(policy: Policy, logs: Sequence[Path]) -> Population:
    """Read files and folders, as far as the policy guards what they tell of.

    Raises:
        NotFound, Denied, MalformedInput, Unreachable: as `read_paths`.
    """
    return read_paths(logs, guarded_buckets=policy.guarded_buckets).population


def judge(
    population: Callable[[Policy], Population],
    reading: Reading,
    settings: Settings,
    clock: Clock,
    *,
    tickets: Tickets | None = None,
) -> AuditResult:
    """Audit a population as of now, by the policy, tickets and evidence of the reading and the settings.

    Raises:
        CountersealError: what reading and judging raise.
    """
    # The tickets first: a slip in them should not show only after an hour of reading records.
    rules, given, evidence = asked_now(reading, settings, clock, tickets=tickets)
    return audit(population(rules.policy), given, rules, evidence)


def asked_now(
    reading: Reading,
    settings: Settings,
    clock: Clock,
    *,
    read: Callable[[Path, Policy], TicketSet] = read_tickets,
    tickets: Tickets | None = None,
) -> Asked:
    """Return by what to judge as of now: the policy, tickets and evidence of the reading and the settings.

    `read` reads a ticket file by a policy; without a file the tickets are asked for, where there are any to ask.

    Raises:
        CountersealError: what reading the files raises.
    """
    policy, now = policy_of(reading, settings), clock.now().replace(microsecond=0)
    given = TicketSet()
    if reading.tickets:
        given = read(reading.tickets, policy)
    elif tickets:
        given = tickets.concerning((), since=now, until=now)
    return Asked(Rules(policy=policy, as_of=now), given, reading.evidence)


def policy_of(reading: Reading, settings: Settings) -> Policy:
    """Return the policy of the reading, else that of the settings, with the identities of the ledger.

    Raises:
        SettingsError: it cannot be read, or says what no policy can.
    """
    policy = read_policy_file(reading.policy) if reading.policy else read_policy(settings.policy)
    return policy.with_identities(reading.identities)


def _completeness(reading: Reading) -> Completeness | None:
    if not reading.public_keys:
        return None
    return verify_trails(reading.logs, read_saved(reading.public_keys, reading.signatures))
