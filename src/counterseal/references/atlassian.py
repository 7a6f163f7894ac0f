"""The form of Atlassian's Data Center products: a JSON object, {ENC} before it where the product wants that."""

from collections.abc import Callable
from typing import NamedTuple

from counterseal.errors import MalformedReference, UnknownReferenceKey
from counterseal.references import names
from counterseal.references.json_text import DuplicateName, Member, NotJson, members, string_value, whole_value
from counterseal.references.pointer import checked_pointer
from counterseal.references.reference import Reference
from counterseal.references.regions import region_code
from counterseal.references.source import Source

ENC = "{ENC}"
ATL_SECURED = "{ATL_SECURED}"

# Seed 001: the first three. The others are additions of ours (design 4.1).
KEYS = ("region", "secretId", "secretPointer", "versionStage", "versionId", "access")
_REQUIRED = ("region", "secretId")
_LEAST = '{"region":"us-east-2","secretId":"name"} is the least there is'

# Keys of objects that other secret stores of the same products read, and what those stores are.
_OTHERS = {
    "mount": "HashiCorp Vault",
    "endpoint": "HashiCorp Vault",
    "sealedObjectFilePath": "Atlassian's AlgorithmSecretStore",
    "keyFilePath": "Atlassian's AlgorithmSecretStore",
}


class _Field(NamedTuple):
    text: str
    at: int


def other_product(text: str) -> str:
    """Return whose the text is where another product reads it, "" where it may be a reference.

    Such texts are reported and left alone: {ATL_SECURED}, Vault's objects, and what another cipher encrypted.
    """
    body = text.strip()
    if body == ATL_SECURED:
        return "Atlassian's own secret storage"
    object_text = body.removeprefix(ENC).lstrip()
    if not object_text.startswith("{"):
        # What a cipher of Atlassian's encrypted is base64 or hexadecimal, and never a URI.
        return "another Atlassian cipher" if body.startswith(ENC) and object_text and "://" not in object_text else ""
    found = _names_in(object_text)
    if found & {"region", "secretId"}:
        return ""
    return next((owner for key, owner in _OTHERS.items() if key in found), "")


def looks_like_object(text: str) -> bool:
    """Say whether a text without {ENC} is meant as a reference: an object with a region and a secret's id."""
    body = text.strip()
    spelled = {name.lower() for name in _names_in(body)} if body.startswith("{") else set()
    return {"region", "secretid"} <= spelled


def parse_object(source: Source) -> Reference:
    """Read the Atlassian form.

    Raises:
        UnknownReferenceKey: the object has a key that no reference has.
        RegionNameGiven: a region's full name stands where its code belongs.
        PointerWithoutSlash: `secretPointer` does not start with a slash.
        MalformedReference: it is no JSON object, a key is missing or twice there, or a value is wrong.
    """
    fields = _fields(source)
    for key in _REQUIRED:
        if key not in fields:
            raise source.wrong(f"the key {key!r} is missing", 0, hint=_LEAST)
    stage, version = fields.get("versionStage"), fields.get("versionId")
    if stage and version:
        raise source.wrong("versionStage and versionId are both given", version.at, hint="give one of them")
    region = source.checked(*fields["region"], region_code)
    return Reference(
        scheme="aws-sm",
        place=region,
        secret_id=source.checked(*fields["secretId"], lambda text: names.secret_id(text, region)),
        pointer=_optional(source, fields.get("secretPointer"), checked_pointer) or "",
        version_id=_optional(source, version, names.version_id),
        stage=_optional(source, stage, names.stage),
        access=_optional(source, fields.get("access"), names.access_name),
    )


def _optional(source: Source, field: _Field | None, check: Callable[[str], str]) -> str | None:
    return source.checked(*field, check) if field else None


def _fields(source: Source) -> dict[str, _Field]:
    text = source.text
    start = len(text) - len(text.removeprefix(ENC))
    fields = {}
    for member in _members(source, start):
        if member.name not in KEYS:
            raise _unknown(source, member)
        raw = text[member.start : member.end]
        if not raw.startswith('"'):
            raise source.wrong(
                f"the value of {member.name!r} is not text", member.start, hint="put quotation marks round it"
            )
        fields[member.name] = _Field(string_value(raw), member.start)
    return fields


def _members(source: Source, start: int) -> list[Member]:
    try:
        begins, _ = whole_value(source.text[start:])
        if source.text[start + begins] != "{":
            raise source.wrong("this is not a JSON object", start + begins, hint=_LEAST)
        return members(source.text, start + begins)[0]
    except DuplicateName as failure:
        raise source.wrong(f"the key {failure.name!r} is there twice", start + failure.at, hint="remove one") from None
    except NotJson as failure:
        raise source.wrong(f"this is not JSON: {failure.problem}", start + failure.at, hint=_LEAST) from None


def _unknown(source: Source, member: Member) -> MalformedReference:
    from difflib import get_close_matches

    by_lower = {key.lower(): key for key in KEYS}
    near = get_close_matches(member.name.lower(), by_lower, n=1)
    hint = f"did you mean {by_lower[near[0]]!r}?" if near else f"the keys are {', '.join(KEYS)}"
    return source.wrong(
        f"no reference has the key {member.name!r}", member.name_at, hint=hint, kind=UnknownReferenceKey
    )


def _names_in(text: str) -> set[str]:
    try:
        return {member.name for member in members(text, 0)[0]}
    except NotJson:
        return set()
