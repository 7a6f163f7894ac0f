"""List the secrets of a safe: names, versions, times and authors, never a value.

counterseal list safe://team
counterseal list safe://team --json
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from counterseal.cli.console import Console
from counterseal.cli.safe_reference import safe_name


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal list`."""
    parser.add_argument("safe", metavar="safe://SAFE", help="the safe")
    parser.add_argument("--removed", action="store_true", help="list removed secrets too")
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")


def run(arguments: Namespace, console: Console) -> int:
    """Print the list."""
    from counterseal.assembly.keeping import Keeping
    from counterseal.assembly.settings import load_settings

    safe = Keeping(load_settings()).open(safe_name(arguments.safe))
    authors = safe.head.content.members
    secrets = [
        {
            "name": name,
            "version": record.latest.version,
            "changed": record.entries[-1].time,
            "author": authors.get(record.entries[-1].author, record.entries[-1].author),
            "removed": record.removed,
        }
        for name, record in sorted(safe.records().items())
        if arguments.removed or not record.removed
    ]
    if arguments.json:
        console.print_json({"schema": "counterseal/list/v1", "safe": safe.place.name, "secrets": secrets})
        return 0
    rows = [[str(it["name"]), _version(it), str(it["changed"]), str(it["author"])] for it in secrets]
    console.table(["secret", "version", "changed", "author"], rows)
    return 0


def _version(secret: Mapping[str, object]) -> str:
    return f"{secret['version']} (removed)" if secret["removed"] else str(secret["version"])
