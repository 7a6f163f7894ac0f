"""The walk through `counterseal jira connect`: each answer is looked at in Jira, and written only at the end."""

import os
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import unified_diff
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from counterseal.assembly.jira import flavour_found, kept_refresh_token, open_jira
from counterseal.assembly.jira_connecting import (
    FIELDS,
    MEANINGS,
    NAMES,
    Answers,
    checked_field,
    how_to_sign_in,
    likely,
    look_into,
    normal_url,
    suggested,
    tables_of,
)
from counterseal.assembly.jira_doctor import NEEDED
from counterseal.assembly.jira_settings import JiraSettings, is_variable, read_jira
from counterseal.assembly.jira_webhooks import install, wanted
from counterseal.assembly.settings import Settings, place_of_settings
from counterseal.assembly.settings_file import Merged, Tables, merge, read_tables, toml_of, write
from counterseal.cli.asking import Asking, Question, person_there
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
    WRITE,
)
from counterseal.cli.visible import visible
from counterseal.clock import Clock
from counterseal.errors import SUCCESS, CountersealError, Refused, SettingsError, UsageError
from counterseal.hidden import Hidden
from counterseal.jira.interface import Field, Flavour, Jira


class Walk:
    """One walk; what is known so far stands in `jira`."""

    def __init__(self, arguments: Namespace, console: Console, settings: Settings, clock: Clock) -> None:
        """Take the options, where to speak, the settings as they are, and the clock."""
        self._file = settings.file or place_of_settings()
        self._given, self._console, self._settings, self._clock = arguments, console, settings, clock
        self._asking = Asking(console, person_there())
        self._environment: Mapping[str, str] = os.environ
        self._stands_apart = False
        given = self._read({"ca_file": str(Path(arguments.ca_file).absolute())}) if arguments.ca_file else settings.jira
        self._jira = JiraSettings(ca_file=given.ca_file)

    def walk(self) -> int:
        """Ask, look, show, write; return the exit status.

        Raises:
            UsageError: a question has no answer, and nobody can be asked.
            Refused: the settings are there already, or were not to be written.
            CountersealError: what Jira, the settings and their file may raise; nothing was written then.
        """
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

    def _found(self, text: str) -> JiraSettings:
        there = self._jira._replace(url=normal_url(text))
        return there._replace(flavour=flavour_found(self._settings._replace(jira=there), self._clock).value)

    def _sign_in(self) -> None:
        flavour = Flavour(self._jira.flavour)
        by_app = self._given.oauth
        lines = how_to_sign_in(flavour, self._jira.url, by_app=by_app).splitlines()
        self._part(f"{'An app' if by_app else 'A token'} for {_name(flavour)}", lines)
        if by_app:
            self._good(f"Jira knows the app as {self._by_app()}")
            return
        if flavour is Flavour.CLOUD:
            self._set(email=self._asking.answer(EMAIL, self._given.email, _address_of_person))
            self._set(cloud_id=self._asking.answer(CLOUD_ID, self._given.cloud_id, _or_nothing))
        me = self._asking.answer(TOKEN, self._given.token, self._known)
        self._good(f"Jira knows the token as {me}")
        self._asking.answer(EXPIRES, self._given.token_expires, lambda it: self._set(token_expires=_or_nothing(it)))

    def _known(self, text: str) -> str:
        """Take where the token is, and return who Jira says it is: no other answer proves it to be alive."""
        self._set(token_env=text if is_variable(text) else "", token="" if is_variable(text) else text)
        if self._jira.token_env:
            self._hold(text, "the token of Jira", "the token")
        return self._me(self._settings)

    def _by_app(self) -> str:
        """Take the app and its first refresh token, which is kept once it was seen to be good."""
        self._set(cloud_id=self._asking.answer(CLOUD_ID, self._given.cloud_id, self._gateway))
        self._set(oauth_client_id=self._asking.answer(APP, self._given.oauth_client_id, _something))
        self._asking.answer(APP_SECRET, self._given.oauth_client_secret_env, self._app_secret)
        first = self._first_refresh_token()
        folder = self._settings.state_directory
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".connect-") as aside:
            trial = self._settings._replace(state_directory=Path(aside))
            kept_refresh_token(trial).write(first)
            me = self._me(trial)
            keep = kept_refresh_token(self._settings)
            with keep.alone():
                keep.write(kept_refresh_token(trial).read())
        return me

    def _gateway(self, text: str) -> str:
        cloud_id = _or_nothing(text)
        if not cloud_id and self._jira.url.startswith("https:"):
            raise UsageError("an app of OAuth needs the cloud id", hint=f"{self._jira.url}/_edge/tenant_info shows it")
        return cloud_id

    def _app_secret(self, text: str) -> None:
        self._set(oauth_client_secret_env=_something(text))
        self._hold(text, "the secret of the app of OAuth", "the app's secret")

    def _first_refresh_token(self) -> Hidden:
        name = self._given.refresh_token_env
        if name and not os.environ.get(name):
            raise SettingsError(f"the variable {name!r}, which should hold the first refresh token, is not set")
        missing = UsageError(f"{FIRST.option} is not given, and there is no terminal to ask at")
        typed = os.environ[name] if name else self._asking.hidden("The first refresh token (not shown): ", missing)
        return Hidden(typed.encode())

    def _hold(self, variable: str, meaning: str, short: str) -> None:
        """See to it that a variable holds something, if only for now."""
        if os.environ.get(variable):
            return
        unset = SettingsError(
            f"the variable {variable!r}, which should hold {meaning}, is not set",
            hint=f"set it where counterseal runs: export {variable}=…",
        )
        typed = self._asking.hidden(f"{variable} is not set; {short}, for now (not shown, not kept): ", unset)
        self._environment = {**os.environ, variable: typed}

    def _me(self, settings: Settings) -> str:
        with open_jira(settings._replace(jira=self._jira), self._clock, self._environment) as jira:
            me = jira.myself()
        return me.display_name or me.user

    @contextmanager
    def _opened(self) -> Iterator[Jira]:
        with open_jira(self._settings._replace(jira=self._jira), self._clock, self._environment) as jira:
            yield jira

    # ------------------------------------------------------------ what is asked of it
    def _projects(self, jira: Jira, text: str) -> Sequence[str]:
        keys = self._read({"projects": text}).projects
        if not keys:
            raise UsageError("no project is named", hint="a key is written like OPS")
        has_some = {key: look_into(jira, key) for key in keys}
        for key, has in has_some.items():
            self._good(
                f"{key}: {'its tickets are shown to us' if has else 'is there, and has no ticket that we may see'}"
            )
        return keys

    def _fields(self, fields: Sequence[Field]) -> Mapping[str, str]:
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
        self._asking.answer(SECRET, self._given.webhook_secret_env, self._hook_secret)
        can = is_admin and all(os.environ.get(it) for it in self._jira.webhook_secret_env)
        return address, can and self._asking.agrees(INSTALL, self._given.install_webhook)

    def _hook_secret(self, text: str) -> None:
        self._set(webhook_secret_env=_something(text))

    def _hook_address(self, text: str) -> str:
        address = _or_nothing(text)
        return wanted(self._settings._replace(jira=self._jira), address).url if address else ""

    # ------------------------------------------------------------ what is written
    def _write(self, fields: Mapping[str, str]) -> None:
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

    def _there(self) -> Mapping[str, Mapping[str, object]]:
        return read_tables(self._file, ["jira", FIELDS])

    def _tell_of_webhook(self, address: str, *, installs: bool) -> None:
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
        variable = self._jira.token_env or self._jira.oauth_client_secret_env
        if variable:
            where = "in the environment of `counterseal up` and of who runs commands"
            what = "the app's secret" if self._jira.oauth_client_id else "the token"
            lines.insert(0, f"  keep {what} in {variable}, {where}")
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

    def _read(self, values: Mapping[str, str]) -> JiraSettings:
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
    return NAMES[Flavour(flavour)]


