"""The data plane: from references to values in the hands of programs."""

__all__: list[str] = []
