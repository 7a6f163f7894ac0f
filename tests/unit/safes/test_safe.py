"""A safe, on every storage that needs no server, and in the cases that no healthy storage shows."""

from pathlib import Path

import pytest
from tests.contracts.safe import TEAM, UNLOCK, Interrupted, SafeContract, overwrite, storage_on

from counterseal.errors import (
    Conflict,
    ForeignObject,
    ObjectNotFound,
    Refused,
    SealBroken,
    SecretNotFound,
    Unreachable,
    WrongUnlockKey,
)
from counterseal.hidden import Hidden
from counterseal.objects import ObjectStore
from counterseal.objects.local import LocalObjects
from counterseal.objects.memory import MemoryObjects
from counterseal.safes.layout import safe_place
from counterseal.safes.opening import SafeStorage, believed, create_safe, safe_exists
from counterseal.safes.safe import Safe
from counterseal.safes.secrets import SafeSecrets
from counterseal.seal.slots import KeyFileUnlock
from counterseal.secretstore import SecretRequest


class TestSafeInMemory(SafeContract):
    @pytest.fixture
    def objects(self) -> MemoryObjects:
        return MemoryObjects()


class TestSafeInAFolder(SafeContract):
    @pytest.fixture
    def objects(self, tmp_path: Path) -> LocalObjects:
        return LocalObjects(tmp_path / "storage")


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


@pytest.fixture
def storage(objects: ObjectStore) -> SafeStorage:
    return storage_on(objects)


@pytest.fixture
def safe(storage: SafeStorage) -> Safe:
    create_safe(storage, TEAM, UNLOCK, founder="ada")
    return Safe(storage, TEAM, UNLOCK)


class LosesAnswers(Interrupted):
    """A storage whose answer to the next replacement is lost after it was done, or before."""

    def __init__(self, objects: ObjectStore, *, failure: Exception, done: bool) -> None:
        super().__init__(objects, lambda: None)
        self._failures = [failure]
        self._done = done

    def replace(self, object_name: str, content: bytes, *, tag: str) -> str:
        if self._failures:
            failure = self._failures.pop()
            if self._done:
                super().replace(object_name, content, tag=tag)
            raise failure
        return super().replace(object_name, content, tag=tag)


@pytest.mark.parametrize("failure", [Unreachable("no answer"), Conflict("a repeated request")])
def test_an_answer_that_was_lost_after_the_head_moved_counts_as_moved(
    safe: Safe, objects: ObjectStore, failure: Exception
) -> None:
    losing = Safe(storage_on(LosesAnswers(objects, failure=failure, done=True)), TEAM, UNLOCK)

    assert losing.put("a", Hidden(b"1")).version == 1

    safe.refresh()
    assert safe.get("a")[1] == Hidden(b"1")


def test_a_storage_that_did_not_answer_and_did_nothing_is_reported(safe: Safe, objects: ObjectStore) -> None:
    losing = Safe(storage_on(LosesAnswers(objects, failure=Unreachable("no answer"), done=False)), TEAM, UNLOCK)

    with pytest.raises(Unreachable):
        losing.put("a", Hidden(b"1"))

    assert safe.refresh().content.records == {}


class NeverTakes(Interrupted):
    """A storage whose head somebody else moves before every replacement."""

    def replace(self, object_name: str, content: bytes, *, tag: str) -> str:
        raise Conflict("moved")


def test_a_head_that_never_stands_still_ends_in_a_conflict(safe: Safe, objects: ObjectStore) -> None:
    with pytest.raises(Conflict, match="moves all the time"):
        Safe(storage_on(NeverTakes(objects, lambda: None)), TEAM, UNLOCK).put("a", Hidden(b"1"))


def test_a_secret_made_by_two_at_once_belongs_to_the_first(safe: Safe, objects: ObjectStore) -> None:
    racing = Safe(storage_on(Interrupted(objects, lambda: safe.put("a", Hidden(b"first")))), TEAM, UNLOCK)

    with pytest.raises(Conflict, match="ada put version 1"):
        racing.put("a", Hidden(b"second"))

    assert safe.get("a")[1] == Hidden(b"first")


def test_an_object_left_over_by_a_crash_is_stepped_over(safe: Safe, objects: ObjectStore) -> None:
    safe.put("a", Hidden(b"1"))
    objects.create(safe.place.secret_name(safe.record("a").object_id, 2), b"left over")

    entry = safe.put("a", Hidden(b"2"))

    assert entry.version == 3
    assert safe.get("a")[1] == Hidden(b"2")
    with pytest.raises(SecretNotFound, match="has no version 2"):
        safe.get("a", 2)


def test_a_membership_left_over_by_a_crash_is_stepped_over(storage: SafeStorage, objects: ObjectStore) -> None:
    objects.create(TEAM.membership_name(1), b"left over")

    create_safe(storage, TEAM, UNLOCK, founder="ada")

    assert Safe(storage, TEAM, UNLOCK).records() == {}


def test_another_object_sealed_for_the_same_place_is_not_taken_for_it(safe: Safe, objects: ObjectStore) -> None:
    safe.put("a", Hidden(b"1"))
    name = safe.place.secret_name(safe.record("a").object_id, 1)
    twin = safe._sealer.seal(Hidden(b"planted"), safe._context(safe.record("a").object_id, 1, 1))
    overwrite(objects, name, twin)

    with pytest.raises(SealBroken, match="another object stands in the place"):
        safe.get("a")


