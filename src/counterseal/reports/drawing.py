"""A picture in SVG, made of few marks: text, boxes and lines; what it shows is said in words as well."""

from collections.abc import Sequence
from html import escape

WIDTH = 960
_LINE = 18

COLOURS = (
    "red-1", "red-2", "red-3", "amber-1", "amber-2", "amber-3", "green-1", "green-2", "grey-1",
)  # fmt: skip
"""The kinds of boxes, each colour in its shades."""

# Values of the pages' own style sheet, so that both look alike; a page that holds the picture brings its own.
STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5e6777; --line: #d5d0c6; --paper: #fbfaf7; --red-1: #8f1d16; --red-2: #c8453a; --red-3: #e08a7d; --amber-1: #a86a08; --amber-2: #dd9d2b; --amber-3: #e9c27a; --green-1: #2f7d51; --green-2: #6fbb90; --grey-1: #8b92a0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ec; --soft: #99a1b0; --line: #2b303a; --paper: #14161b; --red-1: #b5382e; --red-2: #e0665b; --red-3: #f0a79e; --amber-1: #b07a1d; --amber-2: #d49a35; --amber-3: #f0cd8a; --green-1: #4aa575; --green-2: #80d8a7; --grey-1: #6b7280; } }
"""  # noqa: E501  # one line a scheme
MARKS = """
.paper { fill: var(--paper); } .ink { fill: var(--ink); } .soft { fill: var(--soft); } .rule { stroke: var(--line); stroke-width: 1; }
svg text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; } svg .head { font-size: 20px; font-weight: 650; } svg .small { font-size: 12.5px; } svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
.red-1 { fill: var(--red-1); } .red-2 { fill: var(--red-2); } .red-3 { fill: var(--red-3); } .amber-1 { fill: var(--amber-1); } .amber-2 { fill: var(--amber-2); } .amber-3 { fill: var(--amber-3); } .green-1 { fill: var(--green-1); } .green-2 { fill: var(--green-2); } .grey-1 { fill: var(--grey-1); }
"""  # noqa: E501  # one line a kind of mark


class Drawing:
    """A picture that grows downwards. Marks are placed in pixels of a sheet 960 wide."""

    def __init__(self, title: str) -> None:
        """Take the title, which is drawn and read out."""
        self._title = title
        self._marks: list[str] = []
        self._said: list[str] = []
        self.text(0, 24, title, "ink head")
        self.height = 44

    def text(self, x: float, y: float, words: str, kind: str = "ink", *, hint: str = "") -> None:
        """Write words; their baseline is at y."""
        title = f"<title>{escape(hint)}</title>" if hint else ""
        self._marks.append(f'<text x="{_n(x)}" y="{_n(y)}" class="{kind}">{title}{escape(words)}</text>')

    def box(self, at: tuple[float, float], size: tuple[float, float], kind: str, hint: str) -> None:
        """Draw a box; the hint is shown where somebody points at it."""
        (x, y), (width, height) = at, size
        place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0))}" height="{_n(max(height, 0))}" rx="1.5"'
        self._marks.append(f'<rect {place} class="{kind}"><title>{escape(hint)}</title></rect>')

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a thin line."""
        (x1, y1), (x2, y2) = start, end
        self._marks.append(f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" class="rule"/>')

    def say(self, sentence: str) -> None:
        """Add to what is read out in place of the picture."""
        self._said.append(sentence)

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Name the kinds of boxes, in lines as wide as the sheet."""
        x, y = 0.0, self.height + 12.0
        for kind, words in entries:
            width = 34 + 7.6 * len(words)
            if x and x + width > WIDTH:
                x, y = 0.0, y + _LINE + 6
            self._marks.append(f'<rect x="{_n(x)}" y="{_n(y - 11)}" width="13" height="13" rx="2" class="{kind}"/>')
            self.text(x + 20, y, words)
            x += width
        self.height = int(y) + 20

    def svg(self, *, alone: bool = True) -> str:
        """Return the picture: with its own style where it stands alone, and without where a page has one."""
        style = f"<style>{STYLE}{MARKS}</style>" if alone else ""
        space = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
        box = f'viewBox="-20 -8 {WIDTH + 40} {self.height + 16}"'
        paper = (
            f'<rect x="-20" y="-8" width="{WIDTH + 40}" height="{self.height + 16}" class="paper"/>' if alone else ""
        )
        said = " ".join(self._said) or "There is nothing to show."
        named = f"<title>{escape(self._title)}</title><desc>{escape(said)}</desc>"
        marks = "\n".join(self._marks)
        return f'<svg{space} {box} class="chart" role="img">\n{named}\n{style}{paper}\n{marks}\n</svg>\n'


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
