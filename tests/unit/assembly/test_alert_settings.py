"""[alerts.NAME]: each key by its place."""

from pathlib import Path
from typing import Any

import pytest

from counterseal.assembly.alert_settings import AlertReceiver
from counterseal.assembly.settings import load_settings
from counterseal.errors import SettingsError


def loaded(folder: Path, text: str) -> Any:
    file = folder / "counterseal.toml"
    file.write_text(text)
    return load_settings(file, environment={})


def test_receivers_are_read_beside_what_holds_for_all(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
        [alerts]
        outbox = "out.sqlite"
        link = "https://audit.example"
        [alerts.ops]
        kind = "webhook"
        url = "https://hooks.example/x"
        secret_env = "HOOK"
        verdicts = ["unapproved", "mismatched"]
        [alerts.team]
        kind = "mail"
        host = "mail.example"
        from = "audit@acme.example"
        to = "team@acme.example"
        """,
    )

    assert (settings.outbox_path, settings.alerts_link) == (tmp_path / "out.sqlite", "https://audit.example")
    assert settings.alerts == (
        AlertReceiver("ops", "webhook", ("unapproved", "mismatched"), "https://hooks.example/x", "HOOK"),
        AlertReceiver(
            "team", "mail", host="mail.example", port=587, sender="audit@acme.example", to=("team@acme.example",)
        ),
    )


@pytest.mark.parametrize(("tls", "port"), [("implicit", 465), ("none", 25), ("starttls", 587)])
def test_the_port_goes_by_how_it_is_encrypted(tmp_path: Path, tls: str, port: int) -> None:
    mail = f'[alerts.m]\nkind="mail"\nhost="h"\nfrom="a@b"\nto=["c@d"]\ntls="{tls}"\n'

    assert loaded(tmp_path, mail).alerts[0].port == port
    assert loaded(tmp_path, f"{mail}port=2525\n").alerts[0].port == 2525


MAIL = 'kind="mail"\nhost="h"\nfrom="a@b"\nto=["c@d"]\n'
WRONG = {
    "no kind": ("", "alerts.x.kind"),
    "another kind": ('kind="pigeon"', "must be one of webhook, mail"),
    "no address": ('kind="webhook"', "alerts.x.url"),
    "a key of the other kind": ('kind="webhook"\nurl="u"\nhost="h"', "unknown setting alerts.x.host"),
    "no receiver": ('kind="mail"\nhost="h"\nfrom="a@b"', "alerts.x.to"),
    "a number": ('kind="webhook"\nurl=1', "alerts.x.url"),
    "a list of numbers": (f"{MAIL}verdicts=[1]", "alerts.x.verdicts"),
    "a port that is none": (f"{MAIL}port=0", "alerts.x.port"),
    "a port that is text": (f'{MAIL}port="25"', "alerts.x.port"),
    "another encryption": (f'{MAIL}tls="maybe"', "alerts.x.tls"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_by_its_place(tmp_path: Path, case: str) -> None:
    text, said = WRONG[case]

    with pytest.raises(SettingsError, match=said.replace(".", r"\.")):
        loaded(tmp_path, f"[alerts.x]\n{text}\n")
