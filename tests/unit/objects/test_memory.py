"""Objects in memory."""

import pytest
from tests.contracts.object_store import ObjectStoreContract

from counterseal.objects.memory import MemoryObjects


class TestMemoryObjects(ObjectStoreContract):
    @pytest.fixture
    def store(self) -> MemoryObjects:
        return MemoryObjects()
