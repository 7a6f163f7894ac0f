"""What a program is given: the values, and nothing that was said to Counterseal."""

import pytest

from counterseal.delivery.environment import child_environment, other_products_in, references_in
from counterseal.errors import Refused, RegionNameGiven, UsageError
from counterseal.hidden import Hidden
from counterseal.references.reference import Reference

DB = Reference("aws-sm", "us-east-2", "db")
ENVIRONMENT = {
    b"PATH": b"/bin",
    b"DB": b"aws-sm://us-east-2/db",
    b"OTHER": b'{ENC}{"region":"us-east-2","secretId":"db"}',
    b"BINARY": b"\xff\xfe",
    b"PLACE": b"s3://bucket/place",
    b"COUNTERSEAL_PASSWORD": b"safe://never/followed",
}


def test_variables_that_are_references_are_found() -> None:
    assert references_in(ENVIRONMENT) == {b"DB": DB, b"OTHER": DB}


def test_only_the_named_variables_are_read() -> None:
    assert references_in(ENVIRONMENT | {b"BAD": b"aws-sm://"}, ["DB"]) == {b"DB": DB}


@pytest.mark.parametrize(
    ("name", "says"),
    [("PATH", "holds no reference"), ("ABSENT", "is not set"), ("\udcff", "is not set")],
)
def test_a_named_variable_without_reference_is_refused(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"variable .* {says}"):
        references_in(ENVIRONMENT, [name])


def test_a_mistake_names_its_variable() -> None:
    with pytest.raises(RegionNameGiven, match="variable DB: the region 'Ohio'"):
        references_in({b"DB": b"aws-sm://Ohio/db"})


def test_a_reference_that_is_not_utf_8_is_refused_as_such() -> None:
    with pytest.raises(Exception, match="variable D\\\\xff"):
        references_in({b"D\xff": b"aws-sm://us-east-2/\xff"})


def test_other_products_values_are_named() -> None:
    assert other_products_in({b"A": b"{ATL_SECURED}", b"B": b"x"}) == {"A": "Atlassian's own secret storage"}


def test_the_program_gets_the_values_and_nothing_of_counterseals() -> None:
    child = child_environment(ENVIRONMENT, {b"DB": Hidden(b"\xff \n")}, withheld=["PLACE"])

    assert child == {b"PATH": b"/bin", b"DB": b"\xff \n", b"OTHER": ENVIRONMENT[b"OTHER"], b"BINARY": b"\xff\xfe"}


def test_a_pristine_program_gets_the_values_and_what_is_let_through() -> None:
    child = child_environment(
        ENVIRONMENT, {b"DB": Hidden(b"v")}, pristine=["PATH", "COUNTERSEAL_PASSWORD", "PLACE"], withheld=["PLACE"]
    )

    assert child == {b"PATH": b"/bin", b"DB": b"v"}


def test_a_nul_is_refused_without_the_value() -> None:
    with pytest.raises(Refused, match="variable DB holds a NUL") as caught:
        child_environment({}, {b"DB": Hidden(b"canary\0")})

    assert "canary" not in str(caught.value)
