"""Text that somebody else chose, made fit for an entry of the ledger. LEDGER-2.4."""

from counterseal.ledger.fields import TEXT_LIMIT


def entry_text(text: str) -> str:
    """Return text that an entry can hold: what somebody else chose to write must not keep an event out of the ledger.

    A lone surrogate, which has no canonical form, is written as its escape; what is too long is cut, and shows it.
    """
    if len(text) <= TEXT_LIMIT and text.isascii():
        return text
    sound = text.encode("utf-8", "backslashreplace").decode()
    return sound if len(sound) <= TEXT_LIMIT else f"{sound[: TEXT_LIMIT - 1]}…"
