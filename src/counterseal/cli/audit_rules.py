"""What `audit` and `policy explain` judge by: tickets, counterseals, the policy and the time."""

from argparse import ArgumentParser, Namespace
from contextlib import closing
from datetime import datetime
from pathlib import Path

from counterseal.cli.times import time_argument
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.policy import Policy, read_policy
from counterseal.errors import UsageError


def add_judging_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that say what changes are judged by."""
    said = parser.add_mutually_exclusive_group()
    said.add_argument(
        "--tickets", type=Path, metavar="FILE", help="what the tickets say; without it nothing is approved"
    )
    said.add_argument("--jira", action="store_true", help="ask the Jira of the settings for the tickets")
    parser.add_argument(
        "--issuances", type=Path, metavar="FILE", help="what the notary issued: `counterseal notary export` prints it"
    )
    parser.add_argument(
        "--notary-key", type=Path, metavar="FILE", help="the right to verify: `counterseal notary keys` prints it"
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a signed checkpoint that was kept elsewhere: what it covers of the issuances is anchored",
    )
    parser.add_argument("--checkpoint-key", type=Path, metavar="FILE", help="the key that must have signed it")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML with [policy]; without it, the settings' own")
    parser.add_argument(
        "--as-of", type=time_argument, metavar="TIME", help="the time taken for now, such as 2026-01-31T12:00:00Z"
    )
    parser.add_argument(
        "--baseline", type=time_argument, metavar="DATE", help="list older changes, and count none of them"
    )


def asked_of(arguments: Namespace, policy: Policy) -> Tickets | None:
    """Return what is asked for tickets, None where nobody is: that it answers is seen before any record is read.

    Raises:
        CountersealError: what the settings and Jira raise.
    """
    if not arguments.jira:
        return None
    from counterseal.assembly.settings import load_settings
    from counterseal.assembly.tickets import jira_tickets

    asked = jira_tickets(load_settings(), policy)
    asked.probe()
    return asked


def rules_of(arguments: Namespace, now: datetime, *, with_ledger: bool) -> Rules:
    """Return the policy, of the file given or of the settings, and the time at which it is asked.

    The identities of the ledger are beside its own where that is asked for.

    Raises:
        SettingsError: the policy cannot be read.
        CountersealError: the ledger cannot be read.
    """
    from counterseal.assembly.identities import identities_here
    from counterseal.assembly.settings import load_settings
    from counterseal.control.audit import read_policy_file, with_baseline

    policy = read_policy_file(arguments.policy) if arguments.policy else read_policy(load_settings().policy)
    if with_ledger:
        policy = policy.with_identities(identities_here(load_settings()))
    as_of = (arguments.as_of or now).replace(microsecond=0)
    return Rules(policy=with_baseline(policy, arguments.baseline), as_of=as_of)


def evidence_of(arguments: Namespace, *, with_ledger: bool) -> Evidence:
    """Return what counterseals are checked against: what was given, and what the ledger holds as well where asked.

    Raises:
        UsageError: a checkpoint without its key, or without issuances.
        CountersealError: what reading these files raises.
    """
    from counterseal.assembly.notaries import read_notary_keys
    from counterseal.control.audit import read_issuances_of

    if bool(arguments.checkpoint) != bool(arguments.checkpoint_key) or (
        arguments.checkpoint and not arguments.issuances
    ):
        raise UsageError(
            "--checkpoint and --checkpoint-key go together, and with --issuances",
            hint="a checkpoint proves the age of issuances, and nothing without the key that must have signed it",
        )
    given = Evidence(
        issuances=read_issuances_of(arguments.issuances) if arguments.issuances else None,
        keys=read_notary_keys(arguments.notary_key) if arguments.notary_key else None,
    )
    if arguments.checkpoint:
        from counterseal.assembly.anchors import anchored_by
        from counterseal.assembly.checkpoints import Kept

        given = anchored_by(given, Kept(arguments.checkpoint, arguments.checkpoint_key))
    return _with_ledger(given) if with_ledger else given


def _with_ledger(given: Evidence) -> Evidence:
    from counterseal.assembly.anchors import evidence_here
    from counterseal.assembly.ledgers import ledger_path, open_ledger
    from counterseal.assembly.settings import load_settings

    settings = load_settings()
    if not ledger_path(settings).exists():  # it is made once there is something to record
        return given
    with closing(open_ledger(settings)) as ledger:
        return evidence_here(ledger, settings, given)
