"""What opens a safe, and where it comes from."""

from pathlib import Path

import pytest

from counterseal.assembly.settings import Settings
from counterseal.assembly.unlocking import UnlockWhenNeeded, create_key_file, new_unlock_key, unlock_key
from counterseal.errors import MalformedInput, Refused, SettingsError
from counterseal.hidden import Hidden
from counterseal.seal.member_keys import new_member_keys
from counterseal.seal.slots import KeyFileUnlock, PasswordUnlock

PLACE = {"workspace": "default", "safe": "s", "member": "m"}


class Answers:
    """A person who types what was prepared, and is asked no more."""

    def __init__(self, *answers: str | None) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def ask(self, prompt: str) -> str | None:
        self.asked.append(prompt)
        return self._answers.pop(0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_directory=tmp_path)


@pytest.fixture
def with_key_file(tmp_path: Path) -> Settings:
    return Settings(state_directory=tmp_path, unlock_key_file=tmp_path / "keys" / "team.key")


def test_the_variable_goes_before_the_file_and_the_file_before_the_person(with_key_file: Settings) -> None:
    create_key_file(with_key_file)
    nobody = Answers()

    by_variable = unlock_key(with_key_file, nobody, {"COUNTERSEAL_PASSWORD": "correct horse"}, what="safe://team")
    by_file = unlock_key(with_key_file, nobody, {"COUNTERSEAL_PASSWORD": ""}, what="safe://team")

    assert isinstance(by_variable, PasswordUnlock)
    assert isinstance(by_file, KeyFileUnlock)


def test_a_person_is_asked_once_for_a_safe_that_is_there(settings: Settings) -> None:
    ada = Answers("correct horse")

    assert isinstance(unlock_key(settings, ada, {}, what="safe://team"), PasswordUnlock)
    assert ada.asked == ["password of safe://team: "]


def test_a_person_is_asked_twice_for_a_new_safe(settings: Settings) -> None:
    ada = Answers("correct horse", "correct horse")

    assert isinstance(new_unlock_key(settings, ada, {}, what="safe://team"), PasswordUnlock)
    assert ada.asked == ["new password of safe://team: ", "the same again: "]


def test_two_passwords_that_differ_are_refused(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="the two passwords differ"):
        new_unlock_key(settings, Answers("correct horse", "correct house"), {}, what="safe://team")


@pytest.mark.parametrize("typed", [None, ""])
def test_nobody_there_and_nothing_typed_are_refused(settings: Settings, typed: str | None) -> None:
    with pytest.raises(SettingsError):
        unlock_key(settings, Answers(typed), {}, what="safe://team")


def test_a_short_password_makes_no_safe_and_is_not_quoted(settings: Settings) -> None:
    with pytest.raises(Refused, match="fewer than 8 characters") as refusal:
        new_unlock_key(settings, Answers(), {"COUNTERSEAL_PASSWORD": "hunter2"}, what="safe://team")

    assert "hunter2" not in str(refusal.value) + refusal.value.hint


def test_a_new_safe_is_made_with_the_key_file_that_is_set(with_key_file: Settings) -> None:
    create_key_file(with_key_file)

    assert isinstance(new_unlock_key(with_key_file, Answers(), {}, what="safe://team"), KeyFileUnlock)


def test_a_key_file_is_private_and_is_never_overwritten(with_key_file: Settings) -> None:
    file = create_key_file(with_key_file)
    content = file.read_bytes()

    with pytest.raises(Refused, match="there is a file"):
        create_key_file(with_key_file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == content


def test_a_key_file_that_is_not_there_is_not_made_by_surprise(with_key_file: Settings) -> None:
    with pytest.raises(SettingsError, match="there is no key file") as refusal:
        new_unlock_key(with_key_file, Answers(), {}, what="safe://team")

    assert "--create-key-file" in refusal.value.hint
    assert with_key_file.unlock_key_file is not None
    assert not with_key_file.unlock_key_file.exists()


def test_a_key_file_that_others_may_read_is_refused(with_key_file: Settings) -> None:
    create_key_file(with_key_file).chmod(0o640)

    with pytest.raises(Refused, match="others than you"):
        unlock_key(with_key_file, Answers(), {}, what="safe://team")


def test_what_is_no_key_file_is_refused_without_being_quoted(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("hunter2")
    (tmp_path / "notes").chmod(0o600)
    settings = Settings(state_directory=tmp_path, unlock_key_file=tmp_path / "notes")

    with pytest.raises(MalformedInput) as refusal:
        unlock_key(settings, Answers(), {}, what="safe://team")

    assert "hunter2" not in str(refusal.value)


def test_a_place_that_takes_no_key_file_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    inside_a_file = Settings(state_directory=tmp_path, unlock_key_file=tmp_path / "file" / "team.key")
    a_folder = Settings(state_directory=tmp_path, unlock_key_file=tmp_path)

    with pytest.raises(SettingsError, match="do not say where"):
        create_key_file(settings)
    with pytest.raises(SettingsError, match="cannot be written"):
        create_key_file(inside_a_file)
    with pytest.raises(SettingsError, match="cannot be read"):
        unlock_key(a_folder, Answers(), {}, what="safe://team")


def test_what_is_found_out_late_opens_and_makes_slots_alike() -> None:
    keys = new_member_keys()
    asked: list[int] = []

    def find() -> KeyFileUnlock:
        asked.append(1)
        return KeyFileUnlock(Hidden(b"k" * 32))

    late = UnlockWhenNeeded(find)
    assert asked == []
    assert late.open([late.make_slot(keys, PLACE)], PLACE) == keys
    assert asked == [1, 1]
