"""What `identity list` and `identity check` print."""

import shlex
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any

from counterseal.assembly.identities import Written, written_here
from counterseal.assembly.ledgers import open_existing_ledger
from counterseal.assembly.settings import Settings
from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import SystemClock
from counterseal.control.strangers import FindUsers, Found, Stranger, Strangers, Suggested, Suggesting, strangers_in
from counterseal.correlation.tickets.people import People
from counterseal.errors import DISCREPANCY, SUCCESS, NotFound

LISTED_SCHEMA = "counterseal/identities/v1"
CHECKED_SCHEMA = "counterseal/identity-check/v1"


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
        suggesting = Suggesting(found.users, _asking(settings, stack))
        told = [(it, suggesting.of(it.actor)) for it in found.actors]
    if suggesting.failure:
        console.note(f"counterseal: note: Jira was not asked for all of them: {visible(str(suggesting.failure))}")
    if arguments.json:
        console.print_json(_as_json(found, told))
    else:
        _print(found, told, console)
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


def _asking(settings: Settings, stack: ExitStack) -> FindUsers | None:
    if not settings.jira.url:
        return None
    from counterseal.assembly.jira import open_jira

    opened: list[Callable[[str], Sequence[Found]]] = []

    def find(text: str) -> Sequence[Found]:
        # Opened where there is somebody to ask for: a Jira that does not answer hides nobody.
        if not opened:
            jira = stack.enter_context(open_jira(settings, SystemClock()))
            opened.append(lambda text: [Found(*it) for it in jira.find_users(text)])
        return opened[0](text)

    return find


def _command(suggested: Suggested) -> str:
    said = ["--by", "WHO", "--source", suggested.source]
    return shlex.join(["counterseal", "identity", "map", *suggested.pair, *said])


def _as_json(found: Strangers, told: Sequence[tuple[Stranger, Suggested | None]]) -> dict[str, Any]:
    return {
        "schema": CHECKED_SCHEMA,
        "changes": found.changes,
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
            for it, suggested in told
        ],
        "users_without_a_principal": list(found.users),
        "ambiguous": list(found.ambiguous),
    }


def _print(found: Strangers, told: Sequence[tuple[Stranger, Suggested | None]], console: Console) -> None:
    for stranger, suggested in told:
        actor = stranger.actor
        said = f"{_number(stranger.changes)}, the last {stranger.last}"
        console.print(visible(f"{actor.arn or actor.name or actor.type} is nobody: {said}"))
        if suggested:
            who = suggested.display_name or suggested.pair.user
            console.print(visible(f"  perhaps {who}, by {suggested.source}; whoever knows it confirms it:"))
            console.print(visible(f"  {_command(suggested)}"))
    for user in found.users:
        console.print(visible(f"{user} is to make changes under a ticket, and has no principal"))
    for name in found.ambiguous:
        console.print(visible(f"{name!r} is listed for several people, and is nobody's"))
    if not (told or found.users or found.ambiguous):
        console.print(f"Every actor of {_number(found.changes)} is somebody, and nobody of a ticket is missing.")


def _number(changes: int) -> str:
    return f"{changes} change{'' if changes == 1 else 's'}"
