"""Documents say what the code says (design part 3, rule 8)."""

import re
from pathlib import Path

import pytest
from tests.architecture.source import files
from tools.golden import FILES

from counterseal.errors import CountersealError

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def pages(root: Path) -> list[Path]:
    """Return every page of the documentation."""
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")])


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_is_what_the_code_makes_of_it(name: str, root: Path) -> None:
    written = (root / name).read_text(encoding="utf-8")

    assert written == FILES[name](), "make golden writes it anew"


def test_every_link_between_pages_leads_somewhere(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in pages(root)
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_page_can_be_reached_from_the_readme(root: Path) -> None:
    reached: set[Path] = set()
    waiting = [root / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            linked = (page.parent / target).resolve()
            inside = sorted(linked.glob("*.md")) if linked.is_dir() else [linked]
            waiting += [it for it in inside if it.suffix == ".md" and it.is_file() and it not in reached]

    assert [str(page.relative_to(root)) for page in pages(root) if page not in reached] == []


def test_every_decision_has_the_parts_of_the_template(root: Path) -> None:
    decisions = sorted((root / "docs/decisions").glob("[0-9]*.md"))
    parts = ("## Context", "## Decision", "## Consequences")

    assert decisions
    assert [it.name for it in decisions if not all(part in it.read_text(encoding="utf-8") for part in parts)] == []


def test_no_page_and_no_file_speaks_of_a_machine_or_a_registry(root: Path) -> None:
    # Written in two halves, so that this file does not name them either.
    never = re.compile("|".join(["/wor" + "k/", "pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.org"]))
    texts = {str(page.relative_to(root)): page.read_text(encoding="utf-8") for page in pages(root)}
    texts |= {file.name: file.text for file in files()}
    texts |= {it.name: it.read_text(encoding="utf-8") for it in (root / "requirements").iterdir()}

    assert [name for name, text in texts.items() if never.search(text)] == []


def test_every_error_has_a_sentence() -> None:
    errors: list[type[CountersealError]] = [CountersealError]
    for error in errors:
        errors.extend(error.__subclasses__())

    assert [error.__name__ for error in errors if not (error.__doc__ or "").split("\n")[0].endswith(".")] == []
