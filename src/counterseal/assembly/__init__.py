"""The only room that knows which part is which: settings read once, and from a name to the part it names."""

__all__: list[str] = []
