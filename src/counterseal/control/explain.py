"""Explains what an audit of the same sources concludes about one event."""

from collections.abc import Iterator

from counterseal.control.audit import Sources, asked_about, having_read, logs_of, read_tickets
from counterseal.control.intake import Progress, read_sources
from counterseal.correlation.judging.audit import grounds_of
from counterseal.correlation.judging.deciding import Deciding
from counterseal.correlation.judging.explaining import Explanation, explain
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import NotFound


def explain_event(
    sources: Sources, event_id: str, *, rules: Rules, progress: Progress | None = None
) -> list[Explanation]:
    """Explain every finding about the event, one for each account that it was recorded in.

    All sources are read, as for an audit: a witness or a rotation anywhere may have decided.

    Raises:
        NotFound: nothing that was read has that id, or it gives no finding.
        CountersealError: what reading the sources raises.
    """
    given = read_tickets(sources.tickets, rules.policy) if sources.tickets else TicketSet()
    buckets = rules.policy.guarded_buckets
    logs = logs_of(sources)
    rules = having_read(rules, logs)
    population = read_sources(logs, guarded_buckets=buckets, progress=progress, jobs=sources.jobs).population
    given = asked_about(sources, population) or given
    deciding = Deciding(population, grounds_of(population, given, rules, sources.evidence))
    events = {(it.event_id, it.account): it for it in population.events if it.event_id == event_id}
    if not events:
        raise NotFound(f"no record has the event id {event_id!r}", hint="counterseal audit prints the ids")

    def found() -> Iterator[Explanation]:
        for finding in deciding.findings():
            event = events.get((finding.event_id, finding.account))
            if event is not None:
                yield explain(finding, event, deciding, rules.policy)

    explained = list(found())
    if not explained:
        [event, *_] = events.values()
        raise NotFound(
            f"{event.name} ({event_id!r}) is a {event.kind} event, and gives no finding of its own",
            hint="changes, refused attempts and unknown calls have findings; counterseal audit lists them",
        )
    return explained
