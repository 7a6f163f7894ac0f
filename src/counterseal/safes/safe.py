"""A safe, open: values put in, taken out, removed and restored; every change is one move of the head."""

from collections.abc import Mapping
from typing import NamedTuple

from counterseal.clock import format_time
from counterseal.errors import (
    Conflict,
    CountersealError,
    ObjectNotFound,
    Refused,
    SealBroken,
    SecretNotFound,
    Unreachable,
)
from counterseal.hidden import Hidden
from counterseal.objects.interface import StoredObject
from counterseal.safes.head import TRAIL_LENGTH, Head, HeadFacts, write_head
from counterseal.safes.history import PUT, REMOVE, RESTORE, Entry, SecretRecord
from counterseal.safes.layout import SECRET, SafePlace, checked_secret_name
from counterseal.safes.membership import digest_of
from counterseal.safes.opening import SafeStorage, believed, open_head_of
from counterseal.seal.context import SealContext
from counterseal.seal.member_keys import random_id
from counterseal.seal.sealer import Sealer
from counterseal.seal.slots import UnlockKey

# A head that moved for another secret's sake is followed so often before the writer is told.
_ATTEMPTS = 8


class Sealed(NamedTuple):
    """A version that is stored and that no head names yet."""

    object_id: str
    entry: Entry


