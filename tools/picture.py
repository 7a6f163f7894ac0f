"""Takes the picture of the first page that the README shows: `PYTHONPATH=src .venv/bin/python -m tools.picture`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.servers import free_port
from tests.servers_up import up

PICTURE = Path(__file__).parent.parent / "docs/pictures/first-page.png"


def main() -> None:
    """Start the demonstration, open its first page, and keep what a reader sees of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        up(Path(folder), "--demo", "--port", str(free_port())) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1024}, color_scheme="light")
        page.goto(running.link)
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"wrote {PICTURE.name}")


if __name__ == "__main__":
    main()
