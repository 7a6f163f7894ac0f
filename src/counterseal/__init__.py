"""Secrets sealed, delivered by reference, and every change to them accounted for."""

# A constant, so that asking for the version reads no package metadata (it would triple start-up).
__version__ = "0.1.0"
__all__ = ["__version__"]