def _is_admin(jira: Jira, project_key: str) -> bool:
    """Say whether we may make webhooks, as far as Jira tells."""
    try:
        return "ADMINISTER" in jira.permissions(project_key)
    except CountersealError:
        return False


def _or_nothing(text: str) -> str:
    return "" if text.lower() == "none" else text


def _something(text: str) -> str:
    if not text:
        raise UsageError("nothing was given")
    return text


def _address_of_person(text: str) -> str:
    if "@" not in text or ":" in text:
        raise UsageError("that is no e-mail address")
    return text


def _otherwise(word: str) -> str:
    return "" if word in NEEDED else "none"


def _candidates(fields: Sequence[Field]) -> list[str]:
    lines = []
    for word, meaning in MEANINGS.items():
        found = ", ".join(f"{it.name} ({it.field_id})" for it in likely(fields, word))
        lines.append(f"  {word:<12} {meaning}: {found or 'none by its name'}")
    return lines


def _field(word: str, text: str, fields: Sequence[Field]) -> str:
    chosen = _or_nothing(text)
    return "" if not chosen and _otherwise(word) else checked_field(word, chosen, fields)


def _fields_given(given: Sequence[str], guesses: Mapping[str, str], fields: Sequence[Field]) -> Mapping[str, str]:
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


def _is_so_already(there: Mapping[str, Mapping[str, object]], tables: Tables) -> bool:
    def plain(table: Mapping[str, object]) -> dict[str, object]:
        return {name: list(it) if isinstance(it, tuple) else it for name, it in table.items()}

    return {name: plain(it) for name, it in there.items()} == {name: plain(it) for name, it in tables.items()}


def _difference(merged: Merged) -> list[str]:
    before, after = merged.before.decode().splitlines(), merged.after.decode().splitlines()
    return list(unified_diff(before, after, "as it is", "as it shall be", lineterm="", n=1))
