"""A rendered text holds the exact value for its reader, or is refused."""

import json
import subprocess
import xml.etree.ElementTree as ET  # it reads what this test wrote
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.delivery.render import render
from counterseal.errors import Refused
from counterseal.hidden import Hidden
from counterseal.references.properties import values
from counterseal.references.scan import scan

URI = "aws-sm://us-east-2/db"
unicode_text = st.text(st.characters(exclude_categories=["Cs"]))


def rendered(text: str, form: str, value: bytes) -> bytes:
    """Scan a text and put the value in the place of each reference."""
    found = scan(text, form).found
    return render(text, found, [Hidden(value)] * len(found))


@given(st.binary())
def test_a_template_in_text_gives_way_to_the_bytes(value: bytes) -> None:
    assert rendered(f"a {{{{ {URI} }}}} b", "text", value) == b"a " + value + b" b"


def test_bytes_that_are_no_text_come_out_as_they_went_in() -> None:
    text = b"\xff\xfe {{ aws-sm://us-east-2/db }} \x80\r\n".decode(errors="surrogateescape")

    assert rendered(text, "text", b"v") == b"\xff\xfe v \x80\r\n"


@given(unicode_text)
def test_a_value_in_properties_reads_as_itself(value: str) -> None:
    written = rendered(f"a=1\nb = {URI}\nc=x{{{{ {URI} }}}}y\n", "properties", value.encode()).decode("ascii")

    read = [it.text.encode("utf-16", "surrogatepass").decode("utf-16") for it in values(written)]
    assert read == ["1", value, f"x{value}y"]


@given(unicode_text)
def test_a_value_in_json_reads_as_itself(value: str) -> None:
    assert json.loads(rendered(f'{{"a": "x{{{{ {URI} }}}}"}}', "json", value.encode())) == {"a": f"x{value}"}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\t\r\n")))
def test_a_value_in_xml_reads_as_itself(value: str) -> None:
    written = rendered(f"<a b='{{{{ {URI} }}}}'>{{{{ {URI} }}}}</a>", "xml", value.encode())

    element = ET.fromstring(written.decode())  # noqa: S314  # as above
    assert (element.text or "", element.get("b")) == (value, value)


SHELL_SAFE = {
    "unquoted": ("A={}", "plain-value_1.10/x=y"),
    "single-quoted": ("A='{}'", 'two words "$HOME" \\ `id` #\nsecond line'),
    "double-quoted": ('A="{}"', "it's # fine\nsecond line"),
}


@pytest.mark.parametrize(("line", "value"), SHELL_SAFE.values(), ids=SHELL_SAFE)
def test_a_value_in_dotenv_reads_as_itself_in_the_shell(line: str, value: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(rendered(line.format(URI), "dotenv", value.encode()))

    read = subprocess.run(["/bin/sh", "-c", '. "$1"; printf %s "$A"', "sh", file], capture_output=True, check=True)

    assert read.stdout == value.encode()


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        (f"A={URI}", "text", b"canary\nB=2"),
        (f"A={URI}", "text", b"canary\r"),
        (f"A=x{{{{ {URI} }}}}", "dotenv", b"canary\nB=2"),
        *((f"A={URI}", "dotenv", b"canary" + sign) for sign in (b" ", b"'", b'"', b"#", b"$", b"\\", b"`", b"\n")),
        (f"A='{URI}'", "dotenv", b"canary'"),
        *((f'A="{URI}"', "dotenv", b"canary" + sign) for sign in (b'"', b"$", b"\\", b"`")),
        (f"A={URI}", "properties", b"canary\xff"),
        (f'"{{{{ {URI} }}}}"', "json", b"canary\xff"),
        (f"<a>{{{{ {URI} }}}}</a>", "xml", b"canary\x00"),
    ],
)
def test_a_value_that_would_be_altered_is_refused_without_showing_it(text: str, form: str, value: bytes) -> None:
    with pytest.raises(Refused, match="line 1, column") as caught:
        rendered(text, form, value)

    assert "canary" not in str(caught.value) + caught.value.hint
    assert caught.value.__context__ is None or caught.value.__suppress_context__
