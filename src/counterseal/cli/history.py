"""List the versions of a secret: what was put, removed and restored, when and by whom; never a value.

counterseal history safe://team/db-password
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from counterseal.cli.console import Console
from counterseal.cli.safe_reference import whole_secret


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal history`."""
    parser.add_argument("secret", metavar="safe://SAFE/SECRET", help="the secret")
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")


def run(arguments: Namespace, console: Console) -> int:
    """Print the history, newest first."""
    from counterseal.assembly.keeping import Keeping
    from counterseal.assembly.settings import load_settings

    reference = whole_secret(arguments.secret)
    safe = Keeping(load_settings()).open(reference.place)
    record = safe.record(reference.secret_id)
    authors = safe.head.content.members
    entries = [
        {
            "version": it.version,
            "action": it.action,
            "time": it.time,
            "author": authors.get(it.author, it.author),
            "restored_from": it.restored_from,
        }
        for it in reversed(record.entries)
    ]
    if arguments.json:
        secret = safe.place.as_uri(reference.secret_id)
        console.print_json(
            {
                "schema": "counterseal/history/v1",
                "secret": secret,
                "current": record.live_version or None,
                "entries": entries,
            }
        )
        return 0
    rows = [[str(it["version"]), _what(it), str(it["time"]), str(it["author"])] for it in entries]
    console.table(["version", "what", "time", "author"], rows)
    return 0


def _what(entry: Mapping[str, object]) -> str:
    if entry["restored_from"] is not None:
        return f"restore of {entry['restored_from']}"
    return str(entry["action"])
