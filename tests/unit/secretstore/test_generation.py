"""New values are drawn from what was asked for, and none that could be guessed is given out."""

import re
import string
from collections.abc import Sequence

import pytest

from counterseal.errors import Refused
from counterseal.secretstore.generation import ALPHABETS, Recipe, generate


def drawn(recipe: Recipe) -> str:
    return generate(recipe).reveal().decode()


def test_a_value_has_the_length_and_the_characters_asked_for() -> None:
    assert re.fullmatch(r"[A-Za-z0-9]{32}", drawn(Recipe()))
    assert re.fullmatch(r"[0-9a-f]{40}", drawn(Recipe(40, ALPHABETS["hex"])))


def test_two_values_differ() -> None:
    assert drawn(Recipe()) != drawn(Recipe())


def test_each_character_is_drawn_on_its_own() -> None:
    asked: list[Sequence[str]] = []

    def choose(letters: Sequence[str]) -> str:
        asked.append(letters)
        return letters[0]

    generate(Recipe(20, "abcdefghijklm"), choose)

    assert asked == ["abcdefghijklm"] * 20


def test_words_can_be_read_aloud() -> None:
    assert re.fullmatch(r"([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz](-[a-z]{5}){7}", drawn(Recipe(words=8)))


def test_every_kind_is_in_it_where_that_is_asked_for() -> None:
    recipe = Recipe(14, ALPHABETS["printable"], every_kind=True)
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)

    assert all(set(kind) & set(drawn(recipe)) for kind in kinds for _ in range(20))


def test_a_value_without_a_kind_is_drawn_again_as_a_whole() -> None:
    left = iter("a" * 16 + "a" * 15 + "1")

    value = generate(Recipe(16, "abcdefgh12345678", every_kind=True), lambda _: next(left))

    assert value.reveal() == b"a" * 15 + b"1"


GUESSED: dict[str, tuple[Recipe, str]] = {
    "too short": (Recipe(10), "has 60 bits: it could be guessed"),
    "too few words": (Recipe(words=3), "has 48 bits"),
    "one character": (Recipe(100, "a"), "has 0 bits"),
    "no character": (Recipe(100, ""), "are none"),
    "a character twice": (Recipe(100, "aab"), "stands there twice"),
    "nothing": (Recipe(0), "has 0 bits"),
}


@pytest.mark.parametrize("case", GUESSED)
def test_what_could_be_guessed_is_refused(case: str) -> None:
    recipe, said = GUESSED[case]

    with pytest.raises(Refused, match=said):
        generate(recipe)
