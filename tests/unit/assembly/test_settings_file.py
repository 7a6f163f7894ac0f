"""Tables put into a settings file: no other byte of it changes, and what was before is kept."""

import tomllib
from pathlib import Path

import pytest

from counterseal.assembly.settings_file import Tables, merge, read_tables, toml_of, write
from counterseal.errors import Conflict, Refused, SettingsError

TABLES: Tables = {
    "jira": {"url": "https://a.example", "projects": ["OPS"], "answers": True},
    "policy.jira_fields": {"secrets": "S"},
}
TEXT = '[jira]\nurl = "https://a.example"\nprojects = ["OPS"]\nanswers = true\n'
FIELDS = '[policy.jira_fields]\nsecrets = "S"\n'


def merged(text: str, folder: Path) -> str:
    file = folder / "counterseal.toml"
    file.write_bytes(text.encode())
    return merge(file, TABLES).after.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{TEXT}\n{FIELDS}"),
        ("[up]\nmetrics = true\n", f"[up]\nmetrics = true\n\n{TEXT}\n{FIELDS}"),
        ("# no line end", f"# no line end\n\n{TEXT}\n{FIELDS}"),
        (
            '[jira]\nurl = "https://b.example"\n\n# a\n\n# about up\n[up] # x\n',
            f"{TEXT}\n# a\n\n# about up\n[up] # x\n\n{FIELDS}",
        ),
        (
            f'# mine\n[ jira ] # ours\nurl = ""\n[policy]\nfreeze = []\n{FIELDS}[up]\n',
            f"# mine\n{TEXT}[policy]\nfreeze = []\n{FIELDS}[up]\n",
        ),
        ('[policy]\napprovers_needed = 2\n[jira]\nurl = """\n"""', f"[policy]\napprovers_needed = 2\n{TEXT}\n{FIELDS}"),
        ("[up]\r\n", f"[up]\r\n\r\n{TEXT}\n{FIELDS}".replace("\r", "").replace("\n", "\r\n")),
    ],
)
def test_only_the_tables_are_put_in(before: str, after: str, tmp_path: Path) -> None:
    assert merged(before, tmp_path) == after
    assert merged(after, tmp_path) == after


@pytest.mark.parametrize(
    "text",
    [
        'jira.url = "https://b.example"\n',
        'jira = { url = "" }\n',
        '[policy]\njira_fields = { secrets = "T" }\n',
        '["jira"]\nurl = ""\n',
        'x = """\n[jira]\n"""\n',
        '[jira]\nprojects = [\n["OPS"],\n]\n',
    ],
)
def test_what_cannot_be_told_apart_is_left_alone(text: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be told apart"):
        merged(text, tmp_path)


@pytest.mark.parametrize("content", [b"[jira", b"\xff"])
def test_what_is_not_toml_is_left_alone(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "counterseal.toml"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match="is not TOML"):
        merge(file, TABLES)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_tables(tmp_path, ["jira"])


def test_texts_are_written_so_that_they_are_read_back() -> None:
    names = {"secrets": 'the "Secret" \\ of\tus\x7f', "operations": "Änderung\n[jira]"}

    assert tomllib.loads(toml_of({"a.b": names})) == {"a": {"b": names}}


def test_the_tables_that_are_there_are_read(tmp_path: Path) -> None:
    file = tmp_path / "counterseal.toml"
    absent = read_tables(file, ["jira"])
    file.write_text(f"{TEXT}[policy]\njira_fields = 3\n")

    assert absent == {}
    assert read_tables(file, ["jira", "policy.jira_fields", "up.x"]) == {"jira": TABLES["jira"]}


def test_the_file_of_before_is_kept_under_a_name_of_its_own(tmp_path: Path) -> None:
    file, link = tmp_path / "counterseal.toml", tmp_path / "link.toml"
    file.write_text("[up]\n")
    file.chmod(0o640)
    link.symlink_to(file)

    first = write(merge(link, TABLES))
    second = write(merge(link, {"jira": {"url": "https://c.example"}}))

    assert first is not None
    assert second is not None
    assert (first.name, first.read_text()) == ("counterseal.toml.before-1", "[up]\n")
    assert (second.name, second.read_text()) == ("counterseal.toml.before-2", f"[up]\n\n{TEXT}\n{FIELDS}")
    assert (link.is_symlink(), file.stat().st_mode & 0o777) == (True, 0o640)
    assert sorted(it.name for it in tmp_path.iterdir()) == [file.name, first.name, second.name, link.name]


def test_a_new_file_is_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "counterseal.toml"

    assert write(merge(file, TABLES)) is None
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_somebody_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "counterseal.toml"
    merging = merge(file, TABLES)
    file.write_text("[up]\n")

    with pytest.raises(Conflict, match="meanwhile"):
        write(merging)
    assert file.read_text() == "[up]\n"


def test_where_nothing_can_be_written_the_file_stays(tmp_path: Path) -> None:
    merging = merge(tmp_path / "absent" / "counterseal.toml", TABLES)

    with pytest.raises(SettingsError, match="cannot be written"):
        write(merging)


def test_half_a_file_is_never_left(tmp_path: Path) -> None:
    file = tmp_path / "counterseal.toml"
    merging = merge(file, TABLES)
    file.mkdir()

    with pytest.raises(SettingsError, match="cannot be read"):
        write(merging)
    assert list(tmp_path.iterdir()) == [file]