def test_a_safe_is_made_once(storage: SafeStorage, safe: Safe) -> None:
    assert safe_exists(storage, TEAM)
    with pytest.raises(Conflict, match="somebody else made safe://team first"):
        create_safe(storage_on(storage.objects), TEAM, UNLOCK, founder="eve")


def test_a_safe_that_is_not_there_is_said_to_be_so(storage: SafeStorage) -> None:
    assert not safe_exists(storage, TEAM)
    with pytest.raises(SecretNotFound, match="there is no safe safe://team"):
        Safe(storage, TEAM, UNLOCK)


def test_the_wrong_key_opens_nothing(storage: SafeStorage, safe: Safe) -> None:
    with pytest.raises(WrongUnlockKey, match="safe://team: the key file does not open this safe"):
        Safe(storage, TEAM, KeyFileUnlock(Hidden(b"x" * 32)))


def test_a_refresh_of_a_head_that_was_never_remembered_says_it_is_gone(safe: Safe, objects: ObjectStore) -> None:
    objects.delete(TEAM.head_name)
    safe._storage = storage_on(objects)

    with pytest.raises(ObjectNotFound):
        safe.refresh()


def test_what_is_removed_is_not_removed_twice(safe: Safe) -> None:
    safe.put("a", Hidden(b"1"))
    safe.remove("a")

    with pytest.raises(SecretNotFound, match="was removed on 2026-01-31"):
        safe.remove("a")


def test_a_removed_secret_can_be_put_again_and_keeps_its_history(safe: Safe) -> None:
    safe.put("a", Hidden(b"1"))
    safe.remove("a")
    safe.put("a", Hidden(b"2"), if_version=0)

    assert safe.record("a").live_version == 2
    assert safe.get("a", 1)[1] == Hidden(b"1")


def test_restoring_what_is_not_removed_needs_a_version(safe: Safe) -> None:
    safe.put("a", Hidden(b"1"))

    with pytest.raises(Refused, match="is not removed"):
        safe.restore("a")
    with pytest.raises(SecretNotFound, match="no version 7"):
        safe.restore("a", 7)


def test_a_missing_secret_is_named_with_the_way_to_find_others(safe: Safe) -> None:
    with pytest.raises(SecretNotFound, match="no secret is named 'db/pasword'") as refusal:
        safe.get("db/pasword")

    assert refusal.value.hint == "counterseal list safe://team shows the names"


def test_a_writer_told_that_a_secret_is_not_there(safe: Safe) -> None:
    with pytest.raises(Conflict, match="is not there, not at version 4"):
        safe.put("a", Hidden(b"1"), if_version=4)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 1025, "\ud800"])
def test_what_cannot_be_a_name_is_refused(safe: Safe, name: str) -> None:
    with pytest.raises(Refused, match="cannot be a name"):
        safe.put(name, Hidden(b"1"))


def test_a_name_is_the_same_however_its_letters_are_composed(safe: Safe) -> None:
    safe.put("caf\u00e9", Hidden(b"1"))

    assert safe.get("cafe\u0301")[1] == Hidden(b"1")


def test_a_head_of_another_safe_is_refused(storage: SafeStorage, safe: Safe, objects: ObjectStore) -> None:
    other = safe_place("other")
    create_safe(storage, other, UNLOCK, founder="ada")
    overwrite(objects, TEAM.head_name, objects.read(other.head_name).content)

    with pytest.raises(ForeignObject, match="of another safe"):
        Safe(storage, TEAM, UNLOCK)


def test_a_tampered_head_is_refused_and_named(storage: SafeStorage, safe: Safe, objects: ObjectStore) -> None:
    stored = objects.read(TEAM.head_name).content
    overwrite(objects, TEAM.head_name, stored[:-70] + bytes([stored[-70] ^ 1]) + stored[-69:])

    with pytest.raises(SealBroken, match="the head of safe://team: the signature is broken"):
        Safe(storage, TEAM, UNLOCK)


@pytest.mark.parametrize(
    "request_", [SecretRequest("a", stage="AWSCURRENT"), SecretRequest("a", "0"), SecretRequest("a", "1x")]
)
def test_safes_have_numbered_versions_and_no_stages(safe: Safe, request_: SecretRequest) -> None:
    safe.put("a", Hidden(b"1"))

    with pytest.raises(SecretNotFound):
        SafeSecrets(safe).fetch([request_])


def test_equal_requests_read_an_object_once(safe: Safe, objects: ObjectStore) -> None:
    safe.put("a", Hidden(b"1"))

    found = SafeSecrets(safe).fetch([SecretRequest("a"), SecretRequest("a")])

    assert found[0] is found[1]


def test_a_head_that_another_process_overtook_is_not_taken_for_a_rollback(
    safe: Safe, storage: SafeStorage, objects: ObjectStore
) -> None:
    # Two processes of one machine: this one read head 1, the other moved it to 2 and remembered that.
    stored = objects.read(TEAM.head_name)
    Safe(storage, TEAM, UNLOCK).put("a", Hidden(b"1"))

    assert believed(storage, TEAM, safe._unlocked, stored).facts.counter == 2
