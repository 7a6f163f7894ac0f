"""Print what the ledger holds for Prometheus: findings by verdict, blind time, proved time, alerts that wait.

counterseal metrics
counterseal metrics --textfile /var/lib/node_exporter/counterseal.prom

With --textfile it is written whole, for the textfile collector of node_exporter: run it every minute.
With up.metrics = true in the settings `counterseal up` answers the same at /metrics.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from counterseal.cli.console import Console
from counterseal.errors import SUCCESS


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal metrics`."""
    parser.add_argument("--textfile", type=Path, metavar="FILE", help="write it to this file instead")


def run(arguments: Namespace, console: Console) -> int:
    """Print the metrics, or write them."""
    from counterseal.assembly.checkpoints import write_whole
    from counterseal.assembly.measuring import metrics_text
    from counterseal.assembly.recorded import recorded
    from counterseal.assembly.settings import load_settings
    from counterseal.clock import SystemClock

    settings = load_settings()
    with recorded(settings) as parts:
        content = metrics_text(parts.ledger, parts.reports, settings, SystemClock()).encode()
    if arguments.textfile:
        write_whole(arguments.textfile, [content])
        # node_exporter is another user; a file written whole is its owner's alone until this.
        arguments.textfile.chmod(0o644)
    else:
        console.write_bytes(content)
    return SUCCESS
