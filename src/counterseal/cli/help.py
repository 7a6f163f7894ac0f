"""Explain a topic."""

from argparse import ArgumentParser, Namespace

from counterseal.cli.console import Console
from counterseal.cli.parser import top_level_help
from counterseal.errors import exit_statuses


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal help`."""
    parser.add_argument("topic", nargs="?", choices=["exit-status"], help="what to explain; nothing: the commands")


def run(arguments: Namespace, console: Console) -> int:
    """Print the topic."""
    if arguments.topic == "exit-status":
        console.table(["status", "meaning"], [[str(status), meaning] for status, meaning in exit_statuses().items()])
    else:
        console.print(top_level_help().rstrip("\n"))
    return 0
