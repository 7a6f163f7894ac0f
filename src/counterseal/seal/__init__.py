"""Sealing: authenticated encryption bound to the facts of what is sealed, key slots, grants and signatures."""

from counterseal.seal.context import SealContext

__all__ = ["SealContext"]
