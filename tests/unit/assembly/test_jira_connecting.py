"""What setting up a Jira knows: addresses as people copy them, likely fields, and the tables that come of it."""

from pathlib import Path

import pytest

from counterseal.assembly.jira_connecting import (
    Answers,
    checked_field,
    how_to_sign_in,
    likely,
    normal_url,
    suggested,
    tables_of,
)
from counterseal.assembly.jira_settings import JiraSettings
from counterseal.errors import SettingsError, UsageError
from counterseal.jira.interface import Field, Flavour

FIELDS = (
    Field("summary", "Summary"),
    Field("customfield_1", "Secret", is_custom=True),
    Field("customfield_2", "Operation", is_custom=True),
    Field("customfield_3", "operation", is_custom=True),
    Field("customfield_4", "Other secret words", is_custom=True),
    Field("customfield_5", "Planned start", is_custom=True),
)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("example.atlassian.net", "https://example.atlassian.net"),
        (" http://example.atlassian.net/jira/software/projects/OPS?x=1#y ", "https://example.atlassian.net"),
        ("https://jira.example.com/jira/browse/OPS-1", "https://jira.example.com/jira"),
        ("http://jira.example.com:80/secure/Dashboard.jspa", "https://jira.example.com"),
        ("https://jira.example.com:8443/", "https://jira.example.com:8443"),
        ("http://127.0.0.1:8080/jira/", "http://127.0.0.1:8080/jira"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_an_address_is_taken_as_people_copy_it(typed: str, url: str) -> None:
    assert normal_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    ["", "https://", "ftp://jira.example", "https://me:canary@jira.example", "a b.example", "https://[x", "a:99999"],
)
def test_what_is_no_address_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(UsageError, match="the address of Jira") as refused:
        normal_url(typed)

    assert "canary" not in str(refused.value)


def test_likely_fields_are_found_by_their_names() -> None:
    assert [it.field_id for it in likely(FIELDS, "secrets")] == ["customfield_1", "customfield_4"]
    assert suggested(FIELDS) == {"secrets": "Secret", "operations": "customfield_2", "window_from": "Planned start"}


def test_a_field_is_none_that_jira_has_not() -> None:
    assert checked_field("secrets", "customfield_4", FIELDS) == "customfield_4"
    with pytest.raises(SettingsError, match="several fields named"):
        checked_field("operations", "Operation", FIELDS)
    with pytest.raises(SettingsError, match="no field is given for secrets"):
        checked_field("secrets", "", FIELDS)


@pytest.mark.parametrize("flavour", Flavour)
def test_how_to_sign_in_leaves_no_blank_unfilled(flavour: Flavour) -> None:
    said = how_to_sign_in(flavour, "https://jira.example")

    assert "browse the projects" in said
    assert "{" not in said


def test_what_was_not_asked_for_stays() -> None:
    before = {
        "url": "x",
        "token": "safe://a",
        "answers": True,
        "comments": True,
        "mirror": "m",
        "projects": ["A"],
        "n": 1,
    }
    jira = JiraSettings(url="https://a.example", token_env="JIRA_TOKEN", projects=("OPS",))

    tables = tables_of(Answers(jira, {"operations": "O", "secrets": "S"}), {**before, "ca_file": "own.pem"})
    anew = tables_of(Answers(jira._replace(ca_file=Path("/b.pem")), {}), {**before, "ca_file": "own.pem"})

    assert tables["jira"] == {
        "url": "https://a.example",
        "token_env": "JIRA_TOKEN",
        "projects": ["OPS"],
        "comments": True,
        "mirror": "m",
        "ca_file": "own.pem",
    }
    assert list(tables["policy.jira_fields"]) == ["secrets", "operations"]
    assert anew["jira"]["ca_file"] == "/b.pem"
