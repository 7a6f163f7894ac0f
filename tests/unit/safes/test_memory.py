"""What a machine remembers of heads."""

import pytest
from tests.contracts.safe import TEAM, UNLOCK, Interrupted, overwrite, storage_on

from counterseal.errors import MalformedInput, RolledBack
from counterseal.hidden import Hidden
from counterseal.objects.memory import MemoryObjects
from counterseal.safes.memory import HeadMemory, SeenHead
from counterseal.safes.opening import SafeStorage, create_safe
from counterseal.safes.safe import Safe


@pytest.fixture
def storage() -> SafeStorage:
    return storage_on(MemoryObjects())


@pytest.fixture
def safe(storage: SafeStorage) -> Safe:
    create_safe(storage, TEAM, UNLOCK, founder="ada")
    return Safe(storage, TEAM, UNLOCK)


def test_the_highest_head_is_remembered(safe: Safe, storage: SafeStorage) -> None:
    safe.put("a", Hidden(b"1"))

    assert storage.memory.seen(TEAM) == SeenHead(2, safe.head.digest)


def test_the_same_safe_in_another_storage_is_another(safe: Safe, storage: SafeStorage) -> None:
    elsewhere = HeadMemory(storage.memory._objects, storage="elsewhere")

    assert elsewhere.seen(TEAM) is None


def test_a_head_so_far_ahead_that_its_trail_does_not_reach_back_is_believed(safe: Safe, storage: SafeStorage) -> None:
    ahead = safe.head._replace(facts=safe.head.facts._replace(counter=1000))

    storage.memory.check(ahead, TEAM)

    assert storage.memory.seen(TEAM) == SeenHead(1000, ahead.digest)


def test_a_damaged_memory_is_named_and_not_taken_for_none(safe: Safe, storage: SafeStorage) -> None:
    (name,) = storage.memory._objects.names("seen/")
    overwrite(storage.memory._objects, name, b"damaged")

    with pytest.raises(MalformedInput, match="what this machine remembers of safe://team is damaged"):
        Safe(storage, TEAM, UNLOCK)


def test_what_two_processes_see_at_once_is_remembered_at_its_highest(safe: Safe, storage: SafeStorage) -> None:
    objects = storage.memory._objects
    other = HeadMemory(objects, storage="test")
    higher = safe.head._replace(facts=safe.head.facts._replace(counter=1001))
    racing = HeadMemory(Interrupted(objects, lambda: other.check(higher, TEAM)), storage="test")

    with pytest.raises(RolledBack):
        racing.check(safe.head._replace(facts=safe.head.facts._replace(counter=1000)), TEAM)

    assert other.seen(TEAM) == SeenHead(1001, higher.digest)
