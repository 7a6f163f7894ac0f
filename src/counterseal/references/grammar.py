"""How a reference is written: the two forms, told apart. docs/formats/reference.md numbers the rules."""

from counterseal.references.atlassian import ENC, looks_like_object, other_product, parse_object
from counterseal.references.reference import Reference
from counterseal.references.source import Source, Where, in_column
from counterseal.references.uri import parse_uri


def parse_reference(text: str, *, where: Where = in_column) -> Reference:
    """Read one reference, in either form. `where` puts an offset in words, for a text that is part of a file.

    Raises:
        UnknownReferenceKey: it has a key that no reference has.
        RegionNameGiven: a region's full name stands where its code belongs.
        PointerWithoutSlash: its pointer does not start with a slash.
        MalformedReference: it is no reference for another reason, or it belongs to another product.
    """
    source = Source(text, where)
    owner = other_product(text)
    if owner:
        raise source.wrong(f"this belongs to {owner}, and only that can read it", 0, hint="resolve leaves it alone")
    if text.removeprefix(ENC).lstrip().startswith("{"):
        return parse_object(source)
    return parse_uri(source)


def is_reference(text: str) -> bool:
    """Say whether a whole value is meant as a reference, rightly written or not.

    An object counts with {ENC} before it, or with a region and a secret's id in it; an `s3://` URI with a # in it,
    because a place in S3 is an ordinary thing to say.
    """
    if text.startswith(("aws-sm://", "safe://")):
        return True
    if text.startswith("s3://"):
        return "#" in text
    if other_product(text):
        return False
    return text.startswith(ENC) or looks_like_object(text)
