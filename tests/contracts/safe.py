"""What a safe does and what it refuses, whatever storage it lies in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from counterseal.clock import FixedClock
from counterseal.errors import Conflict, ForeignObject, RolledBack, SealBroken, SecretNotFound
from counterseal.hidden import Hidden
from counterseal.objects import ObjectStore, StoredObject
from counterseal.objects.memory import MemoryObjects
from counterseal.safes import SafePlace
from counterseal.safes.layout import safe_place
from counterseal.safes.memory import HeadMemory
from counterseal.safes.opening import SafeStorage, create_safe
from counterseal.safes.safe import Safe
from counterseal.safes.secrets import SafeSecrets
from counterseal.seal.slots import KeyFileUnlock
from counterseal.secretstore import SecretRequest

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
UNLOCK = KeyFileUnlock(Hidden(b"k" * 32))
TEAM = safe_place("team")


def storage_on(objects: ObjectStore) -> SafeStorage:
    """Return a storage as one machine sees it: with a memory of its own."""
    return SafeStorage(objects, HeadMemory(MemoryObjects(), storage="test"), FixedClock(NOON))


def overwrite(objects: ObjectStore, object_name: str, content: bytes) -> None:
    """Do what whoever owns the storage can do: put any bytes in the place of an object."""
    objects.replace(object_name, content, tag=objects.read(object_name).tag)


class Interrupted:
    """A storage in which somebody else acts just before a head is moved, once."""

    def __init__(self, objects: ObjectStore, rival: Callable[[], object]) -> None:
        self._objects = objects
        self._rivals = [rival]

    def read(self, object_name: str) -> StoredObject:
        return self._objects.read(object_name)

    def read_if_changed(self, object_name: str, tag: str) -> StoredObject | None:
        return self._objects.read_if_changed(object_name, tag)

    def create(self, object_name: str, content: bytes) -> str:
        return self._objects.create(object_name, content)

    def replace(self, object_name: str, content: bytes, *, tag: str) -> str:
        while self._rivals:
            self._rivals.pop()()
        return self._objects.replace(object_name, content, tag=tag)

    def delete(self, object_name: str) -> None:
        self._objects.delete(object_name)

    def names(self, prefix: str) -> Iterator[str]:
        return self._objects.names(prefix)


class SafeContract:
    """Subclass it with a fixture `objects` that gives an empty object store."""

    @pytest.fixture
    def storage(self, objects: ObjectStore) -> SafeStorage:
        return storage_on(objects)

    @pytest.fixture
    def safe(self, storage: SafeStorage) -> Safe:
        create_safe(storage, TEAM, UNLOCK, founder="ada")
        return Safe(storage, TEAM, UNLOCK)

    def test_what_was_put_is_got_byte_for_byte_with_its_history(self, safe: Safe) -> None:
        safe.put("db/password", Hidden(b"one"))
        safe.put("db/password", Hidden(b"\x00two\r\n"))

        assert safe.get("db/password")[1] == Hidden(b"\x00two\r\n")
        assert safe.get("db/password", 1)[1] == Hidden(b"one")
        entries = [(it.action, it.version, it.time) for it in safe.record("db/password").entries]
        assert entries == [("put", 1, "2026-01-31T12:00:00Z"), ("put", 2, "2026-01-31T12:00:00Z")]

    def test_another_machine_reads_what_this_one_put(self, safe: Safe, objects: ObjectStore) -> None:
        safe.put("db/password", Hidden(b"one"))

        assert Safe(storage_on(objects), TEAM, UNLOCK).get("db/password")[1] == Hidden(b"one")

    def test_one_tampered_byte_is_refused(self, safe: Safe, objects: ObjectStore) -> None:
        safe.put("db/password", Hidden(b"one"))
        (name,) = objects.names(f"{TEAM.workspace}/{TEAM.safe}/o/")
        stored = bytearray(objects.read(name).content)
        stored[-1] ^= 1
        overwrite(objects, name, bytes(stored))

        with pytest.raises(SealBroken, match=r"version 1 of safe://team/db/password: the seal is broken") as refusal:
            safe.get("db/password")

        assert type(refusal.value) is SealBroken

    def test_an_object_copied_to_another_name_is_refused(self, safe: Safe, objects: ObjectStore) -> None:
        safe.put("db/password", Hidden(b"one"))
        safe.put("db/user", Hidden(b"app"))
        source, target = (_object_of(safe, name) for name in ("db/user", "db/password"))
        overwrite(objects, target, objects.read(source).content)

        with pytest.raises(ForeignObject, match="db/password"):
            safe.get("db/password")

        assert safe.get("db/user")[1] == Hidden(b"app")

    def test_an_older_version_in_the_place_of_the_current_one_is_refused(
        self, safe: Safe, objects: ObjectStore
    ) -> None:
        safe.put("db/password", Hidden(b"one"))
        old = _object_of(safe, "db/password")
        safe.put("db/password", Hidden(b"two"))
        overwrite(objects, _object_of(safe, "db/password"), objects.read(old).content)

        with pytest.raises(RolledBack, match="version 1 of the object stands where version 2 belongs"):
            safe.get("db/password")

    def test_an_object_of_another_safe_is_refused(self, safe: Safe, storage: SafeStorage, objects: ObjectStore) -> None:
        create_safe(storage, safe_place("other"), UNLOCK, founder="ada")
        other = Safe(storage, safe_place("other"), UNLOCK)
        safe.put("db/password", Hidden(b"one"))
        other.put("db/password", Hidden(b"other"))
        overwrite(objects, _object_of(safe, "db/password"), objects.read(_object_of(other, "db/password")).content)

        with pytest.raises(ForeignObject):
            safe.get("db/password")

    def test_a_deleted_object_is_a_broken_safe_and_not_a_missing_secret(self, safe: Safe, objects: ObjectStore) -> None:
        safe.put("db/password", Hidden(b"one"))
        objects.delete(_object_of(safe, "db/password"))

        with pytest.raises(SealBroken, match="missing from the storage"):
            safe.get("db/password")

    def test_a_removed_secret_is_gone_until_it_is_restored_as_a_new_version(self, safe: Safe) -> None:
        safe.put("db/password", Hidden(b"one"))
        safe.remove("db/password")
        with pytest.raises(SecretNotFound, match="was removed"):
            safe.get("db/password")

        restored = safe.restore("db/password")

        assert (restored.version, restored.restored_from) == (2, 1)
        assert safe.get("db/password")[1] == Hidden(b"one")
        assert [it.action for it in safe.record("db/password").entries] == ["put", "remove", "restore"]

    def test_an_older_version_is_restored_as_a_new_one(self, safe: Safe) -> None:
        for value in (b"one", b"two"):
            safe.put("db/password", Hidden(value))

        safe.restore("db/password", 1)

        assert safe.get("db/password") == (safe.record("db/password").latest, Hidden(b"one"))
        assert safe.record("db/password").latest.version == 3

    def test_of_two_writers_of_one_secret_the_loser_is_told_and_nothing_is_lost(
        self, safe: Safe, objects: ObjectStore
    ) -> None:
        safe.put("db/password", Hidden(b"before"))
        rival = Safe(storage_on(objects), TEAM, UNLOCK)
        interrupted = Interrupted(objects, lambda: rival.put("db/password", Hidden(b"rival")))
        racing = Safe(storage_on(interrupted), TEAM, UNLOCK)

        with pytest.raises(Conflict, match=r"safe://team/db/password was changed meanwhile: ada put version \d"):
            racing.put("db/password", Hidden(b"mine"))

        assert safe.refresh().facts.counter == rival.head.facts.counter
        assert safe.get("db/password")[1] == Hidden(b"rival")

    def test_of_two_writers_of_two_secrets_both_win(self, safe: Safe, objects: ObjectStore) -> None:
        rival = Safe(storage_on(objects), TEAM, UNLOCK)
        interrupted = Interrupted(objects, lambda: rival.put("db/user", Hidden(b"app")))
        racing = Safe(storage_on(interrupted), TEAM, UNLOCK)

        racing.put("db/password", Hidden(b"mine"))

        safe.refresh()
        assert safe.get("db/password")[1] == Hidden(b"mine")
        assert safe.get("db/user")[1] == Hidden(b"app")

    def test_a_writer_who_names_another_version_than_the_current_is_told(self, safe: Safe) -> None:
        safe.put("db/password", Hidden(b"one"), if_version=0)
        safe.put("db/password", Hidden(b"two"), if_version=1)

        with pytest.raises(Conflict, match="is at version 2, not at version 1"):
            safe.put("db/password", Hidden(b"three"), if_version=1)

        assert safe.get("db/password")[1] == Hidden(b"two")

    def test_a_rolled_back_head_is_refused(self, safe: Safe, storage: SafeStorage, objects: ObjectStore) -> None:
        safe.put("db/password", Hidden(b"one"))
        old = objects.read(TEAM.head_name).content
        safe.put("db/password", Hidden(b"two"))
        overwrite(objects, TEAM.head_name, old)

        with pytest.raises(RolledBack, match="this machine saw number 3"):
            Safe(storage, TEAM, UNLOCK)
        with pytest.raises(RolledBack):
            safe.refresh()

    def test_a_forked_head_is_refused(self, safe: Safe, storage: SafeStorage, objects: ObjectStore) -> None:
        fork = objects.read(TEAM.head_name).content
        safe.put("db/password", Hidden(b"one"))
        overwrite(objects, TEAM.head_name, fork)
        elsewhere = Safe(storage_on(objects), TEAM, UNLOCK)
        elsewhere.put("db/password", Hidden(b"forked"))
        with pytest.raises(RolledBack, match="forked"):
            Safe(storage, TEAM, UNLOCK)
        elsewhere.put("db/password", Hidden(b"forked again"))
        with pytest.raises(RolledBack, match="forked"):
            Safe(storage, TEAM, UNLOCK)

    def test_a_safe_that_is_gone_is_not_silently_made_anew(
        self, safe: Safe, storage: SafeStorage, objects: ObjectStore
    ) -> None:
        objects.delete(TEAM.head_name)

        with pytest.raises(RolledBack, match="is gone"):
            Safe(storage, TEAM, UNLOCK)
        with pytest.raises(RolledBack, match="is gone"):
            create_safe(storage, TEAM, UNLOCK, founder="ada")
        with pytest.raises(RolledBack, match="is gone"):
            safe.refresh()

    def test_the_storage_learns_no_name_and_no_value(self, safe: Safe, objects: ObjectStore) -> None:
        safe.put("db/password-of-the-shop", Hidden(b"correct horse battery"))

        everything = b"".join(name.encode() + objects.read(name).content for name in objects.names(""))

        # Long words: a short one stands in random letters now and then.
        found = [word for word in (b"password-of", b"the-shop", b"battery", b"correct horse") if word in everything]
        assert found == []

    def test_references_resolve_from_a_safe(self, safe: Safe) -> None:
        safe.put("db/password", Hidden(b"one"))
        safe.put("db/password", Hidden(b"two"))

        found = SafeSecrets(safe).fetch([SecretRequest("db/password"), SecretRequest("db/password", "1")])

        assert [(it.version_id, it.value) for it in found] == [("2", Hidden(b"two")), ("1", Hidden(b"one"))]


def _object_of(safe: Safe, name: str) -> str:
    place: SafePlace = safe.place
    record = safe.record(name)
    return place.secret_name(record.object_id, record.latest.version)
