"""Set up the notary of this machine, hand out the right to verify, export and revoke counterseals.

    counterseal notary init               make the key that issues; --new-key adds another, old ones still verify
    counterseal notary keys               print the right to verify: a file for `audit --notary-key`; --kms: for
                                          auditors whom KMS lets check codes as well
    counterseal notary export             print what was issued and revoked: a file for `audit --issuances`
    counterseal notary revoke TOKEN --reason TEXT     take a counterseal back, from now on

The key file is for its owner alone (`notary.key_file` in the settings). Where the settings name keys in KMS
(`notary.kms_mac_key`, `notary.kms_signing_key`), `init` takes these, and the file only says where they are.
What `keys` and `export` print holds no secret.
"""

from argparse import ArgumentParser, Namespace
from contextlib import closing

from counterseal.assembly.settings import Settings
from counterseal.cli.console import Console
from counterseal.errors import UsageError


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal notary`."""
    parser.add_argument("action", choices=("init", "keys", "export", "revoke"), help="what to do")
    parser.add_argument("counterseal", nargs="?", metavar="TOKEN", help="with revoke: its token, or its issuance id")
    parser.add_argument("--new-key", action="store_true", help="with init: add a key to those that are there")
    parser.add_argument("--kms", action="store_true", help="with keys: the lines with which KMS is asked about codes")
    parser.add_argument("--reason", metavar="TEXT", help="with revoke: why")


def run(arguments: Namespace, console: Console) -> int:
    """Do what was asked."""
    from counterseal.assembly.settings import load_settings

    _check(arguments)
    settings = load_settings()
    match arguments.action:
        case "init":
            _init(settings, console, beside_others=arguments.new_key)
        case "keys":
            _keys(settings, console, for_kms=arguments.kms)
        case "export":
            _export(settings, console)
        case _:
            _revoke(arguments, settings, console)
    return 0


def _check(arguments: Namespace) -> None:
    revokes = arguments.action == "revoke"
    if revokes and not (arguments.counterseal and arguments.reason):
        raise UsageError("revoke needs a token and --reason", hint="counterseal notary revoke TOKEN --reason TEXT")
    if not revokes and (arguments.counterseal or arguments.reason):
        raise UsageError(f"{arguments.action} takes no token and no --reason")
    if arguments.new_key and arguments.action != "init":
        raise UsageError("--new-key goes with init", hint="counterseal notary init --new-key")
    if arguments.kms and arguments.action != "keys":
        raise UsageError("--kms goes with keys", hint="counterseal notary keys --kms")


def _init(settings: Settings, console: Console, *, beside_others: bool) -> None:
    from counterseal.assembly.notaries import key_file_of, make_notary_key

    key_id = make_notary_key(settings, beside_others=beside_others)
    console.print(key_id)
    file = str(key_file_of(settings))
    if settings.notary_kms_signing_key:
        console.note(
            f"counterseal: note: KMS holds it, {file!r} says where; whom KMS lets sign and make codes can issue"
        )
    else:
        console.note(f"counterseal: note: its file is {file!r}; whoever has it can issue")


def _keys(settings: Settings, console: Console, *, for_kms: bool) -> None:
    from counterseal.assembly.notaries import read_own_keys

    for key in read_own_keys(settings):
        asks_kms = for_kms and key.mac_key
        console.print((key.kms_line() if asks_kms else key.public_line()).rstrip())


def _export(settings: Settings, console: Console) -> None:
    from counterseal.assembly.ledgers import open_ledger
    from counterseal.control.notary import issuances_in
    from counterseal.correlation.tickets.issuance_file import write_issuances

    with closing(open_ledger(settings)) as ledger:
        console.print(write_issuances(issuances_in(ledger)).rstrip())


def _revoke(arguments: Namespace, settings: Settings, console: Console) -> None:
    from counterseal.assembly.ledgers import open_ledger
    from counterseal.assembly.notaries import open_notary
    from counterseal.clock import SystemClock, format_time
    from counterseal.control.notary import Office, revoke

    notary = open_notary(settings)
    with closing(open_ledger(settings)) as ledger:
        now = SystemClock().now().replace(microsecond=0)
        revoked = revoke(arguments.counterseal, arguments.reason, now, Office(notary, ledger))
    revocation = revoked.revocation
    console.print(f"{revocation.issuance_id} is revoked from {format_time(revocation.revoked_at)}")
