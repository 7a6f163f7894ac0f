"""Print what the ledger holds for Prometheus: findings by verdict, blind time, proved time, alerts that wait.

counterseal metrics
counterseal metrics --textfile /var/lib/node_exporter/counterseal.prom

With --textfile it is written whole, for the textfile collector of node_exporter: run it every minute.
"""

from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.errors import SUCCESS


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal metrics`."""
    parser.add_argument("--textfile", type=Path, metavar="FILE", help="write it to this file instead")


def run(arguments: Namespace, console: Console) -> int:
    """Print the metrics, or write them."""
    from counterseal.assembly.alerts import open_outbox, outbox_path
    from counterseal.assembly.checkpoints import write_whole
    from counterseal.assembly.recorded import recorded
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock
    from counterseal.reports.metrics import exposition

    settings = load_settings()
    waiting = Counter({it.name: 0 for it in settings.alerts})
    if outbox_path(settings).exists():
        with open_outbox(settings) as outbox:
            waiting.update(it.receiver for it in outbox.waiting())
    with recorded(settings) as parts:
        content = exposition(parts.reports, SystemClock().now().replace(microsecond=0), waiting=waiting).encode()
    if arguments.textfile:
        write_whole(arguments.textfile, [content])
    else:
        console.write_bytes(content)
    return SUCCESS
