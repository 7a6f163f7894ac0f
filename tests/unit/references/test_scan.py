"""References are found where they stand, with the way in which a value must be written there."""

from typing import Any

import pytest
from tests.unit.references.vectors import case, vectors

from counterseal.errors import MalformedReference, RegionNameGiven
from counterseal.references.scan import form_of, scan
from counterseal.references.uri import as_uri

PROPERTIES = vectors("properties")
URI = "aws-sm://us-east-2/db"
ENC = '{ENC}{"region":"us-east-2","secretId":"db"}'


def found(text: str, form: str) -> list[tuple[str, str]]:
    """Return the pieces of text that would be replaced, and how."""
    return [(text[it.start : it.end], it.writing) for it in scan(text, form).found]


@pytest.mark.parametrize("vector", PROPERTIES, ids=case)
def test_scan_finds_what_java_would_read(vector: Any) -> None:
    scanned = scan(vector["text"], "properties").found

    assert [as_uri(it.reference) if it.reference else it.owner for it in scanned] == vector["found"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("bitbucket.properties", "properties"),
        ("/etc/app/LOGGING.PROPERTIES", "properties"),
        (".env", "dotenv"),
        ("deploy/.env.production", "dotenv"),
        ("prod.env", "dotenv"),
        ("app.json", "json"),
        ("dbconfig.xml", "xml"),
        ("app.conf", "text"),
        ("-", "text"),
        ("properties", "properties"),
    ],
)
def test_the_form_follows_from_the_name(name: str, form: str) -> None:
    assert form_of(name) == form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a={URI}", [(URI, "line")]),
        (f"a={URI} # why\n", [(URI, "line")]),
        (f"  export A = {ENC}  \r\n", [(ENC, "line")]),
        (f"A='{ENC}'", [(ENC, "single-quoted")]),
        (f'A="{URI}"\nB=1', [(URI, "double-quoted")]),
        (f"\ufeffA={URI}", [(URI, "line")]),
        (f"x {{{{ {URI} }}}} y {{{{{URI}#/a}}}}", [(f"{{{{ {URI} }}}}", "plain"), (f"{{{{{URI}#/a}}}}", "plain")]),
        (f"A=x{{{{ {URI} }}}}\nB={URI}", [(f"{{{{ {URI} }}}}", "plain"), (URI, "line")]),
        ("{{ jinja }} ${SHELL} a=s3://bucket/place b", []),
        ("A=", []),
        (f"# A={URI}", []),
        ("A={ATL_SECURED}", [("{ATL_SECURED}", "line")]),
    ],
)
def test_scan_of_text_finds_templates_and_whole_values(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, "text") == expected


def test_scan_of_dotenv_asks_for_unquoted_and_single_line_values() -> None:
    assert found(f"A={URI}\nB=x{{{{ {URI} }}}}", "dotenv") == [(URI, "unquoted"), (f"{{{{ {URI} }}}}", "line")]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_scan_of_structured_files_finds_templates_only(form: str) -> None:
    assert found(f"a={URI}\n{{{{ {URI} }}}}", form) == [(f"{{{{ {URI} }}}}", form)]


def test_scan_of_xml_reads_an_escaped_ampersand() -> None:
    scanned = scan("<a>{{ aws-sm://us-east-2/db?stage=A&amp;default=b }}</a>", "xml").found

    assert [(it.reference.stage, it.reference.default) for it in scanned if it.reference] == [("A", "b")]


def test_scan_of_properties_covers_the_raw_value_with_its_continuations() -> None:
    raw = ENC.replace(",", ",\\\r\n    ").replace(":", "\\:")
    text = f"a=1\npassword = {raw}\r\nb=2"

    assert found(text, "properties") == [(raw, "properties")]


def test_scan_of_properties_covers_a_template_in_the_raw_value() -> None:
    raw = "{{ aws-sm\\://us-east-2/d\\\n   b }}"

    assert found(f"a=x{raw}y", "properties") == [(raw, "properties")]


def test_found_says_where() -> None:
    scanned = scan(f"\n  a={URI}", "text").found

    assert [(it.line, it.column, it.where) for it in scanned] == [(2, 5, "line 2, column 5")]


@pytest.mark.parametrize(
    ("text", "form", "place"),
    [
        ("a=1\nb=aws-sm://Ohio/db", "text", "line 2, column 12"),
        ("a=1\nb={{ aws-sm://Ohio/db }}", "text", "line 2, column 15"),
        ('a=1\nb={ENC}{"region"\\:\\\n "Ohio","secretId"\\:"db"}', "properties", "line 3, column 2"),
        ("a=x{{ aws-sm\\://Ohio/db }}", "properties", "line 1, column 17"),
    ],
)
def test_a_mistake_is_placed_in_the_file(text: str, form: str, place: str) -> None:
    with pytest.raises(RegionNameGiven, match=f"at {place}$"):
        scan(text, form)


@pytest.mark.parametrize("text", [f"{{{{ {URI}", f"{{{{ {URI} }}\n}}", f"a={{{{ {URI}\n}}}}"])
def test_a_template_that_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(MalformedReference, match="is not closed, at line 1"):
        scan(text, "text")


def test_scan_names_the_lines_that_it_leaves_alone() -> None:
    scanned = scan(f"password: {URI}\n# {URI}\nA={URI}\n<password>{ENC}</password>", "text")

    assert scanned.overlooked == [1, 4]
