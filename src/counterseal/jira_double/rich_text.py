"""Rich text of Cloud: Atlassian Document Format to plain text and back. A blank line parts paragraphs."""

from collections.abc import Mapping
from typing import Any

BLOCKS = {"paragraph", "heading", "blockquote", "codeBlock", "bulletList", "orderedList", "listItem", "panel", "rule"}


def document(text: str) -> dict[str, Any]:
    """Return plain text as a document."""
    return {"type": "doc", "version": 1, "content": [_paragraph(block) for block in text.split("\n\n")]}


def _paragraph(block: str) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = []
    for line in block.split("\n"):
        nodes += [{"type": "hardBreak"}] if nodes else []
        nodes += [{"type": "text", "text": line}] if line else []
    return {"type": "paragraph", "content": nodes}


def plain(value: object) -> str:
    """Return the text of a document.

    Raises:
        ValueError: it is no document as Jira takes it.
    """
    if not isinstance(value, Mapping) or value.get("type") != "doc" or value.get("version") != 1:
        raise ValueError("not an Atlassian Document")
    return "\n\n".join(_block(node) for node in _content(value))


def _block(node: Mapping[str, Any]) -> str:
    if node["type"] not in BLOCKS:
        raise ValueError(f"{node['type']!r} may not stand here")
    inner = _content(node)
    if inner and inner[0]["type"] in BLOCKS:
        return "\n".join(_block(it) for it in inner)
    return "".join(_inline(it) for it in inner)


def _inline(node: Mapping[str, Any]) -> str:
    match node["type"]:
        case "text" if isinstance(node.get("text"), str) and node["text"]:
            return str(node["text"])
        case "hardBreak":
            return "\n"
        case "inlineCard":
            return str(node["attrs"]["url"])
    raise ValueError(f"{node['type']!r} may not stand here, or is empty")


def _content(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = node.get("content", [])
    if not isinstance(content, list) or not all(isinstance(it, Mapping) and "type" in it for it in content):
        raise ValueError("a node's content is no list of nodes")
    return content
