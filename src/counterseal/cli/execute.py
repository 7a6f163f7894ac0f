"""Run a command with the references in its environment resolved.

Every variable whose whole value is a reference gets the secret's value; the command then takes this process's place,
so its exit status and the signals it dies of are its own. Nothing is run when one value cannot be had.
No COUNTERSEAL_* variable reaches the command.
"""

import os
from argparse import ArgumentParser, Namespace
from functools import partial

from counterseal.assembly.delivering import store_for, withheld_names
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.delivery.environment import child_environment, other_products_in, references_in
from counterseal.delivery.execute import execute
from counterseal.delivery.resolve import resolve


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal exec`."""
    parser.usage = "counterseal exec [--only NAME ... | --pristine [NAME ...]] -- COMMAND [ARGUMENT ...]"
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--only", nargs="+", action="extend", default=[], metavar="NAME", help="resolve these variables and no others"
    )
    choice.add_argument(
        "--pristine",
        nargs="*",
        action="extend",
        metavar="NAME",
        help="give the command the resolved variables, the ones named here, and nothing else",
    )
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="the command and its arguments, after --")


def run(arguments: Namespace, console: Console) -> int:
    """Resolve, and become the command."""
    environment = dict(os.environb)
    references = references_in(environment, arguments.only)
    for name, owner in other_products_in(environment).items():
        console.note(f"counterseal: note: variable {name} belongs to {owner} and was left alone")
    settings = load_settings()
    values = resolve(list(references.values()), partial(store_for, settings))
    child = child_environment(
        environment,
        dict(zip(references, values, strict=True)),
        pristine=arguments.pristine,
        withheld=withheld_names(settings),
    )
    execute(arguments.command, child, os.environ.get("PATH"))
