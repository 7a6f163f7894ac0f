"""The file of issuances: what `notary export` writes and `audit --issuances` reads."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

from counterseal.canonical import canonical_json
from counterseal.clock import format_time
from counterseal.correlation.fields import Fields
from counterseal.correlation.tickets.counterseal import (
    ISSUANCE_SCHEMA,
    REVOCATION_SCHEMA,
    Issuance,
    IssuanceSet,
    Issued,
    Place,
    Revocation,
    Revoked,
)
from counterseal.errors import MalformedInput

SCHEMA = "counterseal/issuances/v1"

_ISSUANCE = (
    "schema", "issuance_id", "nonce", "issue_id", "issue_key", "account", "region", "secret_name", "secret",
    "operation", "principal", "approval_digest", "not_before", "expires", "notary_key",
)  # fmt: skip
_REVOCATION = ("schema", "issuance_id", "revoked_at", "reason", "notary_key")
_ITEM = ("entry", "token", "signature", "ledger")
_PLACE = ("position", "recorded_at", "invented")
_SIGNATURE_BYTES = 64  # RFC 8032, section 5.1.6


def write_issuances(issuances: IssuanceSet) -> str:
    """Return the content of the file: JSON, each item in canonical form on a line of its own. COUNTER-6.1."""
    lines = ",\n".join(canonical_json(it).decode() for it in issuance_items(issuances))
    return f'{{"schema":"{SCHEMA}","issuances":[\n{lines}\n]}}\n'


def issuance_items(issuances: IssuanceSet) -> list[dict[str, object]]:
    """Return the items, as the ticket file may carry them as well."""
    issued: list[dict[str, object]] = [
        {
            "entry": it.issuance.entry(),
            "token": it.token,
            "signature": _text(it.signature),
            **_ledger_of(it.place),
        }
        for it in issuances.issued
    ]
    revoked: list[dict[str, object]] = [
        {"entry": it.revocation.entry(), "signature": _text(it.signature), **_ledger_of(it.place)}
        for it in issuances.revoked
    ]
    return [*issued, *revoked]


def _ledger_of(place: Place | None) -> dict[str, object]:
    """Return the member that says where the ledger holds it; none for what no ledger holds. COUNTER-6.2."""
    if place is None:
        return {}
    said: dict[str, object] = {"position": place.position, "recorded_at": format_time(place.recorded_at)}
    return {"ledger": said | ({"invented": True} if place.invented else {})}


def read_issuance_file(document: object) -> IssuanceSet:
    """Read the file as parsed from JSON. What it says is not verified here.

    Raises:
        MalformedInput: it is something else; the place that is wrong is named.
    """
    top = Fields(document, "", ("schema", "issuances"))
    if top.text("schema", required=True) != SCHEMA:
        raise MalformedInput(f"schema must be {SCHEMA!r}", hint="counterseal notary export writes such a file")
    return read_issuances(top.objects("issuances"))


def read_issuances(items: Iterable[tuple[str, object]]) -> IssuanceSet:
    """Read items, each with its place: the ticket file carries them as well.

    Raises:
        MalformedInput: one is something else; the place that is wrong is named.
    """
    issued: list[Issued] = []
    revoked: list[Revoked] = []
    for place, item in items:
        fields = Fields(item, place, _ITEM)
        entry = fields.table("entry")
        where = fields.place("entry")
        signature, held = _signature(fields), _place_of(fields)
        match entry.get("schema"):
            case schema if schema == ISSUANCE_SCHEMA:
                issuance = _issuance(Fields(entry, where, _ISSUANCE))
                _refuse_another_spelling(issuance.entry(), entry, where)
                token = fields.text("token", required=True)
                issued.append(Issued(issuance=issuance, token=token, signature=signature, place=held))
            case schema if schema == REVOCATION_SCHEMA:
                revocation = _revocation(Fields(entry, where, _REVOCATION))
                _refuse_another_spelling(revocation.entry(), entry, where)
                revoked.append(Revoked(revocation=revocation, signature=signature, place=held))
            case _:
                raise MalformedInput(
                    f"{where}.schema must be {ISSUANCE_SCHEMA!r} or {REVOCATION_SCHEMA!r}",
                    hint="counterseal notary export writes such entries",
                )
    return IssuanceSet(issued=tuple(issued), revoked=tuple(revoked))


def _issuance(fields: Fields) -> Issuance:
    return Issuance(
        issuance_id=fields.text("issuance_id", required=True),
        nonce=fields.text("nonce", required=True),
        issue_id=fields.text("issue_id"),
        issue_key=fields.text("issue_key", required=True),
        account=fields.text("account", required=True),
        region=fields.text("region", required=True),
        secret_name=fields.text("secret_name", required=True),
        secret_arn=fields.text("secret"),
        operation=fields.text("operation", required=True),
        principal=fields.text("principal", required=True),
        approval_digest=fields.text("approval_digest", required=True),
        not_before=fields.time("not_before"),
        expires=fields.time("expires"),
        notary_key=fields.text("notary_key", required=True),
    )


def _revocation(fields: Fields) -> Revocation:
    return Revocation(
        issuance_id=fields.text("issuance_id", required=True),
        revoked_at=fields.time("revoked_at"),
        reason=fields.text("reason", required=True),
        notary_key=fields.text("notary_key", required=True),
    )


def _refuse_another_spelling(read: dict[str, str], given: object, place: str) -> None:
    """Refuse an entry that says the same in other letters: what was signed is these bytes. COUNTER-2.4."""
    if read != given:
        raise MalformedInput(f"{place} is not spelled as a notary spells it", hint="hand it on as it was exported")


def _place_of(fields: Fields) -> Place | None:
    said = fields.table("ledger")
    if not said:
        return None
    place = Fields(said, fields.place("ledger"), _PLACE)
    position = place.whole("position", otherwise=0, least=1)
    return Place(position, place.time("recorded_at"), place.flag("invented", otherwise=False))


def _signature(fields: Fields) -> bytes:
    text = fields.text("signature", required=True)
    try:
        raw = urlsafe_b64decode(f"{text}==")
    except ValueError:
        raw = b""
    if len(raw) != _SIGNATURE_BYTES or _text(raw) != text:
        raise MalformedInput(f"{fields.place('signature')} must be {_SIGNATURE_BYTES} bytes in base64url")
    return raw


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
