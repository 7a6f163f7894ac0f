"""Print what the ledger holds as metrics for Prometheus, in its text format.

counterseal metrics
counterseal metrics --textfile /var/lib/node_exporter/counterseal.prom

A text file is for the textfile collector of node_exporter, and is written whole. With up.metrics = true in the settings
`counterseal up` answers the same at /metrics.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from counterseal.assembly.alerting import metrics_text
from counterseal.assembly.checkpoints import write_whole
from counterseal.assembly.recorded import recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.clock import SystemClock
from counterseal.errors import SUCCESS


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal metrics`."""
    parser.add_argument("--textfile", type=Path, metavar="FILE", help="write them to this file, whole or not at all")


def run(arguments: Namespace, console: Console) -> int:
    """Print the metrics, or write them."""
    settings = load_settings()
    with recorded(settings) as parts:
        text = metrics_text(parts.ledger, parts.reports, settings, SystemClock())
    if arguments.textfile:
        # node_exporter is another user: what it cannot read, it reports as an error.
        write_whole(arguments.textfile, [text.encode()])
        arguments.textfile.chmod(0o644)
        console.note(f"counterseal: the metrics are in {str(arguments.textfile)!r}")
    else:
        console.write_bytes(text.encode())
    return SUCCESS
