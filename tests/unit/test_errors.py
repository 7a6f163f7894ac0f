"""The error tree and its one table of exit statuses."""

import pytest

from counterseal import errors
from counterseal.errors import CountersealError, exit_statuses


def every_error() -> list[type[CountersealError]]:
    """Return the classes of the tree."""
    found = [CountersealError]
    for error in found:
        found.extend(error.__subclasses__())
    return found


def test_every_error_has_its_exit_status_in_the_table() -> None:
    assert {error.exit_status for error in every_error()} <= set(exit_statuses())


def test_different_meanings_have_different_exit_statuses() -> None:
    meanings = list(exit_statuses().values())

    assert len(set(meanings)) == len(meanings)


@pytest.mark.parametrize("status", [0, 2, 10])
def test_the_statuses_of_the_audit_contract_are_in_the_table(status: int) -> None:
    assert status in exit_statuses()


def test_missing_field_missing_secret_denied_unreachable_and_corrupt_differ() -> None:
    five = [errors.FieldNotFound, errors.SecretNotFound, errors.Denied, errors.Unreachable, errors.SealBroken]

    assert len({error.exit_status for error in five}) == 5


def test_the_tree_in_the_docstring_names_every_error() -> None:
    assert [error.__name__ for error in every_error() if error.__name__ not in (errors.__doc__ or "")] == []


def test_an_error_carries_its_hint() -> None:
    failure = errors.NotFound("no secret is named 'x'", hint="counterseal list shows the names")

    assert str(failure) == "no secret is named 'x'"
    assert failure.hint == "counterseal list shows the names"
