"""What this machine remembers of the heads it saw, so that no storage can show it an older one."""

import json
from hashlib import sha256
from typing import NamedTuple

from counterseal.canonical import canonical_json
from counterseal.errors import Conflict, MalformedInput, ObjectNotFound, RolledBack
from counterseal.objects.interface import ObjectStore
from counterseal.safes.head import Head
from counterseal.safes.layout import SafePlace


class SeenHead(NamedTuple):
    """The highest head that was seen of a safe."""

    counter: int
    digest: str


class HeadMemory:
    """Remembers heads and memberships in objects of its own. Nothing in it is secret."""

    def __init__(self, objects: ObjectStore, *, storage: str, folder: str = "") -> None:
        """Take where to remember, which storage the safes are in, and the folder to name to a person.

        The same safe in another storage is another safe.
        """
        self._objects = objects
        self._folder = folder
        self._storage = sha256(storage.encode()).hexdigest()[:32]

    def seen(self, place: SafePlace) -> SeenHead | None:
        """Return the highest head seen, None where none was.

        Raises:
            MalformedInput: what was remembered is damaged.
            Denied, Unreachable: the memory cannot be read.
        """
        try:
            content = self._objects.read(self._name(place)).content
        except ObjectNotFound:
            return None
        return self._parsed(content, place)

    def check(self, head: Head, place: SafePlace) -> None:
        """Hold a head against the highest that was seen, and remember it where it is higher.

        Raises:
            RolledBack: it is lower, or does not descend from the one seen.
            MalformedInput: what was remembered is damaged.
            Denied, Unreachable: the memory cannot be read or written.
        """
        while True:
            try:
                content, tag = self._objects.read(self._name(place))
            except ObjectNotFound:
                content, tag = b"", ""
            seen = self._parsed(content, place) if content else None
            if seen is not None:
                self._hold(head, seen, place)
            if seen is not None and seen.counter >= head.facts.counter:
                return
            if self._remembered(head, place, tag):
                return

    def gone(self, place: SafePlace) -> None:
        """Refuse a safe that was there and is not.

        Raises:
            RolledBack: a head of it was seen.
            MalformedInput: what was remembered is damaged.
            Denied, Unreachable: the memory cannot be read.
        """
        seen = self.seen(place)
        if seen is not None:
            raise self._rolled_back(place, f"is gone; this machine saw its head number {seen.counter}")

    def membership(self, digest: str) -> bytes | None:
        """Return a membership that was kept; whoever asks checks the digest.

        Raises:
            Denied, Unreachable: the memory cannot be read.
        """
        try:
            return self._objects.read(f"memberships/{digest}").content
        except ObjectNotFound:
            return None

    def keep_membership(self, digest: str, stored: bytes) -> None:
        """Keep a membership, so that it need not be asked for again.

        Raises:
            Denied, Unreachable: the memory cannot be written.
        """
        try:
            self._objects.create(f"memberships/{digest}", stored)
        except Conflict:
            return

    def _hold(self, head: Head, seen: SeenHead, place: SafePlace) -> None:
        steps = head.facts.counter - seen.counter
        if steps < 0:
            raise self._rolled_back(
                place, f"has head number {head.facts.counter}; this machine saw number {seen.counter}"
            )
        line = (head.digest, *head.content.trail)
        if steps < len(line) and line[steps] != seen.digest:
            raise self._rolled_back(place, f"has forked from head number {seen.counter} that this machine saw")

    def _remembered(self, head: Head, place: SafePlace, tag: str) -> bool:
        content = canonical_json({"counter": head.facts.counter, "digest": head.digest})
        try:
            if tag:
                self._objects.replace(self._name(place), content, tag=tag)
            else:
                self._objects.create(self._name(place), content)
        except Conflict:
            return False
        return True

    def _rolled_back(self, place: SafePlace, what: str) -> RolledBack:
        return RolledBack(
            f"{place.as_uri()} {what}",
            hint="somebody put an older copy in its place; where that was you, and on purpose,"
            f" remove {self._file(place)!r}",
        )

    def _name(self, place: SafePlace) -> str:
        return f"seen/{self._storage}/{place.workspace}/{place.safe}"

    def _file(self, place: SafePlace) -> str:
        return f"{self._folder}/{self._name(place)}" if self._folder else self._name(place)

    def _parsed(self, content: bytes, place: SafePlace) -> SeenHead:
        try:
            value = json.loads(content)
            return SeenHead(int(value["counter"]), str(value["digest"]))
        except (ValueError, KeyError, TypeError):
            raise MalformedInput(
                f"what this machine remembers of {place.as_uri()} is damaged: {self._file(place)!r}",
                hint="without that file the next head is believed as it comes: compare it with another machine first",
            ) from None
