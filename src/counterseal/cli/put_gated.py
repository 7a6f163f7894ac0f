"""`put aws-sm://…`: a value written to AWS Secrets Manager under a ticket."""

from argparse import Namespace
from collections.abc import Callable

from counterseal.cli.console import Console
from counterseal.cli.gate_arguments import asked_of, show_done, show_looked, whole_aws_secret
from counterseal.errors import Refused, UsageError
from counterseal.hidden import Hidden
from counterseal.references.reference import Reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from counterseal.control.gated import Done, Workplace
    from counterseal.secretstore.writing import NewSecret


def put_gated(arguments: Namespace, value: Callable[[], Hidden], console: Console) -> int:
    """Write the value and say what was done, or only look whether it would be let through."""
    from counterseal.assembly.gating import Gating
    from counterseal.assembly.settings import load_settings

    reference = whole_aws_secret(arguments.secret)
    _check(arguments, reference)
    # Asked for first: somebody may take long to type it, and the gate's clock must not wait for that.
    content = Hidden(b"") if arguments.check else value()
    with Gating(load_settings(), reference, asked_of(arguments, token=arguments.token)) as gating:
        here = gating.workplace(lambda text: console.note(f"counterseal: note: {text}"))
        if arguments.check:
            show_looked(console, arguments, _looked(arguments, reference, here))
            return 0
        done = _done(arguments, reference, content, here)
        principal = "" if arguments.no_ticket else gating.principal
    show_done(console, arguments, done, principal)
    return 0


def _check(arguments: Namespace, reference: Reference) -> None:
    for_safes = [name for name in ("allow_empty", "create_key_file") if getattr(arguments, name)]
    if for_safes:
        raise UsageError(f"--{for_safes[0].replace('_', '-')} is for safe://, and {arguments.secret} is in AWS")
    ways = [bool(arguments.ticket), bool(arguments.token), arguments.no_ticket]
    if not any(ways):
        raise Refused(
            f"{arguments.secret} is changed under a ticket, and none is given",
            hint="--ticket OPS-42 proves the approval; --no-ticket writes without, and an audit will ask for one",
        )
    if sum(ways) > 1:
        raise UsageError("--ticket, --token and --no-ticket are three ways: give one")
    if arguments.create and (reference.pointer or arguments.if_version is not None):
        raise UsageError("--create makes a whole secret: leave out what stands behind #, and --if-version")
    if not arguments.create and (arguments.description or arguments.kms_key or arguments.tag):
        raise UsageError("--description, --kms-key and --tag are for --create")


def _looked(arguments: Namespace, reference: Reference, here: "Workplace") -> str:
    from counterseal.control.gated import look_at_create, look_at_put

    if arguments.create:
        return look_at_create(_new(arguments, reference), here)
    return look_at_put(reference.secret_id, here)


def _done(arguments: Namespace, reference: Reference, value: Hidden, here: "Workplace") -> "Done":
    from counterseal.control.gated import Put, create, put

    if arguments.create:
        return create(_new(arguments, reference), value, here)
    request = Put(
        secret_id=reference.secret_id, value=value, pointer=reference.pointer, if_version=arguments.if_version
    )
    return put(request, here)


def _new(arguments: Namespace, reference: Reference) -> "NewSecret":
    from counterseal.secretstore.writing import NewSecret

    tags = {}
    for text in arguments.tag:
        name, mark, content = text.partition("=")
        if not mark or not name:
            raise UsageError(f"--tag {text!r} is not NAME=TEXT")
        tags[name] = content
    return NewSecret(reference.secret_id, arguments.description, arguments.kms_key, tags)
