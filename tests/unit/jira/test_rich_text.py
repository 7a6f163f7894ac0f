"""Plain text in a ticket: it shows as it is, on both flavours."""

import pytest

from counterseal.jira.rich_text import document, plain, wiki


def texts(*lines: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": line} for line in lines]


def test_a_document_has_a_paragraph_for_each_block_and_a_break_for_each_line_end() -> None:
    one, two, three = texts("one", "two", "{three} *h1.*")

    assert document("\none\r\ntwo\n\n\n{three} *h1.*\n") == {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "paragraph", "content": [one, {"type": "hardBreak"}, two]},
            {"type": "paragraph", "content": [three]},
        ],
    }


def test_an_empty_document_has_nothing_in_it() -> None:
    assert document("\n \n\n")["content"] == [{"type": "paragraph", "content": texts(" ")}]
    assert document("")["content"] == []


@pytest.mark.parametrize(
    "text",
    [
        "the change matched OPS-42: version 3f2b-11 by role/ci, db_password of shop/prod",
        "look at https://cs.example/t/OPS-42?a=1&b=2#x_y-z~1, please",
        "2026-03-10T12:00:00Z; 100 % of it. Why? Because!".replace("!", "."),
        'a & b, 1 < 2, it\'s "quoted"',
        "one\n\ntwo",
    ],
)
def test_a_sentence_and_names_stay_readable(text: str) -> None:
    assert wiki(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{noformat}", r"\{noformat\}"),
        ("{{code}}", r"\{\{code\}\}"),
        ("[click|https://evil.example]", r"\[click\|https://evil.example\]"),
        ("[~admin]", r"\[\~admin\]"),
        ("!https://evil.example/x.png!", r"\!https://evil.example/x.png\!"),
        ("*bold* +new+ ^up^ ~down~", r"\*bold\* \+new\+ \^up\^ \~down\~"),
        ("_it_ -no- a_b c-d", r"\_it\_ \-no\- a_b c-d"),
        ("----", r"\-\-\-\-"),
        ("# one\n- two\n|| three", "\\# one\n\\- two\n\\|\\| three"),
        ("h1. big\n  h6. small\nbq. said", "h1\\. big\nh6\\. small\nbq\\. said"),
        ("see h1. there", "see h1. there"),
        ("??cited?? why?", r"\?\?cited\?\? why?"),
        ("(/) (x) :) ;) :D", r"\(/\) \(x\) :\) ;\) \:D"),
        ("DOMAIN\\user", "DOMAIN&#92;user"),
        ("\\\\", "&#92;&#92;"),
        ("&#123;x&amp;", r"&amp;\#123;x&amp;amp;"),
        ("https://evil.example/{x}|y", r"https://evil.example/\{x\}\|y"),
        ("a\x00b\x1b[31m\u202ec", r"ab\[31mc"),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_markup_stays_text(text: str, written: str) -> None:
    assert wiki(text) == written


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (document("one\ntwo\n\nthree"), "one\ntwo\nthree"),
        ("h1. wiki", "h1. wiki"),
        ({"type": "mediaSingle"}, ""),
        (None, ""),
        ({"content": [{"content": [{"text": "deep"}]}, 3]}, "deep"),
    ],
)
def test_rich_text_is_read_back_as_its_texts(body: object, text: str) -> None:
    assert plain(body) == text
