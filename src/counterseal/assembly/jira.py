"""From the settings to the Jira that is asked."""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from counterseal.assembly.delivering import store_for
from counterseal.assembly.refresh_tokens import RefreshTokenFile
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.delivery.resolve import resolve
from counterseal.errors import NotInstalled, SettingsError
from counterseal.hidden import Hidden
from counterseal.jira.interface import Flavour, Jira
from counterseal.references.grammar import parse_reference

if TYPE_CHECKING:  # the wing itself may not be installed
    from counterseal.jira.sign_in import SignIn

MOST_WAIT_SECONDS = 60.0

SOON_SECONDS = 10.0
"""For work that is done again and again: it tries again later, and holds nothing else up."""


@contextmanager
def open_jira(
    settings: Settings,
    clock: Clock,
    environment: Mapping[str, str] | None = None,
    *,
    most_wait_seconds: float = MOST_WAIT_SECONDS,
) -> Iterator[Jira]:
    """Open the Jira that the settings name, for the length of a `with`.

    For each call that may be tried again, Jira is waited for so long, where it asks for it or does not answer.

    Raises:
        SettingsError: it is not set up, or not fully: what is missing is named.
        NotInstalled: the part that speaks to Jira is not installed.
        CountersealError: what resolving the reference to the token, and asking Jira for its flavour, raise.
    """
    try:
        from counterseal.jira.opening import Address
        from counterseal.jira.opening import open_jira as opened
        from counterseal.jira.sending import Patience
    except ImportError as failure:
        raise _not_installed(failure) from failure
    jira = settings.jira
    if not jira.url:
        raise SettingsError("no Jira is set up", hint="set jira.url, jira.token_env and jira.projects")
    flavour = Flavour(jira.flavour) if jira.flavour else None
    if not (jira.email or jira.oauth_client_id) and (flavour is Flavour.CLOUD or jira.cloud_id):
        raise SettingsError("jira.email is not set", hint="a token of Jira Cloud signs in with the address of its user")
    sign_in = _sign_in(settings, os.environ if environment is None else environment)
    address = Address(jira.url, flavour, jira.cloud_id, str(jira.ca_file) if jira.ca_file else None)
    patience = Patience(most_wait_seconds=most_wait_seconds)
    with closing(opened(address, sign_in, clock=clock, patience=patience)) as asked:
        yield asked


def flavour_found(settings: Settings, clock: Clock, *, most_wait_seconds: float = MOST_WAIT_SECONDS) -> Flavour:
    """Return the flavour that the site itself says it has. Nobody signs in, and no token leaves.

    Raises:
        NotInstalled: the part that speaks to Jira is not installed.
        SettingsError: the address is none, or the file of authorities cannot be read.
        Errors as in `Jira`.
    """
    try:
        from counterseal.jira.opening import Address, detect
        from counterseal.jira.sending import Patience
    except ImportError as failure:
        raise _not_installed(failure) from failure
    jira = settings.jira
    address = Address(jira.url, ca_file=str(jira.ca_file) if jira.ca_file else None)
    return detect(address, clock=clock, patience=Patience(most_wait_seconds=most_wait_seconds))


def warnings_of(settings: Settings, clock: Clock) -> tuple[str, ...]:
    """Return what is to be said of the token: that it expires soon, or has, by the day that somebody wrote down."""
    from counterseal.jira.sign_in import expiry_warning

    written = settings.jira.token_expires
    said = expiry_warning(date.fromisoformat(written) if written else None, clock.now().date())
    return (said,) if said else ()


def kept_refresh_token(settings: Settings) -> RefreshTokenFile:
    """Return what keeps the refresh token of OAuth."""
    return RefreshTokenFile(settings.state_directory / "jira-refresh-token")


def _sign_in(settings: Settings, environment: Mapping[str, str]) -> "SignIn":
    from counterseal.jira.sign_in import TOKEN_URL, BasicToken, BearerToken, OAuth

    jira = settings.jira
    if not jira.oauth_client_id:
        token = _token(settings, environment)
        return BasicToken(jira.email, token) if jira.email else BearerToken(token)
    name = jira.oauth_client_secret_env
    if not name:
        raise SettingsError("jira.oauth_client_secret_env is not set", hint="name the variable with the app's secret")
    if not environment.get(name):
        raise SettingsError(f"the variable {name!r}, which should hold the secret of the app of OAuth, is not set")
    parts = urlsplit(jira.url)
    # What is asked in the clear is on this machine: a double, which gives its own tokens.
    token_url = f"http://{parts.netloc}/oauth/token" if parts.scheme == "http" else TOKEN_URL
    return OAuth(jira.oauth_client_id, Hidden(environment[name].encode()), kept_refresh_token(settings), token_url)


def _not_installed(failure: ImportError) -> NotInstalled:
    return NotInstalled(
        f"asking Jira needs {failure.name}, which is not installed",
        hint="install counterseal with its extra [jira]",
    )


def _token(settings: Settings, environment: Mapping[str, str]) -> Hidden:
    jira = settings.jira
    if jira.token:
        reference = parse_reference(jira.token)
        if reference.default is not None:
            raise SettingsError("jira.token has a default, which would be a token", hint="leave ?default= out")
        (found,) = resolve([reference], partial(store_for, settings))
        return found
    if not jira.token_env:
        raise SettingsError("nothing says where the token of Jira is", hint="set jira.token_env, or jira.token")
    value = environment.get(jira.token_env)
    if not value:
        raise SettingsError(f"the variable {jira.token_env!r}, which should hold the token of Jira, is not set")
    return Hidden(value.encode())
