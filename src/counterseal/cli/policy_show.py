"""Print AWS policies of the product's roles: exact actions on exact resources.

What is given here, or stands in the settings, stands in their places; what is open shows as <place>, and is said.
Several --secret, --project or role options may be given where a policy speaks of several. One policy is
printed as AWS takes it; a group, such as broker, as one object of them by name.
"""

import json
from argparse import ArgumentParser, Namespace

from counterseal.assembly.policies import given_by
from counterseal.assembly.settings import load_settings
from counterseal.cli.console import Console
from counterseal.errors import NotFound
from counterseal.provisioning.catalogue import PLACES, SHOWN, given_for
from counterseal.provisioning.policy import Policy, filled


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal policy show`."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="which; without it, the names there are")
    for place, it in PLACES.items():
        option = f"--{place.replace('_', '-')}"
        parser.add_argument(option, action="append", default=[], metavar="TEXT", dest=place, help=it.meaning)
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts, with what is open")


def run(arguments: Namespace, console: Console) -> int:
    """Print the policy, or the names there are."""
    if arguments.name is None:
        return _list(arguments, console)
    if arguments.name not in SHOWN:
        raise NotFound(f"there is no policy {arguments.name!r}", hint=f"there are {', '.join(SHOWN)}")
    said = {place: tuple(getattr(arguments, place)) for place in PLACES if getattr(arguments, place)}
    given = given_for(given_by(load_settings()) | said)
    policies = [filled(it, given) for it in SHOWN[arguments.name]]
    if arguments.json:
        console.print_json({"schema": "counterseal/policies/v1", "policies": [_for_scripts(it) for it in policies]})
        return 0
    documents = {it.name: it.document() for it in policies}
    console.print(json.dumps(documents if len(documents) > 1 else policies[0].document(), indent=2))
    for policy in policies:
        _explain(policy, console)
    return 0


def _list(arguments: Namespace, console: Console) -> int:
    names = {name: _meaning(group) for name, group in SHOWN.items()}
    if arguments.json:
        console.print_json({"schema": "counterseal/policy-names/v1", "names": names})
    else:
        console.table(("Policy", "What it is for"), list(names.items()))
    return 0


def _meaning(group: tuple[Policy, ...]) -> str:
    return group[0].meaning if len(group) == 1 else f"these together: {', '.join(it.name for it in group)}"


def _for_scripts(policy: Policy) -> dict[str, object]:
    return {
        "name": policy.name,
        "meaning": policy.meaning,
        "open": list(_open(policy)),
        "unscoped": {it.sid: it.unscoped_because for it in policy.statements if it.unscoped_because},
        "document": policy.document(),
    }


def _open(policy: Policy) -> tuple[str, ...]:
    """Return the places that are open, less those of statements that are left out while nothing stands in them."""
    return policy.kept().places()


def _explain(policy: Policy, console: Console) -> None:
    console.note(f"counterseal: note: {policy.name}: {policy.meaning}")
    for it in policy.kept().statements:
        if it.unscoped_because:
            console.note(f"counterseal: note: {it.sid} is on every resource: {it.unscoped_because}")
    for place in _open(policy):
        console.note(f"counterseal: note: <{place}> is open: --{place.replace('_', '-')} is {PLACES[place].meaning}")
