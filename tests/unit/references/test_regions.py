"""Regions are codes; a full name is refused with the code it means."""

import pytest

from counterseal.errors import MalformedReference, RegionNameGiven
from counterseal.references.regions import NAMES, region_code


@pytest.mark.parametrize("code", NAMES)
def test_every_code_is_taken(code: str) -> None:
    assert region_code(code) == code


@pytest.mark.parametrize(("code", "name"), NAMES.items(), ids=NAMES)
def test_every_name_is_refused_with_its_code(code: str, name: str) -> None:
    with pytest.raises(RegionNameGiven) as caught:
        region_code(name)

    assert caught.value.hint == f"write {code}"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Ohio", "us-east-2"),
        ("us east (ohio)", "us-east-2"),
        ("EU (Ireland)", "eu-west-1"),
        ("Sao Paulo", "sa-east-1"),
        ("US EAST OHIO", "us-east-2"),
    ],
)
def test_what_people_say_is_understood(said: str, code: str) -> None:
    with pytest.raises(RegionNameGiven) as caught:
        region_code(said)

    assert caught.value.hint == f"write {code}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("us-est-2", "us-east-2"),
        ("US-EAST-2", "us-east-2"),
        ("us east", "looks like"),
        ("", "looks like"),
        ("us-east-2.", "us-east-2"),
        ("us-east-٢", "us-east-"),
    ],
)
def test_a_typing_error_is_refused_with_what_is_near(text: str, hint: str) -> None:
    with pytest.raises(MalformedReference) as caught:
        region_code(text)

    assert hint in caught.value.hint
