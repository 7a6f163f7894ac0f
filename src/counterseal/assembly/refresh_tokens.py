"""The refresh token of OAuth in a file of its own: for its owner alone, whole after a power cut, one user at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from counterseal.assembly.key_files import read_key_file
from counterseal.errors import Denied, NotSignedIn, Refused
from counterseal.hidden import Hidden

_LONGEST = 64 * 1024
_SIGN_IN = "sign in: `counterseal jira connect --oauth`"


class RefreshTokenFile:
    """Keeps one refresh token; several threads and processes may use the file. See `jira.sign_in.RefreshTokens`."""

    def __init__(self, path: Path) -> None:
        """Take where it is; beside it stands the file by which one waits for another."""
        self.path = path

    def read(self) -> Hidden:
        """Return the token that was kept last.

        Raises:
            NotSignedIn: none was kept yet.
            Refused: others than its owner may use the file.
            Denied: it cannot be read.
        """
        try:
            content, others_may = read_key_file(self.path, most=_LONGEST, follows=False)
        except FileNotFoundError:
            raise NotSignedIn(f"no refresh token is kept in {str(self.path)!r}", hint=_SIGN_IN) from None
        except OSError as failure:
            raise self._denied("read", failure) from None
        if others_may:
            raise Refused(
                f"others than you may use the refresh token in {str(self.path)!r}",
                hint=f"chmod 600 {str(self.path)!r}; if somebody did use it, take the right back in Jira",
            )
        return Hidden(content)

    def write(self, token: Hidden) -> None:
        """Keep a token in the last one's place; when this returns, it outlives a power cut.

        Raises:
            Denied: it could not be kept; the last one still is.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = mkstemp(prefix=".counterseal-", dir=self.path.parent)  # 0600 whatever the umask
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(token.reveal())
                    stream.flush()
                    os.fsync(descriptor)
                Path(temporary).replace(self.path)
            except OSError:
                Path(temporary).unlink()
                raise
            self._settle_folder()
        except OSError as failure:
            raise self._denied("kept", failure) from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other thread and process from using the token, for the length of a `with`.

        Raises:
            Denied: the file that is waited at cannot be made.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            waited_at = self.path.with_name(f"{self.path.name}.lock")
            descriptor = os.open(waited_at, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            raise self._denied("locked", failure) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _settle_folder(self) -> None:
        """Let the name outlive a power cut as well."""
        descriptor = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _denied(self, done: str, failure: OSError) -> Denied:
        return Denied(f"the refresh token in {str(self.path)!r} cannot be {done}: {failure.strerror}")
