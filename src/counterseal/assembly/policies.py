"""What the settings know of the places in AWS policies."""

from urllib.parse import urlsplit

from counterseal.assembly.settings import Settings


def given_by(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return what stands in the places of policies, as far as the settings say it."""
    storage = urlsplit(settings.storage_uri)
    known = {"region": settings.access(None).region}
    for place, key in (("mac_key", settings.notary_kms_mac_key), ("signing_key", settings.notary_kms_signing_key)):
        # A policy for a key names the key: an alias is another resource.
        known[place] = "" if "alias/" in key else key
    if settings.broker_role_arn:
        known["session_role"] = settings.broker_role_arn.rpartition(":role/")[2]
    if storage.scheme == "s3":
        prefix = storage.path.strip("/")
        known |= {"bucket": storage.netloc, "prefix": f"{prefix}/" if prefix else ""}
    return {place: (text,) for place, text in known.items() if text}
