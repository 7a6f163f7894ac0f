"""What a secret is called in somebody's text."""

from counterseal.references.reference import Reference

__all__ = ["Reference"]
