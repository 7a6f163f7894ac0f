"""Explain a verdict by the rules that gave it, or show the AWS policies of the product's roles, ready to attach.

counterseal policy explain EVENT_ID logs/ --tickets tickets.json
counterseal policy show                      list the policies there are
counterseal policy show reader --secret db/password --account 111122223333 --region eu-west-1
counterseal policy show broker               everything that broker sessions are set up with
"""

from argparse import ArgumentParser, Namespace

from counterseal.cli import policy_explain, policy_show
from counterseal.cli.console import Console

_ACTIONS = {"explain": policy_explain, "show": policy_show}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal policy`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    for name, module in _ACTIONS.items():
        summary = (module.__doc__ or "").partition("\n")[0]
        added = actions.add_parser(
            name, help=summary, description=module.__doc__, formatter_class=parser.formatter_class
        )
        module.add_arguments(added)


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked."""
    status: int = _ACTIONS[arguments.action].run(arguments, console)
    return status
