"""A field of Jira is found by its id or by its name, and a slip is named."""

import pytest

from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.errors import SettingsError

KNOWN = [
    ("summary", "Summary"),
    ("customfield_1", "Secret ARN"),
    ("customfield_2", "Operation"),
    ("customfield_3", "Window"),
    ("customfield_4", "Window"),
]


def names(**named: str) -> FieldNames:
    return FieldNames(named, KNOWN)


@pytest.mark.parametrize("text", ["customfield_1", "Secret ARN", "secret arn"])
def test_a_field_is_found_by_id_or_name(text: str) -> None:
    assert names(secrets=text).id_of("secrets") == "customfield_1"


def test_what_was_not_named_has_no_field() -> None:
    found = names(secrets="customfield_1")

    assert found.id_of("operations") == ""
    assert found.lacks("secrets", "operations") == ["operations"]


def test_without_the_fields_of_jira_a_text_is_an_id() -> None:
    assert FieldNames({"secrets": "customfield_9"}).id_of("secrets") == "customfield_9"


def test_an_unknown_name_is_named_with_the_nearest_right_one() -> None:
    with pytest.raises(SettingsError, match=r"policy\.jira_fields\.secrets: Jira has no field 'Secrt ARN'") as caught:
        names(secrets="Secrt ARN")

    assert caught.value.hint == "did you mean 'Secret ARN'?"


def test_a_name_of_several_fields_is_refused_with_their_ids() -> None:
    with pytest.raises(SettingsError, match="several fields named 'Window': customfield_3 and customfield_4"):
        names(window_from="Window")


def test_the_id_of_a_name_is_known_where_one_field_has_it_or_one_is_mapped() -> None:
    found = names(window_from="customfield_4")

    assert found.id_of_name("operation") == "customfield_2"
    assert found.id_of_name("window") == "customfield_4"
    assert names().id_of_name("window") == ""
    assert found.id_of_name("unheard of") == ""
