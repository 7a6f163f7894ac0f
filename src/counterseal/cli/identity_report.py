"""What `identity list` and `identity check` print."""

import shlex
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any, NamedTuple

from counterseal.assembly.identities import Written, written_here
from counterseal.assembly.jira import open_jira
from counterseal.assembly.ledgers import open_existing_ledger
from counterseal.assembly.settings import Settings
from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import SystemClock
from counterseal.control.strangers import Stranger, Strangers, Suggested, Suggesting, strangers_in
from counterseal.correlation.tickets.people import People
from counterseal.errors import DISCREPANCY, SUCCESS, NotFound

LISTED_SCHEMA = "counterseal/identities/v1"
CHECKED_SCHEMA = "counterseal/identity-check/v1"


class _Told(NamedTuple):
    """Who is nobody's, and what is suggested of each."""

    found: Strangers
    actors: Sequence[tuple[Stranger, Suggested | None]]
    users: Sequence[tuple[str, Sequence[Suggested]]]


def list_identities(arguments: Namespace, console: Console, settings: Settings) -> int:
    """Print every mapping, and where it is written."""
    written = written_here(settings, policy=arguments.policy, tickets=arguments.tickets)
    ambiguous = People(*written.maps()).ambiguous
    listed = [{**it, "ambiguous": it["principal"] in ambiguous} for it in _mappings(written)]
    if arguments.json:
        console.print_json({"schema": LISTED_SCHEMA, "mappings": listed})
        return SUCCESS
    if not listed:
        console.print("Nobody is mapped.")
        return SUCCESS
    heads = ["user", "principal", "written in", "by", "when", "source"]
    names = ("user", "principal", "written_in", "by", "at", "source")
    console.table(heads, [[visible(it[name]) for name in names] for it in listed])
    for name in sorted(ambiguous):
        console.print(visible(f"{name!r} is listed for several people, and is nobody's"))
    return SUCCESS


def check_identities(arguments: Namespace, console: Console, settings: Settings) -> int:
    """Print who is nobody's, with what might mend it."""
    written = written_here(settings, policy=arguments.policy, tickets=arguments.tickets)
    with closing(open_existing_ledger(settings)) as ledger:
        found = strangers_in(ledger, written.maps())
    if not found.changes:
        raise NotFound(
            "the ledger holds no change, so nobody was looked at", hint="counterseal audit PATH --record records some"
        )
    with ExitStack() as stack:
        # Opened where there is somebody to ask for: a Jira that does not answer hides nobody.
        opened = (lambda: stack.enter_context(open_jira(settings, SystemClock()))) if settings.jira.url else None
        suggesting = Suggesting(found.users, opened, named=arguments.property)
        actors = [(it, suggesting.of(it.actor)) for it in found.actors]
        users = [(it, suggesting.for_user(it)) for it in found.users]
    if suggesting.failure:
        console.note(f"counterseal: note: Jira was not asked for all of them: {visible(str(suggesting.failure))}")
    told = _Told(found, actors, users)
    if arguments.json:
        console.print_json(_as_json(told))
    else:
        _print(told, console)
    return DISCREPANCY if found.actors or found.users or found.ambiguous else SUCCESS


def _mappings(written: Written) -> Iterator[dict[str, Any]]:
    for where, held in (("settings", written.settings), ("ticket file", written.tickets)):
        for user, names in held.items():
            for name in names:
                yield {"user": user, "principal": name, "written_in": where, "by": "", "at": "", "source": ""}
    for word in written.words:
        if word.mapped:
            yield {
                **word.pair._asdict(),
                "written_in": "ledger",
                "by": word.said.by,
                "at": word.at,
                "source": word.said.source,
            }


def _command(suggested: Suggested) -> str:
    said = ["--by", "WHO", "--source", suggested.source]
    return shlex.join(["counterseal", "identity", "map", *suggested.pair, *said])


def _as_json(told: _Told) -> dict[str, Any]:
    return {
        "schema": CHECKED_SCHEMA,
        "changes": told.found.changes,
        "unmapped_actors": [
            {
                "type": it.actor.type,
                "arn": it.actor.arn,
                "name": it.actor.name,
                "session_name": it.actor.session_name,
                "changes": it.changes,
                "last": it.last,
                "suggested_user": suggested.pair.user if suggested else "",
                "command": _command(suggested) if suggested else "",
            }
            for it, suggested in told.actors
        ],
        "users_without_a_principal": [
            {"user": user, "commands": [_command(it) for it in suggested]} for user, suggested in told.users
        ],
        "ambiguous": list(told.found.ambiguous),
    }


def _print(told: _Told, console: Console) -> None:
    for stranger, suggested in told.actors:
        actor, said = stranger.actor, f"{_number(stranger.changes)}, the last {stranger.last}"
        console.print(visible(f"{actor.arn or actor.name or actor.type} is nobody: {said}"))
        if suggested:
            _suggest(suggested, suggested.display_name or suggested.pair.user, console)
    for user, properties in told.users:
        console.print(visible(f"{user} is to make changes under a ticket, and has no principal"))
        for it in properties:
            _suggest(it, it.pair.principal, console)
    for name in told.found.ambiguous:
        console.print(visible(f"{name!r} is listed for several people, and is nobody's"))
    if not (told.actors or told.users or told.found.ambiguous):
        changes = _number(told.found.changes)
        console.print(f"Every actor of {changes} is somebody, and nobody of a ticket is missing.")


def _suggest(suggested: Suggested, who: str, console: Console) -> None:
    console.print(visible(f"  perhaps {who}, by {suggested.source}; whoever knows it confirms it:"))
    console.print(visible(f"  {_command(suggested)}"))


def _number(changes: int) -> str:
    return f"{changes} change{'' if changes == 1 else 's'}"
