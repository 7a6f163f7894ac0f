"""Properties text is read as java.util.Properties reads it, and written so that it reads the exact value."""

import random
import subprocess
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import MalformedInput
from counterseal.references.properties import escaped, values

ORACLE = Path(__file__).parents[2] / "doubles" / "PropertiesOracle.java"
JAVA = which("java") or ""
no_java = pytest.mark.skipif(not JAVA, reason="java is not installed, and java.util.Properties is the oracle")

TEXTS = {
    "plain": ("a=b\nc = d\ne:f\ng h", ["b", "d", "f", "h"]),
    "line ends": ("a=1\r\nb=2\rc=3\n\n", ["1", "2", "3"]),
    "comments": ("# a=1\n  ! b=2\nc=3 # not one", ["3 # not one"]),
    "a comment is not continued": ("# a\\\nb=2", ["2"]),
    "continued": ("a=1\\\n   2\\\r\n3", ["123"]),
    "continued at the end": ("a=1\\", ["1"]),
    "continued by nothing": ("a=1\\\n\nb=2", ["1", "2"]),
    "a comment sign on a continuation": ("a=1\\\n#2", ["1#2"]),
    "two backslashes do not continue": ("a=1\\\\\nb=2", ["1\\", "2"]),
    "escapes": (r"a=\t\n\r\f\\\"\q\u0041\u00e9", ['\t\n\r\f\\"qA\u00e9']),
    "escaped separators in the key": (r"a\=b\:c\ d=e", ["e"]),
    "no value": ("a\nb=\nc", ["", "", ""]),
    "spaces": ("a =  b  \n\tc\t:\td\t", ["b  ", "d\t"]),
    "a separator in the value": ("a==b\nc:=d\ne f=g", ["=b", "=d", "f=g"]),
    "form feeds": ("\fa\f=\fb\f", ["b\f"]),
    "a blank continuation start": ("a=\\\n  b", ["b"]),
    "key continued": ("a\\\n  b=c", ["c"]),
    "a space is escaped": ("a=\\ b", [" b"]),
    "nothing": ("", []),
    "spaces only": ("  \n\t\n", []),
    "a backslash alone": ("\\\n", [""]),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_values_are_those_of_java(text: str, expected: list[str]) -> None:
    assert [value.text for value in values(text)] == expected


@pytest.mark.parametrize("text", ["a=\\u12", "a=b\\n\nc=\\u00g0", "a=\\u"])
def test_a_bad_escape_is_refused_with_its_line(text: str) -> None:
    line = text.count("\n") + 1

    with pytest.raises(MalformedInput, match=rf"line {line} "):
        list(values(text))


@given(st.text())
def test_offsets_point_at_the_characters(value: str) -> None:
    text = f"first=1\nname = {escaped(value)}\n"

    found = list(values(text))[1]

    assert len(found.offsets) == len(found.text) + 1
    assert text[found.offsets[0] : found.offsets[-1]] == escaped(value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_escaped_value_is_read_as_itself(value: str) -> None:
    found = next(values(f"name={escaped(value)}"))

    assert found.text.encode("utf-16", "surrogatepass").decode("utf-16") == value


@no_java
def test_java_reads_every_text_above_alike(tmp_path: Path) -> None:
    texts = [text for text, _ in TEXTS.values()]

    assert java_values(texts, tmp_path) == [sorted(expected) for _, expected in TEXTS.values()]


@no_java
def test_java_reads_escaped_values_as_themselves(tmp_path: Path) -> None:
    exact = [*map(chr, range(0x100)), "  two  ", "=:#!", "\\u0041", "a\r\nb\n", "é€𝄞\ufeff\u2028", " x", "\tx", ""]

    assert java_values([f"name={escaped(value)}" for value in exact], tmp_path) == [[value] for value in exact]


@no_java
def test_java_reads_texts_of_chance_alike(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311  # not for secrets
    texts = ["".join(chance.choices("\\\\ =:#!abt\n\r\t\f", k=chance.randrange(1, 24))) for _ in range(3000)]

    ours = [sorted(value.text for value in values(text)) for text in texts]

    assert java_values(texts, tmp_path) == ours


def java_values(texts: list[str], folder: Path) -> list[list[str]]:
    """Return the values that java.util.Properties reads in each text, in order."""
    files = []
    for number, text in enumerate(texts):
        file = folder / f"{number}.properties"
        file.write_bytes(text.encode("latin-1"))
        files.append(str(file))
    done = subprocess.run([JAVA, "-XX:TieredStopAtLevel=1", str(ORACLE), *files], capture_output=True, check=True)
    lines = done.stdout.decode("ascii").splitlines()
    return [sorted(bytes.fromhex(value).decode("utf-16-be") for value in line.split(",")[1:]) for line in lines]
