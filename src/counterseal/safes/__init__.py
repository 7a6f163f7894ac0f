"""Safes: the secrets of one team, sealed, in a storage that need not be trusted."""

from counterseal.safes.history import Entry, SecretRecord
from counterseal.safes.layout import SafePlace

__all__ = ["Entry", "SafePlace", "SecretRecord"]
