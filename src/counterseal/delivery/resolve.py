"""From references to values: each place asked once, all of them or none."""

from collections.abc import Callable, Sequence

from counterseal.errors import FieldNotFound, SecretNotFound
from counterseal.hidden import Hidden
from counterseal.references.pointer import pick
from counterseal.references.reference import Reference
from counterseal.secretstore.interface import SecretStore
from counterseal.secretstore.version import SecretRequest

OpenStore = Callable[[Reference], SecretStore]
_Place = tuple[str, str, str | None]


def resolve(references: Sequence[Reference], open_store: OpenStore) -> list[Hidden]:
    """Return the value of each reference, in their order.

    `open_store` opens the place that a reference names; it is asked once for each place. A default stands in only
    where the secret or the field is missing: a refusal or an outage is never hidden by it.

    Raises:
        SecretNotFound: a secret without a default is missing.
        FieldNotFound: a field without a default is missing.
        Denied: a store refused.
        Unreachable: a store did not answer.
        SealBroken: what is stored is not what was sealed.
        Refused: a value is ambiguous (`pointer.pick`).
    """
    values: dict[tuple[_Place, SecretRequest], Hidden | None] = {}
    for place, members in _by_place(references).items():
        store = open_store(members[0])
        for request, value in _fetched(store, members).items():
            values[place, request] = value
    return [_value(reference, values[_place(reference), _request(reference)]) for reference in references]


def _place(reference: Reference) -> _Place:
    return reference.scheme, reference.place, reference.access


def _request(reference: Reference) -> SecretRequest:
    return SecretRequest(reference.secret_id, reference.version_id, reference.stage)


def _by_place(references: Sequence[Reference]) -> dict[_Place, list[Reference]]:
    places: dict[_Place, list[Reference]] = {}
    for reference in references:
        places.setdefault(_place(reference), []).append(reference)
    return places


def _fetched(store: SecretStore, members: list[Reference]) -> dict[SecretRequest, Hidden | None]:
    requests = list(dict.fromkeys(_request(member) for member in members))
    try:
        return _in_one_call(store, requests)
    except SecretNotFound:
        needed = {_request(member) for member in members if member.default is None}
        if needed.issuperset(requests):
            raise
    # Something is missing and something may be: what may not be missing is asked for together, the rest one by one.
    found = _in_one_call(store, [request for request in requests if request in needed])
    for request in requests:
        if request not in needed:
            found[request] = _if_there(store, request)
    return found


def _in_one_call(store: SecretStore, requests: list[SecretRequest]) -> dict[SecretRequest, Hidden | None]:
    versions = store.fetch(requests) if requests else []
    return {request: version.value for request, version in zip(requests, versions, strict=True)}


def _if_there(store: SecretStore, request: SecretRequest) -> Hidden | None:
    try:
        return store.fetch([request])[0].value
    except SecretNotFound:
        return None


def _value(reference: Reference, value: Hidden | None) -> Hidden:
    default = Hidden((reference.default or "").encode())
    if value is None:
        return default  # there is one: `_fetched` lets nothing else be missing
    try:
        return pick(value, reference.pointer)
    except FieldNotFound as failure:
        if reference.default is not None:
            return default
        raise FieldNotFound(f"{failure} in {reference.secret_id!r}", hint=failure.hint) from None