class Safe:
    """One safe, opened by one member."""

    def __init__(self, storage: SafeStorage, place: SafePlace, unlock: UnlockKey) -> None:
        """Open the safe.

        Raises:
            SecretNotFound: there is no such safe.
            WrongUnlockKey: what was shown does not open it.
            SealBroken: the head or the membership is not what a member signed.
            RolledBack: the head is older than, or forked from, one that this machine saw.
            Denied, Unreachable: the storage cannot be read.
        """
        self._storage = storage
        self._place = place
        self._head, self._unlocked = open_head_of(storage, place, unlock)
        self._sealer = Sealer(self._unlocked.epoch_keys, random_bytes=storage.random_bytes)

    @property
    def place(self) -> SafePlace:
        """Return where the safe lies."""
        return self._place

    @property
    def head(self) -> Head:
        """Return the head as it was last read."""
        return self._head

    def refresh(self) -> Head:
        """Read the head again, if it has moved.

        Raises:
            SealBroken, RolledBack: the new head is not to be believed.
            Denied, Unreachable: the storage cannot be read.
        """
        try:
            moved = self._storage.objects.read_if_changed(self._place.head_name, self._head.tag)
        except ObjectNotFound:
            self._storage.memory.gone(self._place)
            raise
        if moved is not None:
            self._head = self._believed(moved)
        return self._head

    def records(self) -> Mapping[str, SecretRecord]:
        """Return what the safe knows of each secret, by name, removed ones included."""
        return self._head.content.records

    def record(self, name: str) -> SecretRecord:
        """Return the history of a secret.

        Raises:
            SecretNotFound: no secret has that name, nor had.
            Refused: the text cannot be a name.
        """
        name = checked_secret_name(name)
        record = self.records().get(name)
        if record is None:
            raise SecretNotFound(
                f"no secret is named {name!r} in {self._place.as_uri()}",
                hint=f"counterseal list {self._place.as_uri()} shows the names",
            )
        return record

    def get(self, name: str, version: int | None = None) -> tuple[Entry, Hidden]:
        """Return a version of a secret, the current one where none is asked for.

        Raises:
            SecretNotFound: there is no such secret or version, or it was removed.
            SealBroken: its object is not what was sealed, or is gone; ForeignObject and RolledBack say more.
            Denied, Unreachable: the storage cannot be read.
        """
        record = self.record(name)
        if record.removed:
            raise SecretNotFound(
                f"{self._place.as_uri(name)} was removed on {record.entries[-1].time}",
                hint=f"counterseal restore {self._place.as_uri(name)} brings it back",
            )
        entry = self._version(name, record, version or record.latest.version)
        return entry, self._unseal(name, record, entry)

    def put(self, name: str, value: Hidden, *, if_version: int | None = None) -> Entry:
        """Seal a new version of a secret, or a new secret. `if_version` is the version that it must follow, 0 for none.

        Raises:
            Conflict: the secret is not at that version, or somebody else changed it meanwhile; nothing was changed.
            SealBroken, RolledBack: the safe is not what it was.
            Denied, Unreachable: the storage cannot be read or written.
        """
        name = checked_secret_name(name)
        before = self.refresh().content.records.get(name)
        live = before.live_version if before else 0
        if if_version is not None and if_version != live:
            found = f"is at version {live}" if live else "is not there"
            raise Conflict(
                f"{self._place.as_uri(name)} {found}, not at version {if_version}",
                hint=f"counterseal history {self._place.as_uri(name)} shows who changed it",
            )
        return self._add(name, before, self._seal(before, value, PUT))

    def remove(self, name: str) -> Entry:
        """Remove a secret; its versions stay, and `restore` brings it back.

        Raises:
            SecretNotFound: there is no such secret, or it was removed before.
            Conflict: somebody else changed it meanwhile; nothing was changed.
            SealBroken, RolledBack: the safe is not what it was.
            Denied, Unreachable: the storage cannot be read or written.
        """
        self.refresh()
        name, before = checked_secret_name(name), self.record(name)
        if before.removed:
            raise SecretNotFound(f"{self._place.as_uri(name)} was removed on {before.entries[-1].time}")
        return self._add(name, before, Sealed(before.object_id, self._entry(REMOVE, before.latest.version)))

    def restore(self, name: str, version: int | None = None) -> Entry:
        """Bring back a removed secret, or an older version, as a new version.

        Raises:
            SecretNotFound: there is no such secret or version.
            Refused: the secret is not removed, and no version is asked for.
            Conflict: somebody else changed it meanwhile; nothing was changed.
            SealBroken, RolledBack: the safe, or that version, is not what it was.
            Denied, Unreachable: the storage cannot be read or written.
        """
        self.refresh()
        name, before = checked_secret_name(name), self.record(name)
        if version is None and not before.removed:
            raise Refused(
                f"{self._place.as_uri(name)} is not removed", hint="--version N brings back what it was at version N"
            )
        source = self._version(name, before, version or before.latest.version)
        sealed = self._seal(before, self._unseal(name, before, source), RESTORE)
        return self._add(name, before, sealed._replace(entry=sealed.entry._replace(restored_from=source.version)))

    def _version(self, name: str, record: SecretRecord, number: int) -> Entry:
        entry = record.version(number)
        if entry is None:
            raise SecretNotFound(
                f"{self._place.as_uri(name)} has no version {number}",
                hint=f"counterseal history {self._place.as_uri(name)} lists the versions",
            )
        return entry

    def _unseal(self, name: str, record: SecretRecord, entry: Entry) -> Hidden:
        what = f"version {entry.version} of {self._place.as_uri(name)}"
        try:
            stored = self._storage.objects.read(self._place.secret_name(record.object_id, entry.version)).content
        except ObjectNotFound:
            # Not "not found": a storage that deletes must not be able to call a default into play.
            raise SealBroken(
                f"{what} is missing from the storage",
                hint="somebody deleted its object; the versions of the bucket may still hold it",
            ) from None
        try:
            value = self._sealer.unseal(stored, self._context(record.object_id, entry.version, entry.epoch))
        except SealBroken as failure:
            raise type(failure)(f"{what}: {failure}", hint=failure.hint) from None
        if digest_of(stored) != entry.digest:
            raise SealBroken(f"{what}: another object stands in the place of the one that the head names")
        return value

    def _seal(self, before: SecretRecord | None, value: Hidden, action: str) -> Sealed:
        """Seal a value and store it under the first free version: one may be left by a crash, or be a rival's."""
        object_id = before.object_id if before else random_id(self._storage.random_bytes)
        version = before.latest.version + 1 if before else 1
        epoch = self._head.facts.epoch
        while True:
            stored = self._sealer.seal(value, self._context(object_id, version, epoch))
            try:
                self._storage.objects.create(self._place.secret_name(object_id, version), stored)
            except Conflict:
                version += 1
                continue
            entry = self._entry(action, version)
            return Sealed(object_id, entry._replace(digest=digest_of(stored), epoch=epoch))

    def _add(self, name: str, before: SecretRecord | None, sealed: Sealed) -> Entry:
        """Move the head to one that has this entry; follow it where others moved it for other secrets' sake."""
        after = before.with_entry(sealed.entry) if before else SecretRecord(sealed.object_id, (sealed.entry,))
        for _ in range(_ATTEMPTS):
            if self._move({**self._head.content.records, name: after}):
                return sealed.entry
            now = self.refresh().content.records.get(name)
            if now != before:
                raise self._lost(name, now)
        raise Conflict(f"the head of {self._place.as_uri()} moves all the time", hint="try again")

    def _move(self, records: Mapping[str, SecretRecord]) -> bool:
        """Write the next head and say whether it was taken."""
        old = self._head
        facts = HeadFacts(
            counter=old.facts.counter + 1,
            epoch=old.facts.epoch,
            previous=old.digest,
            membership_version=old.facts.membership_version,
            membership_digest=old.facts.membership_digest,
            author=self._unlocked.member_id,
        )
        trail = (old.digest, *old.content.trail)[:TRAIL_LENGTH]
        content = old.content._replace(time=self._now(), trail=trail, records=records)
        stored = write_head(self._place, facts, content, self._unlocked)
        try:
            tag = self._storage.objects.replace(self._place.head_name, stored, tag=old.tag)
        except (Conflict, Unreachable) as failure:
            return self._was_taken(stored, failure)
        self._head = self._believed(StoredObject(stored, tag))
        return True

    def _was_taken(self, stored: bytes, failure: CountersealError) -> bool:
        """Settle an answer that did not arrive, or came from a repeated request, by reading the head back."""
        found = self._storage.objects.read(self._place.head_name)
        if found.content == stored:
            self._head = self._believed(found)
            return True
        if isinstance(failure, Unreachable):
            raise failure
        return False

    def _lost(self, name: str, now: SecretRecord | None) -> Conflict:
        last = now.entries[-1] if now else None
        who = self._head.content.members.get(last.author, last.author) if last else "somebody"
        what = f"{last.action} version {last.version} at {last.time}" if last else "changed it"
        return Conflict(
            f"{self._place.as_uri(name)} was changed meanwhile: {who} {what}",
            hint="nothing was lost: look at it with counterseal history, and decide again",
        )

    def _believed(self, stored: StoredObject) -> Head:
        return believed(self._storage, self._place, self._unlocked, stored)

    def _context(self, object_id: str, version: int, epoch: int) -> SealContext:
        return SealContext(SECRET, self._place.workspace, self._place.safe, object_id, version, epoch)

    def _entry(self, action: str, version: int) -> Entry:
        return Entry(action, version, self._now(), self._unlocked.member_id)

    def _now(self) -> str:
        return format_time(self._storage.clock.now())
