"""What a guard event was done to, as fields of its entry."""

from counterseal.control.entry_text import entry_text
from counterseal.correlation.records.event import Event


def guarded_by(event: Event) -> dict[str, str]:
    """Return what was touched, and for an object in S3 which, and what became of it; nothing where it is not known."""
    said = {name: entry_text(str(event.facts.get(name) or "")) for name in ("resource", "object", "effect")}
    return {name: text for name, text in said.items() if text}
