"""Where a result goes that is a file."""

from pathlib import Path

from counterseal.cli.console import Console


def write_result(file: Path, content: bytes, console: Console) -> None:
    """Write a file: complete under its name, or the old one untouched; `-` is standard output.

    Raises:
        Denied: it may not be written there.
        Unreachable: the disk is full or failing; the old file is untouched.
    """
    from counterseal.assembly.checkpoints import write_whole

    if str(file) == "-":
        console.write_bytes(content)
    else:
        write_whole(file, [content])
