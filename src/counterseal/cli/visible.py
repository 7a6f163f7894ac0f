"""Text from records, so that a terminal shows it and does not obey it."""


def visible(text: str) -> str:
    """Spell out what a terminal would obey: names in records are whatever their makers typed."""
    if text.isprintable():
        return text
    return "".join(it if it.isprintable() else it.encode("unicode_escape").decode() for it in text)
