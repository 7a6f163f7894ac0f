"""The command line: one thin file a command, imported only when that command runs."""

__all__: list[str] = []
