"""Writes the files that are generated from the code and checked in: `make golden`."""

from pathlib import Path

from tools.audit_pages import policy_page, verdicts_page
from tools.event_page import events_page
from tools.reference_pages import cli_page, errors_page, library_page, settings_page
from tools.tables_page import tables_page

from counterseal.cli.parser import top_level_help

ROOT = Path(__file__).parent.parent


def help_text() -> str:
    """Return the content of `cli/help_text.py`."""
    caption = '"""The help of `counterseal` itself, checked in so that it costs no parser: `make golden` writes it."""'
    return f'{caption}\n\nHELP = """\\\n{top_level_help()}"""\n'


FILES = {
    "src/counterseal/cli/help_text.py": help_text,
    "docs/reference/cli.md": cli_page,
    "docs/reference/errors.md": errors_page,
    "docs/reference/events.md": events_page,
    "docs/reference/library.md": library_page,
    "docs/reference/policy.md": policy_page,
    "docs/reference/settings.md": settings_page,
    "docs/reference/tables.md": tables_page,
    "docs/reference/verdicts.md": verdicts_page,
}


def main() -> None:
    """Write every generated file."""
    for name, content in FILES.items():
        (ROOT / name).write_text(content(), encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
