"""AWS regions: what a code looks like, and which code a region's full name means."""

import re

from counterseal.errors import MalformedReference, RegionNameGiven

# AWS General Reference, "Regional endpoints". A region newer than this table is accepted by the grammar below.
NAMES = {
    "af-south-1": "Africa (Cape Town)",
    "ap-east-1": "Asia Pacific (Hong Kong)",
    "ap-east-2": "Asia Pacific (Taipei)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-south-2": "Asia Pacific (Hyderabad)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "ap-southeast-3": "Asia Pacific (Jakarta)",
    "ap-southeast-4": "Asia Pacific (Melbourne)",
    "ap-southeast-5": "Asia Pacific (Malaysia)",
    "ap-southeast-6": "Asia Pacific (New Zealand)",
    "ap-southeast-7": "Asia Pacific (Thailand)",
    "ca-central-1": "Canada (Central)",
    "ca-west-1": "Canada West (Calgary)",
    "cn-north-1": "China (Beijing)",
    "cn-northwest-1": "China (Ningxia)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-central-2": "Europe (Zurich)",
    "eu-north-1": "Europe (Stockholm)",
    "eu-south-1": "Europe (Milan)",
    "eu-south-2": "Europe (Spain)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-west-3": "Europe (Paris)",
    "il-central-1": "Israel (Tel Aviv)",
    "me-central-1": "Middle East (UAE)",
    "me-south-1": "Middle East (Bahrain)",
    "mx-central-1": "Mexico (Central)",
    "sa-east-1": "South America (São Paulo)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-gov-east-1": "AWS GovCloud (US-East)",
    "us-gov-west-1": "AWS GovCloud (US-West)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
}

_CODE = re.compile(r"[a-z]{2,4}(?:-[a-z]+)?-(?:north|south|east|west|central|(?:north|south)(?:east|west))-[1-9]\d?")


def region_code(text: str) -> str:
    """Return the region code that was given, or refuse with the code that is meant.

    Raises:
        RegionNameGiven: the text is a region's full name, which AWS never takes.
        MalformedReference: the text is neither a code nor a name; the hint has the nearest code.
    """
    if _CODE.fullmatch(text):
        return text
    meant = _codes_by_name().get(_letters(text))
    if meant:
        raise RegionNameGiven(f"the region {text!r} is a full name, not a code", hint=f"write {meant}")
    raise MalformedReference(
        "the region is empty" if not text else f"{text!r} is not a region code", hint=_nearest(text)
    )


def _codes_by_name() -> dict[str, str]:
    by_name = {}
    for code, name in NAMES.items():
        by_name[_letters(name)] = code
        # The place alone is what people say: Ohio, Frankfurt, São Paulo. "Central" is no place.
        place = name.partition("(")[2].rstrip(")")
        if place != "Central":
            by_name[_letters(place)] = code
        # Until 2020 AWS wrote "EU (Ireland)"; both are met.
        by_name[_letters(name.replace("Europe", "EU"))] = code
    return by_name


def _letters(text: str) -> str:
    plain = text.lower().replace("ã", "a")
    return "".join(character for character in plain if character.isalnum())


def _nearest(text: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(text.lower(), NAMES, n=2, cutoff=0.8)
    return f"did you mean {' or '.join(near)}?" if near else "a region code looks like us-east-2"
