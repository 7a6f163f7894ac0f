"""The policy that this machine judges by: as it is written, with the identities that its ledger holds."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from counterseal.assembly.ledgers import ledger_path, open_existing_ledger
from counterseal.assembly.settings import Settings
from counterseal.control.audit import read_policy_file, read_tickets
from counterseal.control.identities import Identities, Word, identities_of, words_in
from counterseal.correlation.tickets.policy import Policy, read_policy


def policy_here(settings: Settings, file: Path | None) -> Policy:
    """Return the policy of a file, else that of the settings, with the identities of the ledger.

    Raises:
        SettingsError: the policy cannot be read.
        Denied, MalformedInput, Refused, Unreachable: a ledger is there and cannot be read.
    """
    policy = read_policy_file(file) if file else read_policy(settings.policy)
    return policy.with_identities(identities_here(settings))


class Written(NamedTuple):
    """Whom the settings' policy and the ticket file map, and the newest words of the ledger."""

    settings: Identities
    tickets: Identities
    words: Sequence[Word]

    def maps(self) -> tuple[Identities, Identities, Identities]:
        """Return the three maps, which add up."""
        return self.settings, self.tickets, identities_of(self.words)

    def known(self) -> Identities:
        """Return the three as one."""
        policy = Policy()
        for it in self.maps():
            policy = policy.with_identities(it)
        return policy.identities


def written_here(settings: Settings, *, policy: Path | None = None, tickets: Path | None = None) -> Written:
    """Return every mapping, and where it is written; files that are given go before those of the settings.

    Raises:
        CountersealError: what reading the policy, the ticket file and the ledger raises.
    """
    judged_by = read_policy_file(policy) if policy else read_policy(settings.policy)
    file = tickets or settings.tickets_file
    told = read_tickets(file, judged_by).identities if file else {}
    return Written(judged_by.identities, told, words_here(settings))


def words_here(settings: Settings) -> Sequence[Word]:
    """Return the newest word of the ledger about each pair, none where there is no ledger: it is not made for that.

    Raises:
        Denied, MalformedInput, Refused, Unreachable: a ledger is there and cannot be read.
    """
    if not ledger_path(settings).exists():
        return ()
    with closing(open_existing_ledger(settings)) as ledger:
        return words_in(ledger)


def identities_here(settings: Settings) -> Identities:
    """Return the identities of the ledger.

    Raises:
        Denied, MalformedInput, Refused, Unreachable: as `words_here`.
    """
    return identities_of(words_here(settings))
