"""How boxes of pictures are told apart: four colours, each in three shades, each of those plain, striped or dotted.

A shade stands out from the paper by 3 to 1 at least (WCAG 2.2, 1.4.11) and from the next of its colour by 1.5; more
shades than three would lie too close to each other for that, so the rest is told by a texture.
"""

from itertools import product

_SOLID = tuple(f"{colour}-{depth}" for colour, depth in product(("red", "amber", "green", "grey"), (1, 2, 3)))
_TEXTURES = {
    "striped": '<rect width="3" height="8" class="paper"/>',
    "dotted": '<circle cx="4" cy="4" r="1.9" class="paper"/>',
}

SHADES = (*_SOLID, *(f"{shade}-{texture}" for texture in _TEXTURES for shade in _SOLID))
"""The kinds of boxes."""

VERDICTS = {
    "unapproved": "red-2", "mismatched": "red-1", "silent-rollback": "red-3", "unrecorded-version": "red-1-striped",
    "untracked-version": "red-2-striped", "orphan-deletion": "red-3-striped", "unrecorded-deletion": "red-1-dotted",
    "trail-fault": "red-2-dotted", "blind-interval": "grey-1", "emergency-overdue": "amber-1",
    "approved-late": "amber-2", "emergency-pending": "amber-3", "approval-unknown": "amber-1-striped",
    "unattributed": "amber-2-striped", "stale-label": "amber-3-striped", "unclassified": "grey-2",
    "attempt": "grey-3", "emergency": "green-3", "inherited": "green-1", "approved": "green-2",
    "proved": "green-1-striped",
}  # fmt: skip
"""The shade of each verdict, the same in every picture and no other's; the gravest first."""

OTHERS = tuple(shade for shade in SHADES if shade.startswith("grey") and shade not in VERDICTS.values())
"""The shades that are left for verdicts of another version."""

# The paper is that of the pages' own style sheet.
STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5e6777; --line: #d5d0c6; --paper: #fbfaf7; --red-1: #801e17; --red-2: #b73d34; --red-3: #df6b59; --amber-1: #693508; --amber-2: #95590c; --amber-3: #c08115; --green-1: #194c34; --green-2: #2b744e; --green-3: #4a9d72; --grey-1: #3d4350; --grey-2: #5f6877; --grey-3: #868e9e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ec; --soft: #99a1b0; --line: #2b303a; --paper: #14161b; --red-1: #c62e23; --red-2: #d77770; --red-3: #eeb0a6; --amber-1: #a4530d; --amber-2: #d27e11; --amber-3: #ecb657; --green-1: #287752; --green-2: #3da46e; --green-3: #91cbad; --grey-1: #5f6a7e; --grey-2: #8a92a1; --grey-3: #babfc8; } }
"""  # noqa: E501  # one line a scheme
_TEXT = """
.paper { fill: var(--paper); } .ink { fill: var(--ink); } .soft { fill: var(--soft); } .rule { stroke: var(--line); stroke-width: 1; }
svg text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; } svg .head { font-size: 20px; font-weight: 650; } svg .small { font-size: 12.5px; } svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
"""  # noqa: E501  # one line a kind of mark


def _fill(shade: str) -> str:
    return f"var(--{shade})" if shade in _SOLID else f"url(#{shade})"


MARKS = _TEXT + " ".join(f".{shade} {{ fill: {_fill(shade)}; }}" for shade in SHADES) + "\n"


def pattern(shade: str) -> str:
    """Return the definition that a textured shade needs in the picture; "" for a plain one."""
    colour, depth, *texture = shade.split("-")
    if not texture:
        return ""
    turned = ' patternTransform="rotate(45)"' if texture == ["striped"] else ""
    return (
        f'<pattern id="{shade}" width="8" height="8" patternUnits="userSpaceOnUse"{turned}>'
        f'<rect width="8" height="8" class="{colour}-{depth}"/>{_TEXTURES[texture[0]]}</pattern>'
    )
