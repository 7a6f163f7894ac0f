"""Bytes under names, with conditional writes."""

from counterseal.objects.interface import ObjectStore, StoredObject

__all__ = ["ObjectStore", "StoredObject"]
