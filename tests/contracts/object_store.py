"""What every object store does, whatever it stands on."""

import threading

import pytest

from counterseal.errors import Conflict, ObjectNotFound, Refused
from counterseal.objects import ObjectStore

NOT_NAMES = [
    "",
    "/",
    "a/",
    "/a",
    "a//b",
    "../a",
    "a/../b",
    "a/.",
    ".hidden",
    "a/.lock",
    "a\\b",
    "a b",
    "é",
    "a\n",
    "x" * 1025,
]


class ObjectStoreContract:
    """Subclass it with a fixture `store` that gives an empty store."""

    @pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", b"x" * 300_000], ids=["empty", "binary", "large"])
    def test_what_was_created_is_read_back_byte_for_byte(self, store: ObjectStore, content: bytes) -> None:
        tag = store.create("a/b/c", content)

        assert store.read("a/b/c") == (content, tag)

    def test_reading_what_is_not_there_says_so_and_names_it(self, store: ObjectStore) -> None:
        store.create("a/b", b"1")

        with pytest.raises(ObjectNotFound, match="a/c"):
            store.read("a/c")

    def test_reading_conditionally_what_is_not_there_says_so(self, store: ObjectStore) -> None:
        with pytest.raises(ObjectNotFound, match="absent"):
            store.read_if_changed("absent", "0" * 64)

    def test_an_unchanged_object_is_not_sent_again(self, store: ObjectStore) -> None:
        tag = store.create("a", b"1")

        assert store.read_if_changed("a", tag) is None

    def test_a_changed_object_is_sent_again(self, store: ObjectStore) -> None:
        old = store.create("a", b"1")
        new = store.replace("a", b"2", tag=old)

        assert store.read_if_changed("a", old) == (b"2", new)

    def test_creating_over_an_object_is_a_conflict_and_leaves_it(self, store: ObjectStore) -> None:
        store.create("a", b"1")

        with pytest.raises(Conflict, match="a"):
            store.create("a", b"2")

        assert store.read("a").content == b"1"

    def test_replacing_what_somebody_else_replaced_is_a_conflict_and_leaves_it(self, store: ObjectStore) -> None:
        first = store.create("a", b"1")
        store.replace("a", b"2", tag=first)

        with pytest.raises(Conflict, match="a"):
            store.replace("a", b"3", tag=first)

        assert store.read("a").content == b"2"

    def test_replacing_what_is_gone_is_a_conflict(self, store: ObjectStore) -> None:
        tag = store.create("a", b"1")
        store.delete("a")

        with pytest.raises(Conflict, match="a"):
            store.replace("a", b"2", tag=tag)

        with pytest.raises(ObjectNotFound):
            store.read("a")

    def test_what_was_deleted_is_gone_and_can_be_created_again(self, store: ObjectStore) -> None:
        store.create("a", b"1")
        store.delete("a")
        store.create("a", b"2")

        assert store.read("a").content == b"2"

    def test_deleting_what_is_not_there_is_no_error(self, store: ObjectStore) -> None:
        store.delete("a/b/c")

        assert list(store.names("")) == []

    def test_names_are_given_by_prefix_in_order(self, store: ObjectStore) -> None:
        for name in ("s/o/2", "s/o/1", "s/other", "t/o/1"):
            store.create(name, b"")

        assert list(store.names("s/o/")) == ["s/o/1", "s/o/2"]
        assert list(store.names("s/o")) == ["s/o/1", "s/o/2", "s/other"]
        assert list(store.names("")) == ["s/o/1", "s/o/2", "s/other", "t/o/1"]
        assert list(store.names("nothing/")) == []

    @pytest.mark.parametrize("name", NOT_NAMES)
    def test_a_text_that_names_no_object_is_refused_everywhere(self, store: ObjectStore, name: str) -> None:
        with pytest.raises(Refused):
            store.read(name)
        with pytest.raises(Refused):
            store.create(name, b"")
        with pytest.raises(Refused):
            store.replace(name, b"", tag="0")
        with pytest.raises(Refused):
            store.delete(name)

    def test_a_prefix_that_no_name_starts_with_is_refused(self, store: ObjectStore) -> None:
        with pytest.raises(Refused):
            store.names("../")

    def test_of_many_creators_at_once_exactly_one_wins(self, store: ObjectStore) -> None:
        won: list[int] = []
        lost: list[int] = []

        def create(number: int) -> None:
            try:
                store.create("a", str(number).encode())
            except Conflict:
                lost.append(number)
            else:
                won.append(number)

        _all_at_once([threading.Thread(target=create, args=(number,)) for number in range(8)])

        assert (len(won), len(lost)) == (1, 7)
        assert store.read("a").content == str(won[0]).encode()

    def test_of_many_replacers_of_one_tag_exactly_one_wins(self, store: ObjectStore) -> None:
        tag = store.create("a", b"before")
        won: list[int] = []
        lost: list[int] = []

        def replace(number: int) -> None:
            try:
                store.replace("a", str(number).encode(), tag=tag)
            except Conflict:
                lost.append(number)
            else:
                won.append(number)

        _all_at_once([threading.Thread(target=replace, args=(number,)) for number in range(8)])

        assert (len(won), len(lost)) == (1, 7)
        assert store.read("a").content == str(won[0]).encode()


def _all_at_once(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
