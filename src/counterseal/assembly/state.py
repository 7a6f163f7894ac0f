"""The state directory: what this machine keeps, unless a setting says where else."""

from pathlib import Path

from counterseal.assembly.settings import Settings
from counterseal.errors import Denied


def kept(settings: Settings, chosen: Path | None, name: str) -> Path:
    """Return where a file is: what was chosen, else that name in the state directory."""
    return chosen or settings.state_directory / name


def made_for(settings: Settings, chosen: Path | None, name: str) -> Path:
    """Return the same, and make the state directory, for its owner only, where the file lies in it.

    Raises:
        Denied: it cannot be made.
    """
    folder = settings.state_directory
    if chosen is None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise Denied(
                f"the state directory {str(folder)!r} cannot be made: {failure.strerror}",
                hint="state.directory in counterseal.toml names another",
            ) from failure
    return kept(settings, chosen, name)
