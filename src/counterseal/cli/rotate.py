r"""Rotate a secret in AWS Secrets Manager under a ticket: draw a new value, stage it, try it, make it current.

    counterseal rotate aws-sm://eu-west-1/db/password --ticket OPS-42 --test 'psql "$DSN" -c "select 1"' --as PGPASSWORD
    counterseal rotate 'aws-sm://eu-west-1/db#/password' --ticket OPS-42 --length 40
    counterseal rotate aws-sm://eu-west-1/db/password --ticket OPS-42 --hand-over

The new value is staged as AWSPENDING under a counterseal and given to the test in its environment, never as an
argument. A test that ends with 0 makes it current; any other takes it back, and the value before stays current.
Programs that read the current value never see one that failed. An interrupted rotation goes on when the same command
is run again. --hand-over lets AWS rotate by the function that the secret was set up with, under a counterseal.
"""

import os
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from counterseal.cli.console import Console
from counterseal.cli.gate_arguments import add_gate_arguments, asked_of, show_done, show_looked, whole_aws_secret
from counterseal.errors import UsageError
from counterseal.hidden import Hidden
from counterseal.references.reference import Reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from counterseal.assembly.gating import Gating
    from counterseal.assembly.settings import Settings
    from counterseal.control.gated import Workplace
    from counterseal.control.rotate import Rotation

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal rotate`."""
    parser.add_argument("secret", metavar="aws-sm://[ACCESS@]REGION/SECRET[#/FIELD]", help="what to rotate")
    drawn = parser.add_argument_group("the new value")
    drawn.add_argument("--length", type=int, default=32, metavar="N", help="how many characters; without it 32")
    drawn.add_argument(
        "--alphabet",
        choices=("letters-digits", "printable", "url", "hex"),
        default="letters-digits",
        help="which characters; without it letters-digits",
    )
    drawn.add_argument("--characters", metavar="CHARACTERS", help="exactly these characters, instead of an alphabet")
    drawn.add_argument("--every-kind", action="store_true", help="at least one of each kind of character")
    drawn.add_argument("--words", type=int, default=0, metavar="N", help="so many words of five letters, 16 bits each")
    tried = parser.add_argument_group("trying it")
    tried.add_argument("--test", metavar="COMMAND", help="a shell command that ends with 0 where the new value works")
    tried.add_argument(
        "--as", dest="variable", default="PENDING_VALUE", metavar="NAME", help="the variable that it finds it in"
    )
    tried.add_argument("--keep-pending", action="store_true", help="leave a value that failed staged, to look at it")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--abandon", action="store_true", help="take back what an interrupted run staged")
    ways.add_argument("--hand-over", action="store_true", help="let AWS rotate, as the secret is set up")
    add_gate_arguments(parser)


def run(arguments: Namespace, console: Console) -> int:
    """Rotate it and say which version is current."""
    from counterseal.assembly.gating import Gating
    from counterseal.assembly.settings import load_settings

    reference = whole_aws_secret(arguments.secret)
    _check(arguments, reference)
    settings = load_settings()
    with Gating(settings, reference, asked_of(arguments)) as gating:
        here = gating.workplace(lambda text: console.note(f"counterseal: note: {text}"))
        if arguments.hand_over:
            return _handed_over(arguments, reference, (gating, here), console)
        return _rotated(arguments, _rotation(arguments, reference, settings), (gating, here), console)


def _rotated(arguments: Namespace, rotation: "Rotation", where: "tuple[Gating, Workplace]", console: Console) -> int:
    from counterseal.control.rotate import abandon, look_at_rotation, rotate

    gating, here = where
    if arguments.check:
        show_looked(console, arguments, look_at_rotation(rotation, here, gating.own()))
    elif arguments.abandon:
        console.print(f"version {abandon(rotation, here)} is no longer staged; the value before is current")
    else:
        done = rotate(rotation, here, gating.own())
        show_done(console, arguments, done, gating.principal)
    return 0


def _handed_over(
    arguments: Namespace, reference: Reference, where: "tuple[Gating, Workplace]", console: Console
) -> int:
    from counterseal.control.rotate import hand_over, look_at_hand_over

    gating, here = where
    if arguments.check:
        show_looked(console, arguments, look_at_hand_over(reference.secret_id, here))
        return 0
    show_done(console, arguments, hand_over(reference.secret_id, here), gating.principal)
    return 0


def _check(arguments: Namespace, reference: Reference) -> None:
    if not arguments.ticket:
        raise UsageError("no ticket is given", hint="--ticket OPS-42: a rotation is made under one")
    if not _VARIABLE.fullmatch(arguments.variable) or arguments.variable.startswith("COUNTERSEAL_"):
        raise UsageError(f"--as {arguments.variable!r} cannot be the variable that a test finds the value in")
    if arguments.hand_over and (reference.pointer or arguments.test):
        raise UsageError("--hand-over lets AWS draw and test the value: leave out --test, and what stands behind #")


def _rotation(arguments: Namespace, reference: Reference, settings: "Settings") -> "Rotation":
    from counterseal.control.rotate import Rotation
    from counterseal.secretstore.generation import ALPHABETS, Recipe, generate

    characters = arguments.characters or ALPHABETS[arguments.alphabet]
    recipe = Recipe(arguments.length, characters, arguments.words, arguments.every_kind)
    return Rotation(
        secret_id=reference.secret_id,
        issue_key=arguments.ticket,
        draw=lambda: generate(recipe),
        pointer=reference.pointer,
        attempt=_attempt(arguments, settings) if arguments.test else None,
        keep_pending=arguments.keep_pending,
    )


def _attempt(arguments: Namespace, settings: "Settings") -> Callable[[Hidden], int]:
    from counterseal.assembly.delivering import withheld_names
    from counterseal.delivery.trial import try_value

    withheld = withheld_names(settings)
    return lambda value: try_value(
        arguments.test, arguments.variable, value, environment=dict(os.environb), withheld=withheld
    )
