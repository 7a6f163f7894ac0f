"""The options of `counterseal jira connect`: each is the answer to a question."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from counterseal.cli.console import Console
from counterseal.cli.jira_questions import (
    ANSWERS,
    APP,
    APP_SECRET,
    CLOUD_ID,
    EMAIL,
    EXPIRES,
    FIRST,
    INSTALL,
    PROJECTS,
    SECRET,
    TOKEN,
    URL,
    WEBHOOK,
)

if TYPE_CHECKING:
    from counterseal.assembly.settings import Settings
    from counterseal.clock import Clock


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal jira connect`: one for each question."""
    parser.add_argument("url", nargs="?", metavar="URL", help=URL.words)
    for question, metavar in (
        (EMAIL, "ADDRESS"),
        (CLOUD_ID, "ID|none"),
        (TOKEN, "VARIABLE|REFERENCE"),
        (EXPIRES, "DAY|none"),
        (APP, "ID"),
        (APP_SECRET, "VARIABLE"),
        (FIRST, "VARIABLE"),
        (PROJECTS, "KEY,KEY"),
        (WEBHOOK, "ADDRESS|none"),
        (SECRET, "VARIABLE"),
        (INSTALL, "yes|no"),
        (ANSWERS, "yes|no"),
    ):
        parser.add_argument(question.option, metavar=metavar, help=question.words[:1].lower() + question.words[1:])
    parser.add_argument(
        "--field",
        action="append",
        metavar="WORD=FIELD",
        help="the field of Jira that holds secrets, operations and so on; `suggested` alone takes the likely ones",
    )
    parser.add_argument("--oauth", action="store_true", help="sign in to Cloud by an app of OAuth 2.0 (3LO)")
    parser.add_argument("--ca-file", metavar="FILE", help="PEM certificates to trust for Jira, besides this machine's")
    parser.add_argument("--yes", action="store_const", const="yes", help="write what is shown")
    parser.add_argument(
        "--replace", action="store_true", help="replace [jira] and [policy.jira_fields] if they are there"
    )


def run(arguments: Namespace, console: Console, settings: "Settings", clock: "Clock") -> int:
    """Walk through the questions, and write the settings."""
    from counterseal.cli.jira_walk import Walk

    return Walk(arguments, console, settings, clock).walk()
