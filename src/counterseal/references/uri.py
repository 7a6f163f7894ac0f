"""The URI form: `aws-sm://[access@]region/secretId[?…]#/pointer`, `s3://bucket/object…`, `safe://safe/secret…`."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from counterseal.errors import MalformedReference, UnknownReferenceKey
from counterseal.references import names
from counterseal.references.pointer import checked_pointer
from counterseal.references.reference import Reference
from counterseal.references.regions import region_code
from counterseal.references.source import Source

# Which questions may follow each scheme's path.
SCHEMES = {
    "aws-sm": ("stage", "version", "default"),
    "s3": ("version", "default"),
    "safe": ("version", "default"),
}
_BEGINNINGS = ("{ENC}{", "{", *(f"{scheme}://" for scheme in SCHEMES))

_SHAPE = re.compile(r"([a-z0-9-]+)://([^/?#]*)(/[^?#]*)?(\?[^#]*)?(#.*)?", re.DOTALL)
_FOREIGN = re.compile(r"[\x00-\x20\x7f-\xa0\ud800-\udfff\u2028\u2029{}\"<>^`|\\]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PERCENTS = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# Amazon S3 User Guide, "General purpose bucket naming rules".
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_LONGEST_NAME = 1024
# What stays as it is when a reference is written: RFC 3986 pchar and "/", less what would be read otherwise.
_PLAIN_PATH = "/:@!$&'()*+,;=-._~"
_PLAIN_QUERY = "/:@!$'()*+,;-._~"


class _Parts:
    """The parts of a URI and where each begins."""

    __slots__ = (
        "authority",
        "authority_at",
        "fragment",
        "fragment_at",
        "path",
        "path_at",
        "query",
        "query_at",
        "scheme",
    )

    def __init__(self, found: re.Match[str]) -> None:
        self.scheme = found[1]
        self.authority, self.authority_at = found[2], found.start(2)
        self.path, self.path_at = (found[3] or "")[1:], (found.start(3) if found[3] else found.end(2)) + 1
        self.query, self.query_at = (found[4] or "")[1:], found.start(4) + 1
        self.fragment, self.fragment_at = (found[5] or "")[1:], found.start(5) + 1


def parse_uri(source: Source) -> Reference:
    """Read the URI form.

    Raises:
        UnknownReferenceKey: a question is asked that the scheme does not know.
        RegionNameGiven: a region's full name stands where its code belongs.
        PointerWithoutSlash: what follows the # does not start with a slash.
        MalformedReference: it is no such URI, or a part of it is wrong.
    """
    parts = _parts(source)
    asked = _questions(source, parts)
    if "stage" in asked and "version" in asked:
        raise source.wrong("stage and version are both given", parts.query_at, hint="give one of them")
    access, place = _authority(source, parts)
    return Reference(
        scheme=parts.scheme,
        place=place,
        secret_id=_secret_id(source, parts, place),
        pointer=_pointer(source, parts),
        version_id=asked.get("version"),
        stage=asked.get("stage"),
        access=access,
        default=asked.get("default"),
    )


def as_uri(reference: Reference) -> str:
    """Write a reference as a URI; its default is part of it."""
    access = f"{reference.access}@" if reference.access else ""
    questions = {"stage": reference.stage, "version": reference.version_id, "default": reference.default}
    query = "&".join(f"{name}={quote(text, safe=_PLAIN_QUERY)}" for name, text in questions.items() if text is not None)
    return "".join(
        (
            f"{reference.scheme}://{access}{reference.place}/{quote(reference.secret_id, safe=_PLAIN_PATH)}",
            f"?{query}" if query else "",
            f"#{quote(reference.pointer, safe=_PLAIN_PATH)}" if reference.pointer else "",
        )
    )


def _parts(source: Source) -> _Parts:
    found = _SHAPE.fullmatch(source.text)
    if found is None or found[1] not in SCHEMES:
        raise source.wrong("this is not a reference", 0, hint=f"a reference begins with {', '.join(_BEGINNINGS)}")
    # Behind the authority: what stands in that has a check of its own, which knows "US East (Ohio)".
    foreign = _FOREIGN.search(source.text, found.end(2))
    if foreign:
        raise source.wrong(
            f"a URI cannot have {foreign[0]!r} in it", foreign.start(), hint="write it as % and two hexadecimal digits"
        )
    percent = _BAD_PERCENT.search(source.text)
    if percent:
        raise source.wrong("a % stands without two hexadecimal digits", percent.start(), hint="write %25 for %")
    return _Parts(found)


def _authority(source: Source, parts: _Parts) -> tuple[str | None, str]:
    at = parts.authority_at
    match parts.scheme:
        case "aws-sm":
            access, mark, region = parts.authority.rpartition("@")
            if mark:
                source.checked(access, at, names.access_name)
            return access or None, source.checked(unquote(region), at + len(access + mark), region_code)
        case "s3":
            return None, source.checked(parts.authority, at, _bucket)
        case _:
            return None, source.checked(parts.authority, at, _safe)


def _bucket(text: str) -> str:
    if not _BUCKET.fullmatch(text):
        raise MalformedReference(f"{text!r} is not a bucket's name", hint="3 to 63 of a-z, 0-9, . and -")
    return text


def _safe(text: str) -> str:
    if not _SAFE.fullmatch(text):
        raise MalformedReference(
            f"{text!r} is not a safe's name", hint="1 to 64 letters, digits, and . _ - between them"
        )
    return text


def _secret_id(source: Source, parts: _Parts, place: str) -> str:
    text = _decoded(source, parts.path, parts.path_at)
    if parts.scheme == "aws-sm":
        return source.checked(text, parts.path_at, lambda name: names.secret_id(name, place))
    return source.checked(text, parts.path_at, _any_name)


def _any_name(text: str) -> str:
    if not text:
        raise MalformedReference("no name stands behind the slash")
    # Amazon S3 User Guide, "Naming Amazon S3 objects": up to 1,024 bytes of UTF-8.
    if len(text.encode()) > _LONGEST_NAME or any(ord(character) < ord(" ") for character in text):
        raise MalformedReference("the name is beyond 1,024 bytes or has a control character in it")
    return text


def _questions(source: Source, parts: _Parts) -> dict[str, str]:
    asked: dict[str, str] = {}
    at = parts.query_at
    for question in parts.query.split("&") if parts.query else ():
        name, mark, text = question.partition("=")
        if name not in SCHEMES[parts.scheme]:
            raise _unknown(source, parts.scheme, name, at)
        if name in asked:
            raise source.wrong(f"{name!r} is there twice", at, hint="remove one")
        if not mark:
            raise source.wrong(f"{name!r} has no value", at, hint=f"write {name}=…")
        value_at = at + len(name) + 1
        asked[name] = source.checked(_decoded(source, text, value_at), value_at, _check(parts.scheme, name))
        at += len(question) + 1
    return asked


def _check(scheme: str, name: str) -> Callable[[str], str]:
    if name == "stage":
        return names.stage
    if name == "version":
        return names.version_id if scheme == "aws-sm" else names.any_version
    return str


def _unknown(source: Source, scheme: str, name: str, at: int) -> MalformedReference:
    from difflib import get_close_matches

    known = SCHEMES[scheme]
    near = get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"{scheme}:// knows {', '.join(known)}"
    return source.wrong(f"no {scheme} reference has the key {name!r}", at, hint=hint, kind=UnknownReferenceKey)


def _pointer(source: Source, parts: _Parts) -> str:
    if not parts.fragment:
        return ""
    question = parts.fragment.find("?")
    if question >= 0:
        raise source.wrong(
            "a ? stands behind the #",
            parts.fragment_at + question,
            hint="?… goes before #…; in a field's name write %3F",
        )
    return source.checked(_decoded(source, parts.fragment, parts.fragment_at), parts.fragment_at, checked_pointer)


def _decoded(source: Source, text: str, at: int) -> str:
    # Once, as UTF-8, and a plus is a plus: the rules of RFC 3986, not those of HTML forms.
    try:
        return _PERCENTS.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode(), text)
    except UnicodeDecodeError:
        raise source.wrong("the percent signs do not spell UTF-8", at) from None
