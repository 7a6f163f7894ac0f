"""Say which Jira user a principal of AWS is, and see who is nobody's.

counterseal identity list
counterseal identity map ben.j arn:aws:iam::111122223333:user/ben --by ana --source "asked him"
counterseal identity unmap ben.j arn:aws:iam::111122223333:user/ben --by ana
counterseal identity import people.csv --by ana
counterseal identity check

What is mapped here stands in the ledger, with who confirmed it and when; it adds to what [policy.identities] and the
ticket file say. `check` suggests, and maps nothing. A session name or a user id that several people have is nobody's.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.errors import SUCCESS, NotFound

if TYPE_CHECKING:
    from counterseal.assembly.settings import Settings
    from counterseal.control.identities import Pair, Said

_BY_HAND = "by hand"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal identity`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|map|unmap|import|check")
    listing = actions.add_parser("list", help="every mapping, and where it is written")
    mapping = actions.add_parser("map", help="confirm that a principal of AWS is a Jira user")
    removal = actions.add_parser("unmap", help="take back what was confirmed here")
    importing = actions.add_parser("import", help="confirm all mappings of a CSV file, or none of them")
    check = actions.add_parser("check", help="whom nobody knows; exit status 10 where there is anybody")
    for one in (mapping, removal):
        one.add_argument("user", metavar="USER", help="the accountId on Cloud, the user's name on Data Center")
        one.add_argument("principal", metavar="PRINCIPAL", help="an ARN, a session name or an Identity Center user id")
        one.add_argument("--source", default=_BY_HAND, metavar="TEXT", help="from what it is known")
    importing.add_argument("file", type=Path, metavar="FILE", help="CSV with the columns user and principal")
    importing.add_argument("--source", default="", metavar="TEXT", help="from what it is known; without it, the file")
    for one in (mapping, removal, importing):
        one.add_argument("--by", required=True, metavar="WHO", help="who confirms it")
    for one in (listing, mapping, removal, importing, check):
        one.allow_abbrev = False
        one.add_argument("--tickets", type=Path, metavar="FILE", help="a ticket file; without it, the settings' own")
        one.add_argument(
            "--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own"
        )
    check.add_argument(
        "--property",
        default="",
        metavar="NAME",
        help="of users without a principal, read it from this property in Jira",
    )
    for one in (listing, check):
        one.add_argument("--json", action="store_true", help="print one JSON document for scripts")


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked."""
    from counterseal.assembly.settings import load_settings
    from counterseal.cli.identity_report import check_identities, list_identities

    actions: dict[str, Callable[[Namespace, Console, Settings], int]] = {
        "list": list_identities,
        "map": _map,
        "unmap": _unmap,
        "import": _import,
        "check": check_identities,
    }
    return actions[arguments.action](arguments, console, load_settings())


def _map(arguments: Namespace, console: Console, settings: "Settings") -> int:
    from counterseal.control.identities import Pair, Said

    pair = Pair(arguments.user, arguments.principal)
    return _confirm([pair], Said(arguments.by, arguments.source), arguments, console, settings)


def _import(arguments: Namespace, console: Console, settings: "Settings") -> int:
    from counterseal.control.identities import Said
    from counterseal.control.identity_file import read_pairs

    said = Said(arguments.by, arguments.source or f"the file {arguments.file.name}")
    return _confirm(read_pairs(arguments.file), said, arguments, console, settings)


def _confirm(pairs: "list[Pair]", said: "Said", arguments: Namespace, console: Console, settings: "Settings") -> int:
    from counterseal.assembly.identities import written_here
    from counterseal.assembly.ledgers import open_ledger
    from counterseal.control.identities import record_mappings

    names = _names(pairs, settings, console)
    known = written_here(settings, policy=arguments.policy, tickets=arguments.tickets).known()
    with closing(open_ledger(settings)) as ledger:
        added = record_mappings(ledger, pairs, said, known)
    for pair in pairs:
        console.print(visible(f"{pair.principal} is {names.get(pair.user) or pair.user}"))
    console.note(f"counterseal: {added} recorded, {len(pairs) - added} known already")
    return SUCCESS


def _names(pairs: "list[Pair]", settings: "Settings", console: Console) -> dict[str, str]:
    """Return how Jira shows each user; one whom it does not know, or knows by another name, stops all of it."""
    if not settings.jira.url:
        console.note("counterseal: note: no Jira is set up, so that nobody was asked whether there are such users")
        return {}
    from counterseal.assembly.jira import open_jira
    from counterseal.clock import SystemClock

    names = {}
    with open_jira(settings, SystemClock()) as jira:
        for user in dict.fromkeys(it.user for it in pairs):
            try:
                found = jira.user(user)
            except NotFound as failure:
                raise NotFound(f"Jira knows no user {user!r}, or does not show them", hint=_HOW_NAMED) from failure
            if found.user != user:
                raise NotFound(f"Jira calls the user {user!r} {found.user!r}", hint="write it as Jira does")
            names[user] = f"{found.display_name} ({user})" if found.display_name else user
    return names


_HOW_NAMED = "an accountId on Cloud, a user's name on Data Center"


def _unmap(arguments: Namespace, console: Console, settings: "Settings") -> int:
    from counterseal.assembly.identities import written_here
    from counterseal.assembly.ledgers import open_existing_ledger
    from counterseal.control.identities import Pair, Said, record_removal

    pair = Pair(arguments.user, arguments.principal)
    written = written_here(settings, policy=arguments.policy, tickets=arguments.tickets)
    with closing(open_existing_ledger(settings)) as ledger:
        record_removal(ledger, pair, Said(arguments.by, arguments.source))
    console.print(visible(f"{pair.principal} is not {pair.user} any more, by the ledger"))
    for where, held in (("the settings", written.settings), ("the ticket file", written.tickets)):
        if pair.principal in held.get(pair.user, ()):
            console.note(f"counterseal: note: {where} still say so: it holds until it is taken out there as well")
    return SUCCESS
