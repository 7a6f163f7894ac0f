"""The append-only record: what was seen, decided and done, each entry bound to the one before."""

from counterseal.ledger.chain import Break, Head, TreeHead
from counterseal.ledger.entry import Draft, Entry, draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Appended, Ledger

__all__ = ["Appended", "Break", "Draft", "Entry", "EntryKind", "Head", "Ledger", "TreeHead", "draft"]
