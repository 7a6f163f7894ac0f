"""Plain text as each flavour writes it: what looks like markup stays text."""

import re

from counterseal.jira.interface import Json
from counterseal.jira.words import printable

_SEVERAL_LINE_ENDS = re.compile(r"\n{2,}")

# Addresses of pages are left as they are, as far as none of their letters is markup: Jira makes links of them.
_WIKI = re.compile(
    r"""
    (?P<address> \b https?://[\w./:?=&%\#~,;@+-]* [\w/=] )
  | (?P<backslash> \\ )
  | (?P<entity> & (?= \#?\w+; ) )
  | (?P<markup> [{}\[\]*+^~!|\#()]              # macros, links, lists, emphasis, pictures, tables, emoticons
              | (?<! [^\W_] ) [_-] | [_-] (?! [^\W_] ) # emphasis, lists and rules, but not within a name
              | \?(?=\?) | (?<=\?)\?            # a citation
              | : (?= [DPp]\b )                 # an emoticon
              | (?<= ^h[1-6] ) \. | (?<= ^bq ) \.   # headings and quotations
    )
    """,
    re.VERBOSE | re.MULTILINE | re.ASCII,
)


def document(text: str) -> Json:
    """Return plain text as an Atlassian document, for Cloud: a paragraph for each block, a break for each line end."""
    blocks = _SEVERAL_LINE_ENDS.split(_lines(text).strip("\n"))
    return {"type": "doc", "version": 1, "content": [_paragraph(block) for block in blocks if block]}


def _paragraph(block: str) -> Json:
    nodes: list[Json] = []
    for line in block.split("\n"):
        nodes += [{"type": "hardBreak"}] if nodes else []
        nodes += [{"type": "text", "text": line}] if line else []
    return {"type": "paragraph", "content": nodes}


def wiki(text: str) -> str:
    """Return plain text as wiki markup that shows exactly this text, for Data Center."""
    # A heading or quotation may stand after blanks: they mean nothing, and are taken away.
    return _WIKI.sub(_escaped, "\n".join(line.lstrip() for line in _lines(text).split("\n")))


def _escaped(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "address":
            return found[0]
        case "backslash":
            return "&#92;"  # two backslashes are a line end
        case "entity":
            return "&amp;"
    return "\\" + found[0]


def plain(body: object) -> str:
    """Return what stands in rich text: of a document its texts, one a line; of wiki markup all of it."""
    match body:
        case str():
            return body
        case {"text": str() as text}:
            return text
        case {"content": list() as nodes}:
            return "\n".join(filter(None, map(plain, nodes)))
        case _:
            return ""


def _lines(text: str) -> str:
    return printable(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n")
