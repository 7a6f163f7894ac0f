"""A secret's life in a safe, through the real commands on a folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.command import SOURCE, counterseal

KEY_FILE = {"COUNTERSEAL_UNLOCK_KEY_FILE": "team.key"}
VALUE = b'p\xc3\xa4ss "word"\r\n123456789012\x00\n'
SECRET = "safe://team/db/password"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a home with a safe in it, and in the safe one secret."""
    done = put(tmp_path, b"first", "--create-key-file")
    assert done.stdout == b"safe://team/db/password is at version 1\n"
    assert done.stderr.startswith(b"made safe://team in file:///")
    return tmp_path


def put(folder: Path, value: bytes, *more: str, secret: str = SECRET) -> subprocess.CompletedProcess[bytes]:
    return counterseal("put", secret, *more, folder=folder, environment=KEY_FILE, given=value)


def get(folder: Path, reference: str = SECRET, *more: str) -> subprocess.CompletedProcess[bytes]:
    return counterseal("get", reference, *more, folder=folder, environment=KEY_FILE)


def objects(folder: Path) -> list[Path]:
    storage = folder / ".local/state/counterseal/storage"
    return sorted(path for path in storage.rglob("*/o/*/*") if path.is_file())


def test_a_secret_is_put_listed_removed_restored_and_got_byte_for_byte(folder: Path) -> None:
    second = put(folder, VALUE, "--if-version", "1")
    listed = counterseal("list", "safe://team", "--json", folder=folder, environment=KEY_FILE)
    removed = counterseal("remove", SECRET, folder=folder, environment=KEY_FILE)
    gone = get(folder)
    restored = counterseal("restore", SECRET, folder=folder, environment=KEY_FILE)
    history = counterseal("history", SECRET, "--json", folder=folder, environment=KEY_FILE)

    assert second.stdout == b"safe://team/db/password is at version 2\n"
    assert [(it["name"], it["version"]) for it in json.loads(listed.stdout)["secrets"]] == [("db/password", 2)]
    assert removed.stdout == b"safe://team/db/password is removed; it was at version 2\n"
    assert (gone.returncode, gone.stdout) == (4, b"")
    assert restored.stdout == b"safe://team/db/password is at version 3, restored from version 2\n"
    assert [(it["version"], it["action"]) for it in json.loads(history.stdout)["entries"]] == [
        (3, "restore"),
        (2, "remove"),
        (2, "put"),
        (1, "put"),
    ]
    assert get(folder).stdout == VALUE
    assert get(folder, f"{SECRET}?version=1").stdout == b"first"


def test_references_to_a_safe_reach_a_program_and_a_file(folder: Path) -> None:
    put(folder, b'{"user": "app"}', secret="safe://team/db")
    (folder / "template").write_text("user={{ safe://team/db#/user }}")
    environment = KEY_FILE | {"FIRST": SECRET, "OLD": f"{SECRET}?version=1"}
    print_it = "import os; print(os.environ['FIRST'], os.environ['OLD'])"

    ran = counterseal("exec", "--", sys.executable, "-c", print_it, folder=folder, environment=environment)
    resolved = counterseal("resolve", "template", folder=folder, environment=KEY_FILE)

    assert (ran.returncode, ran.stdout) == (0, b"first first\n")
    assert resolved.stdout == b"user=app"


def test_a_tampered_byte_is_refused_and_a_default_does_not_cover_it(folder: Path) -> None:
    (stored,) = objects(folder)
    content = bytearray(stored.read_bytes())
    content[-3] ^= 4
    stored.write_bytes(bytes(content))

    done = get(folder, f"{SECRET}?default=x")

    assert (done.returncode, done.stdout) == (8, b"")
    assert done.stderr == b"counterseal: error: version 1 of safe://team/db/password: the seal is broken\n"


def test_an_object_copied_over_another_is_refused(folder: Path) -> None:
    put(folder, b"other", secret="safe://team/other")
    one, two = objects(folder)
    one.write_bytes(two.read_bytes())

    statuses = {get(folder, reference).returncode for reference in (SECRET, "safe://team/other")}

    assert statuses == {0, 8}


def test_a_rolled_back_storage_is_refused_until_a_person_says_otherwise(folder: Path) -> None:
    (head,) = (folder / ".local/state/counterseal/storage").rglob("head")
    old = head.read_bytes()
    put(folder, b"second")
    head.write_bytes(old)

    refused = get(folder)

    assert (refused.returncode, refused.stdout) == (8, b"")
    assert b"has head number 2; this machine saw number 3" in refused.stderr
    seen = refused.stderr.decode().split("remove '")[1].split("'")[0]
    Path(seen).unlink()
    assert get(folder).stdout == b"first"


def test_a_safe_with_a_password_opens_with_that_one_alone(tmp_path: Path) -> None:
    password = {"COUNTERSEAL_PASSWORD": "correct horse"}
    counterseal("put", SECRET, folder=tmp_path, environment=password, given=VALUE)

    right = counterseal("get", SECRET, folder=tmp_path, environment=password)
    wrong = counterseal("get", SECRET, folder=tmp_path, environment={"COUNTERSEAL_PASSWORD": "wrong horse"})
    none = subprocess.run(
        [sys.executable, "-m", "counterseal", "get", SECRET],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        start_new_session=True,  # without a terminal
    )

    assert [right.returncode, wrong.returncode, none.returncode] == [0, 15, 13]
    assert right.stdout == VALUE
    assert b"the password does not open this safe" in wrong.stderr
    assert b"no terminal to ask for a password" in none.stderr


class Typing:
    """A person at a terminal of their own, who answers each question as it appears."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._master, terminal = os.openpty()
        self._said = b""
        # setsid makes the terminal the controlling one, as a login does.
        self._process = subprocess.Popen(
            ["/usr/bin/setsid", "--ctty", "--wait", sys.executable, "-m", "counterseal", *arguments],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "HOME": str(folder)},
            cwd=folder,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
        os.close(terminal)

    def answer(self, question: bytes, answer: bytes) -> None:
        """Wait for a question, and type."""
        self._read_until(lambda: question in self._said)
        self._said = b""
        os.write(self._master, answer + b"\n")

    def end(self) -> tuple[int, bytes]:
        """Wait for the end, and return the exit status and what was on the screen since the last answer."""
        self._read_until(lambda: False)
        os.close(self._master)
        return self._process.wait(timeout=30), self._said.replace(b"\r\n", b"\n")

    def _read_until(self, enough: object) -> None:
        assert callable(enough)
        while not enough():
            try:
                heard = os.read(self._master, 4096)
            except OSError:  # EIO: the other end is closed
                return
            self._said += heard


def test_a_person_types_value_and_password_and_sees_neither(tmp_path: Path) -> None:
    putting = Typing(tmp_path, "put", SECRET)
    putting.answer(b"value (not shown): ", b"hunter2")
    putting.answer(b"new password of safe://team: ", b"correct horse")
    putting.answer(b"the same again: ", b"correct horse")
    put_status, put_screen = putting.end()
    getting = Typing(tmp_path, "get", SECRET)
    getting.answer(b"password of safe://team: ", b"correct horse")
    get_status, get_screen = getting.end()

    assert (put_status, get_status) == (0, 0)
    assert b"safe://team/db/password is at version 1" in put_screen
    assert b"hunter2" not in put_screen
    assert get_screen.endswith(b"hunter2\n")
