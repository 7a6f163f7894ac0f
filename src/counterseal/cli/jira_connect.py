"""The steps of `counterseal jira connect`: each is asked, looked at in Jira itself, and written only at the end."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from difflib import unified_diff
from functools import partial
from typing import TYPE_CHECKING

from counterseal.cli.asking import Asking, Question, person_there
from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.errors import SUCCESS, CountersealError, Refused, SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.assembly.jira_settings import JiraSettings
    from counterseal.assembly.settings import Settings
    from counterseal.assembly.settings_file import Merged, Tables
    from counterseal.clock import Clock
    from counterseal.jira.interface import Field, Jira

URL = Question("URL", "The address of Jira")
EMAIL = Question("--email", "The e-mail address of the user whose token it is")
CLOUD_ID = Question("--cloud-id", "The cloud id, for a token with scopes", "none")
TOKEN = Question(
    "--token", "The variable that holds the token, or a reference such as aws-sm://eu-west-1/jira", "JIRA_TOKEN"
)
EXPIRES = Question("--token-expires", "The day on which the token expires, as Jira named it", "none")
PROJECTS = Question("--projects", "The keys of the projects whose tickets approve changes, separated by commas")
WEBHOOK = Question("--webhook", "Where Jira reaches our server, such as https://audit.example", "none")
SECRET = Question("--webhook-secret-env", "The variable that holds the webhook's secret", "JIRA_WEBHOOK_SECRET")
INSTALL = Question("--install-webhook", "Make the webhook in Jira now, yes or no", "no")
ANSWERS = Question("--answers", "Tell tickets what was found, by a link and a property, yes or no", "no")
WRITE = Question("--yes", "Write this, yes or no")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal jira connect`: one for each question."""
    parser.add_argument("url", nargs="?", metavar="URL", help=URL.words)
    for question, metavar in (
        (EMAIL, "ADDRESS"),
        (CLOUD_ID, "ID|none"),
        (TOKEN, "VARIABLE|REFERENCE"),
        (EXPIRES, "DAY|none"),
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
    parser.add_argument("--ca-file", metavar="FILE", help="PEM certificates to trust for Jira, besides this machine's")
    parser.add_argument("--yes", action="store_const", const="yes", help="write what is shown")
    parser.add_argument(
        "--replace", action="store_true", help="replace [jira] and [policy.jira_fields] if they are there"
    )


def run(arguments: Namespace, console: Console, settings: "Settings", clock: "Clock") -> int:
    """Walk through the questions, and write the settings."""
    return _Walk(arguments, console, settings, clock).walk()


class _Walk:
    """One walk; what is known so far stands in `jira`."""

    def __init__(self, arguments: Namespace, console: Console, settings: "Settings", clock: "Clock") -> None:
        from counterseal.assembly.jira_settings import JiraSettings
        from counterseal.assembly.settings import place_of_settings

        self._file = settings.file or place_of_settings()
        self._given, self._console, self._settings, self._clock = arguments, console, settings, clock
        self._asking = Asking(console, person_there())
        self._environment: Mapping[str, str] = os.environ
        self._stands_apart = False
        given = self._read({"ca_file": os.path.abspath(arguments.ca_file)}) if arguments.ca_file else settings.jira  # noqa: PTH100  # pathlib is loaded later
        self._jira = JiraSettings(ca_file=given.ca_file)

    def walk(self) -> int:
        self._warn()
        self._address()
        self._sign_in()
        with self._opened() as jira:
            projects = self._asking.answer(PROJECTS, self._given.projects, lambda it: self._projects(jira, it))
            self._set(projects=",".join(projects))
            fields = self._fields(jira.fields())
            is_admin = _is_admin(jira, projects[0])
        address, installs = self._webhook(is_admin=is_admin)
        if self._asking.agrees(ANSWERS, self._given.answers):
            self._set(answers="true")
        self._write(fields)
        if address:
            self._tell_of_webhook(address, installs=installs)
        self._farewell()
        return SUCCESS

    def _warn(self) -> None:
        there = self._there()
        if there and not self._given.replace:
            tables = " and ".join(f"[{it}]" for it in there)
            self._console.note(f"counterseal: note: {self._file} has {tables}: without --replace they stay as they are")

    # ------------------------------------------------------------ where, and who
    def _address(self) -> None:
        self._jira = self._asking.answer(URL, self._given.url, self._found)
        self._good(f"{self._jira.url} answers: {_name(self._jira.flavour)}")

    def _found(self, text: str) -> "JiraSettings":
        from counterseal.assembly.jira import flavour_found
        from counterseal.assembly.jira_connecting import normal_url

        there = self._jira._replace(url=normal_url(text))
        return there._replace(flavour=flavour_found(self._settings._replace(jira=there), self._clock).value)

    def _sign_in(self) -> None:
        from counterseal.assembly.jira_connecting import how_to_sign_in
        from counterseal.jira.interface import Flavour

        flavour = Flavour(self._jira.flavour)
        self._part(f"A token for {_name(flavour)}", how_to_sign_in(flavour, self._jira.url).splitlines())
        if flavour is Flavour.CLOUD:
            self._set(email=self._asking.answer(EMAIL, self._given.email, _address_of_person))
            self._set(cloud_id=self._asking.answer(CLOUD_ID, self._given.cloud_id, _or_nothing))
        me = self._asking.answer(TOKEN, self._given.token, self._known)
        self._good(f"Jira knows the token as {me}")
        self._asking.answer(EXPIRES, self._given.token_expires, lambda it: self._set(token_expires=_or_nothing(it)))

    def _known(self, text: str) -> str:
        """Take where the token is, and return who Jira says it is: no other answer proves it to be alive."""
        from counterseal.assembly.jira_settings import is_variable

        self._set(token_env=text if is_variable(text) else "", token="" if is_variable(text) else text)
        if self._jira.token_env and not os.environ.get(self._jira.token_env):
            unset = SettingsError(
                f"the variable {text!r}, which should hold the token of Jira, is not set",
                hint=f"set it where counterseal runs: export {text}=…",
            )
            typed = self._asking.hidden(f"{text} is not set; the token, for now (not shown, not kept): ", unset)
            self._environment = {**os.environ, text: typed}
        with self._opened() as jira:
            me = jira.myself()
        return me.display_name or me.user

    @contextmanager
    def _opened(self) -> "Iterator[Jira]":
        from counterseal.assembly.jira import open_jira

        with open_jira(self._settings._replace(jira=self._jira), self._clock, self._environment) as jira:
            yield jira

    # ------------------------------------------------------------ what is asked of it
    def _projects(self, jira: "Jira", text: str) -> Sequence[str]:
        from counterseal.assembly.jira_connecting import look_into

        keys = self._read({"projects": text}).projects
        if not keys:
            raise UsageError("no project is named", hint="a key is written like OPS")
        has_some = {key: look_into(jira, key) for key in keys}
        for key, has in has_some.items():
            self._good(
                f"{key}: {'its tickets are shown to us' if has else 'is there, and has no ticket that we may see'}"
            )
        return keys

    def _fields(self, fields: "Sequence[Field]") -> Mapping[str, str]:
        from counterseal.assembly.jira_connecting import MEANINGS, suggested

        guesses = suggested(fields)
        self._part("Fields that may hold what is judged", _candidates(fields))
        if self._given.field is not None:
            return _fields_given(self._given.field, guesses, fields)
        chosen = {}
        for word, meaning in MEANINGS.items():
            question = Question("--field", f"The field for {word}: {meaning}", guesses.get(word, _otherwise(word)))
            found = self._asking.answer(question, None, partial(_field, word, fields=fields))
            if found:
                chosen[word] = found
        return chosen

    def _webhook(self, *, is_admin: bool) -> tuple[str, bool]:
        """Return where Jira should send to, "" for nowhere, and whether we make the webhook ourselves."""
        address = self._asking.answer(WEBHOOK, self._given.webhook, self._hook_address)
        if not address:
            return "", False
        self._asking.answer(SECRET, self._given.webhook_secret_env, lambda it: self._set(webhook_secret_env=it))
        can = is_admin and all(os.environ.get(it) for it in self._jira.webhook_secret_env)
        return address, can and self._asking.agrees(INSTALL, self._given.install_webhook)

    def _hook_address(self, text: str) -> str:
        from counterseal.assembly.jira_webhooks import wanted

        address = _or_nothing(text)
        return wanted(self._settings._replace(jira=self._jira), address).url if address else ""

    # ------------------------------------------------------------ what is written
    def _write(self, fields: Mapping[str, str]) -> None:
        from counterseal.assembly.jira_connecting import Answers, tables_of
        from counterseal.assembly.settings_file import merge, toml_of, write

        file, there = self._file, self._there()
        # The file's own words for a path stay, for it is read from where the file is.
        answered = self._jira if self._given.ca_file else self._jira._replace(ca_file=None)
        tables = tables_of(Answers(answered, fields), there.get("jira", {}))
        self._part(f"For {file}", toml_of(tables).splitlines())
        if _is_so_already(there, tables):
            self._good(f"{file} says so already; it was not touched")
            return
        merged = merge(file, tables)
        if there:
            self._part("What changes", _difference(merged))
        if there and not self._given.replace:
            raise Refused(
                f"{str(file)!r} has these tables already", hint="nothing was written; --replace replaces them"
            )
        if not self._asking.agrees(WRITE, self._given.yes):
            raise Refused("it was not to be written", hint="nothing was changed")
        kept = write(merged)
        self._good(f"{file} is written" + (f"; as it was before: {kept.name}" if kept else ""))

    def _there(self) -> "Mapping[str, Mapping[str, object]]":
        from counterseal.assembly.jira_connecting import FIELDS
        from counterseal.assembly.settings_file import read_tables

        return read_tables(self._file, ["jira", FIELDS])

    def _tell_of_webhook(self, address: str, *, installs: bool) -> None:
        from counterseal.assembly.jira_webhooks import install, wanted

        settings = self._settings._replace(jira=self._jira)
        if installs:
            try:
                with self._opened() as jira:
                    install(jira, settings, address)
            except CountersealError as failure:
                self._console.note(f"counterseal: warning: the webhook was not made: {failure}")
            else:
                self._good(f"the webhook sends to {address}")
                return
        hook, names = wanted(settings, address), self._jira.webhook_secret_env
        self._part(
            "The webhook: an administrator of Jira must make it",
            [
                f"  counterseal jira webhook install {address}",
                "  with a token of theirs does it; by hand it is under System, WebHooks:",
                f"  URL      {hook.url}",
                f"  secret   what {names[0]} holds; openssl rand -hex 32 makes one",
                f"  events   {', '.join(hook.events)}",
                f"  JQL      {hook.jql}",
            ],
        )

    def _farewell(self) -> None:
        lines = ["  counterseal doctor jira      looks at all of it again"]
        if self._jira.token_env:
            where = "in the environment of `counterseal up` and of who runs commands"
            lines.insert(0, f"  keep the token in {self._jira.token_env}, {where}")
        if self._jira.answers and not self._settings.alerts_link:
            lines.append(
                '  [alerts] link = "https://…"  set it to where `up` is reached: the links on tickets lead there'
            )
        self._part("What comes next", lines)

    # ------------------------------------------------------------ small things
    def _set(self, **values: str) -> None:
        """Take answers as the settings would be read, so that what is refused there is refused here."""
        read = self._read(values)
        self._jira = self._jira._replace(**{name: getattr(read, name) for name in values})

    def _read(self, values: Mapping[str, str]) -> "JiraSettings":
        from pathlib import Path

        from counterseal.assembly.jira_settings import read_jira

        named = {f"jira.{name}": value for name, value in values.items()}
        return read_jira(named, lambda it: tuple(filter(None, map(str.strip, it.split(",")))), Path)

    def _good(self, text: str) -> None:
        self._console.print(f"{self._console.paint('✓', 'green')} {visible(text)}")
        self._stands_apart = False

    def _part(self, title: str, lines: Sequence[str]) -> None:
        gap = [] if self._stands_apart else [""]
        self._console.print("\n".join([*gap, self._console.paint(title, "bold"), *map(visible, lines), ""]))
        self._stands_apart = True


def _name(flavour: str) -> str:
    from counterseal.assembly.jira_connecting import NAMES
    from counterseal.jira.interface import Flavour

    return NAMES[Flavour(flavour)]


def _is_admin(jira: "Jira", project_key: str) -> bool:
    """Say whether we may make webhooks, as far as Jira tells."""
    try:
        return "ADMINISTER" in jira.permissions(project_key)
    except CountersealError:
        return False


def _or_nothing(text: str) -> str:
    return "" if text.lower() == "none" else text


def _address_of_person(text: str) -> str:
    if "@" not in text or ":" in text:
        raise UsageError("that is no e-mail address")
    return text


def _otherwise(word: str) -> str:
    from counterseal.assembly.jira_doctor import NEEDED

    return "" if word in NEEDED else "none"


def _candidates(fields: "Sequence[Field]") -> list[str]:
    from counterseal.assembly.jira_connecting import MEANINGS, likely

    lines = []
    for word, meaning in MEANINGS.items():
        found = ", ".join(f"{it.name} ({it.field_id})" for it in likely(fields, word))
        lines.append(f"  {word:<12} {meaning}: {found or 'none by its name'}")
    return lines


def _field(word: str, text: str, fields: "Sequence[Field]") -> str:
    from counterseal.assembly.jira_connecting import checked_field

    chosen = _or_nothing(text)
    return "" if not chosen and _otherwise(word) else checked_field(word, chosen, fields)


def _fields_given(given: Sequence[str], guesses: Mapping[str, str], fields: "Sequence[Field]") -> Mapping[str, str]:
    chosen = dict(guesses) if "suggested" in given else {}
    for text in given:
        word, sign, name = text.partition("=")
        if sign:
            chosen[word] = _field(word, name, fields)
        elif text != "suggested":
            raise UsageError(f"--field {text!r} is not WORD=FIELD", hint="such as secrets=Secret; or `suggested`")
    for word in ("secrets", "operations"):
        if word not in chosen:
            raise UsageError(f"--field {word}=… is not given", hint="without it a ticket covers no change")
    return {word: it for word, it in chosen.items() if it}


def _is_so_already(there: Mapping[str, Mapping[str, object]], tables: "Tables") -> bool:
    def plain(table: Mapping[str, object]) -> dict[str, object]:
        return {name: list(it) if isinstance(it, tuple) else it for name, it in table.items()}

    return {name: plain(it) for name, it in there.items()} == {name: plain(it) for name, it in tables.items()}


def _difference(merged: "Merged") -> list[str]:
    before, after = merged.before.decode().splitlines(), merged.after.decode().splitlines()
    return list(unified_diff(before, after, "as it is", "as it shall be", lineterm="", n=1))
