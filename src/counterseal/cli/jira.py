"""Look at the Jira of the settings, keep its mirror up to date, listen to it and answer it.

counterseal jira connect [URL]             set it up: asks, explains, and writes the settings
counterseal jira status                    who we are there, and how far tickets were read
counterseal jira sync                      read all that changed since the last time
counterseal jira webhook install ADDRESS   make the webhook, or bring it up to date
counterseal jira webhook check             say what is wrong with it
counterseal jira answer send               tell tickets what was found; --existing tells what is there already
counterseal jira answer list               what waits, and why

`counterseal up` reads, listens and answers by itself: docs/how-to/listen-to-jira.md. Answers name the secret and the
verdict, and never hold a value or a full ARN.
"""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from counterseal.cli import jira_connect
from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.errors import DISCREPANCY, SUCCESS, NotFound, Unreachable

if TYPE_CHECKING:
    from counterseal.assembly.settings import Settings
    from counterseal.clock import Clock


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal jira`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="connect|status|sync|webhook|answer")
    jira_connect.add_arguments(steps.add_parser("connect", help="set it up: asks, explains, and writes the settings"))
    status = steps.add_parser("status", help="who we are there, and how far tickets were read")
    status.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    steps.add_parser("sync", help="read all that changed since the last time")
    webhook = steps.add_parser("webhook", help="make the webhook, or look at it")
    hooks = webhook.add_subparsers(dest="action", required=True, metavar="install|check")
    install = hooks.add_parser("install", help="make it, or bring it up to date")
    install.add_argument("address", metavar="ADDRESS", help="where Jira reaches our server: https://audit.example")
    check = hooks.add_parser("check", help="say what is wrong with it; exit status 10 where something is")
    check.add_argument("address", nargs="?", default="", metavar="ADDRESS", help="where it should send to")
    answer = steps.add_parser("answer", help="tell tickets what was found")
    actions = answer.add_subparsers(dest="action", required=True, metavar="send|list")
    send = actions.add_parser("send", help="one pass")
    send.add_argument("--existing", action="store_true", help="at the first pass tell what is there already")
    listing = actions.add_parser("list", help="what waits, and why")
    listing.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    for one in (*steps.choices.values(), *hooks.choices.values(), *actions.choices.values()):
        one.allow_abbrev = False


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked."""
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    steps = {
        ("connect", ""): jira_connect.run,
        ("status", ""): _status,
        ("sync", ""): _sync,
        ("webhook", "install"): _install,
        ("webhook", "check"): _check,
        ("answer", "send"): _send,
        ("answer", "list"): _list,
    }
    return steps[arguments.step, getattr(arguments, "action", "")](arguments, console, load_settings(), SystemClock())


def _status(arguments: Namespace, console: Console, settings: "Settings", clock: "Clock") -> int:
    from contextlib import closing

    from counterseal.assembly.jira import open_jira, warnings_of
    from counterseal.assembly.jira_mirror import mirror_path, open_mirror
    from counterseal.clock import format_time

    with open_jira(settings, clock) as jira:
        me, server = jira.myself(), jira.server()
    known, held = "", 0
    if mirror_path(settings).exists():
        with closing(open_mirror(settings)) as mirror:
            until = mirror.reached().known_until
            known, held = format_time(until) if until else "", len(mirror.held())
    said = {
        "url": settings.jira.url,
        "flavour": server.flavour.value,
        "version": server.version,
        "user": me.display_name or me.user,
        "projects": list(settings.jira.projects),
        "tickets_mirrored": held,
        "known_until": known,
        "warnings": list(warnings_of(settings, clock)),
    }
    if arguments.json:
        console.print_json({"schema": "counterseal/jira-status/v1", **said})
        return SUCCESS
    console.print(f"{said['url']}: Jira {server.version}, {server.flavour.value}")
    console.print(
        f"asked as {visible(str(said['user']))}; projects {', '.join(settings.jira.projects) or 'none are set'}"
    )
    told = (
        f"{held} tickets mirrored, known up to {known}" if known else "tickets were not read yet: counterseal jira sync"
    )
    console.print(told)
    for warning in warnings_of(settings, clock):
        console.note(f"counterseal: warning: {warning}")
    return SUCCESS


def _sync(_: Namespace, console: Console, settings: "Settings", clock: "Clock") -> int:
    from counterseal.assembly.embedded import Reading
    from counterseal.assembly.jira_mirror import following
    from counterseal.cli.progress import drawn
    from counterseal.clock import format_time

    with following(Reading(()), settings, clock) as jira:
        if jira is None:
            raise NotFound("no Jira is set up", hint="set jira.url, jira.token_env and jira.projects")
        done = jira.catch_up(drawn("reading {done} of {total} tickets"))
    console.print(f"{done.read} tickets read, {done.changed} changed; known up to {format_time(done.known_until)}")
    return SUCCESS


def _install(arguments: Namespace, console: Console, settings: "Settings", clock: "Clock") -> int:
    from counterseal.assembly.jira import open_jira
    from counterseal.assembly.jira_webhooks import install

    with open_jira(settings, clock) as jira:
        hook = install(jira, settings, arguments.address)
    console.print(f"the webhook {hook.name!r} sends {', '.join(hook.events)} to {hook.url}")
    console.print("it is signed; `counterseal up` takes what it sends, by way of your proxy")
    return SUCCESS


def _check(arguments: Namespace, console: Console, settings: "Settings", clock: "Clock") -> int:
    from counterseal.assembly.jira import open_jira
    from counterseal.assembly.jira_webhooks import faults

    with open_jira(settings, clock) as jira:
        hooks, found = faults(jira, settings, arguments.address)
    for hook in hooks:
        console.print(f"{visible(hook.name)} sends to {visible(hook.url)}")
    for fault in found:
        console.print(f"wrong: {fault.what}; {fault.mending}")
    if found:
        return DISCREPANCY
    console.print("nothing is wrong with it; whether its secret is ours only a message shows, for Jira does not tell")
    return SUCCESS


def _send(arguments: Namespace, console: Console, settings: "Settings", clock: "Clock") -> int:
    from counterseal.assembly.answers import answering, open_outbox
    from counterseal.assembly.recorded import recorded

    with recorded(settings) as parts, open_outbox(settings) as outbox:
        done = answering(settings, parts.reports, outbox, clock).once(existing=arguments.existing)
    if done.begun:
        console.note("counterseal: took stock; what becomes of findings from now on is told (--existing tells all)")
    console.print(f"{done.written} answers written, {done.taken} taken, {done.failed} not taken")
    if done.failed:
        raise Unreachable(
            f"{done.failed} answers were not taken", hint="they wait: counterseal jira answer list says why"
        )
    return SUCCESS


def _list(arguments: Namespace, console: Console, settings: "Settings", _: "Clock") -> int:
    from counterseal.assembly.answers import open_outbox, outbox_path

    if not outbox_path(settings).exists():
        raise NotFound(f"there is no outbox {str(outbox_path(settings))!r}", hint="jira answer send makes it")
    import json

    with open_outbox(settings) as outbox:
        waiting = [(it, json.loads(it.body)) for it in outbox.waiting()]
    if arguments.json:
        found = [{**it._asdict(), "body": body} for it, body in waiting]
        console.print_json({"schema": "counterseal/outbox/v1", "waiting": found})
        return SUCCESS
    rows = [
        [body["ticket"] or "a new one", body["verdict"], str(it.tries), it.next_at, visible(it.reason)]
        for it, body in waiting
    ]
    console.table(["ticket", "verdict", "tries", "next", "why"], rows) if rows else console.print("Nothing waits.")
    return SUCCESS
