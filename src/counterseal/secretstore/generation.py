"""New secret values, drawn at random: by characters, or as words that can be read aloud."""

import secrets
import string
from collections.abc import Callable, Sequence
from math import log2
from typing import NamedTuple

from counterseal.errors import Refused
from counterseal.hidden import Hidden

ALPHABETS = {
    "letters-digits": string.ascii_letters + string.digits,
    "printable": string.ascii_letters + string.digits + string.punctuation,
    "url": string.ascii_letters + string.digits + "-_.~",  # RFC 3986, unreserved
    "hex": "0123456789abcdef",
}

# NIST SP 800-63B-4 asks 64 bits of what is drawn at random and can be guessed at online alone; less is a mistake.
LEAST_BITS = 64.0

_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
# Five letters, consonant and vowel in turn: 4 + 2 + 4 + 2 + 4 bits.
_WORD = (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS, _CONSONANTS)

Choose = Callable[[Sequence[str]], str]


class Recipe(NamedTuple):
    """How a value is made: `length` of these characters, or as many `words`.

    `every_kind` asks for at least one of each kind of character (lower case, upper case, digit, other) in it.
    """

    length: int = 32
    characters: str = ALPHABETS["letters-digits"]
    words: int = 0
    every_kind: bool = False

    @property
    def bits(self) -> float:
        """Return how many bits have to be guessed, less than one bit off where every kind is asked for."""
        if self.words:
            return self.words * sum(log2(len(letters)) for letters in _WORD)
        return self.length * log2(len(set(self.characters)))


def generate(recipe: Recipe, choose: Choose = secrets.choice) -> Hidden:
    """Draw a value: each that fits the recipe is as likely as any other.

    Raises:
        Refused: it could be guessed, or no value fits.
    """
    if not recipe.words and (not recipe.characters or len(set(recipe.characters)) != len(recipe.characters)):
        raise Refused("the characters to draw from are none, or one stands there twice")
    if recipe.bits < LEAST_BITS:
        raise Refused(
            f"such a value has {recipe.bits:.0f} bits: it could be guessed",
            hint=f"make it longer, or draw from more characters: at least {LEAST_BITS:.0f} bits",
        )
    if recipe.words:
        return Hidden("-".join(_word(choose) for _ in range(recipe.words)).encode())
    kinds = _kinds_of(recipe.characters) if recipe.every_kind else []
    # Whatever has the bits has room for four kinds.
    while True:
        drawn = [choose(recipe.characters) for _ in range(recipe.length)]
        # Drawn again as a whole: putting the missing kind in would make some values likelier than others.
        if all(any(letter in kind for letter in drawn) for kind in kinds):
            return Hidden("".join(drawn).encode())


def _word(choose: Choose) -> str:
    return "".join(choose(letters) for letters in _WORD)


def _kinds_of(characters: str) -> list[str]:
    return [kind for kind in _KINDS if set(kind) & set(characters)]
