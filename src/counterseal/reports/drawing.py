"""A picture in SVG, made of few marks: text, boxes and lines; what it shows is said in words as well."""

from collections.abc import Sequence
from html import escape

from counterseal.reports.shades import MARKS, STYLE, pattern

WIDTH = 960
_LINE = 18


class Drawing:
    """A picture that grows downwards. Marks are placed in pixels of a sheet 960 wide."""

    def __init__(self, title: str) -> None:
        """Take the title, which is drawn and read out."""
        self._title = title
        self._marks: list[str] = []
        self._said: list[str] = []
        self._kinds: set[str] = set()
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
        self._kinds.add(kind)
        self._marks.append(f'<rect {place} class="{kind}"><title>{escape(hint)}</title></rect>')

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a thin line."""
        (x1, y1), (x2, y2) = start, end
        self._marks.append(f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" class="rule"/>')

    def say(self, sentence: str) -> None:
        """Add to what is read out in place of the picture."""
        self._said.append(sentence)

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Name the kinds of boxes, in columns."""
        wide = 34 + 7.9 * max(len(words) for _, words in entries)
        columns = max(int(WIDTH / wide), 1)
        for place, (kind, words) in enumerate(entries):
            x, y = place % columns * wide, self.height + 12 + place // columns * (_LINE + 6)
            self._kinds.add(kind)
            self._marks.append(f'<rect x="{_n(x)}" y="{_n(y - 11)}" width="13" height="13" rx="2" class="{kind}"/>')
            self.text(x + 20, y, words)
        self.height += 32 + (len(entries) - 1) // columns * (_LINE + 6)

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
        marks = "\n".join([*filter(None, map(pattern, sorted(self._kinds))), *self._marks])
        return f'<svg{space} {box} class="chart" role="img">\n{named}\n{style}{paper}\n{marks}\n</svg>\n'


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
