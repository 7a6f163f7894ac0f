"""Secrets by name, version and stage."""

from counterseal.secretstore.interface import SecretStore
from counterseal.secretstore.version import SecretRequest, SecretVersion

__all__ = ["SecretRequest", "SecretStore", "SecretVersion"]
