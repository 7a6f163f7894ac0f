"""Counterseals as tests want them: issued by a notary whose keys everybody can compute."""

from dataclasses import replace
from typing import Any

from tests.unit.correlation.invented import ACCOUNT, ANA, ARN, NAME, REGION, at, ticket

from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.tickets.counterseal import (
    ISSUANCE_NAMESPACE,
    REVOCATION_NAMESPACE,
    Issuance,
    IssuanceSet,
    Issued,
    Revocation,
    Revoked,
    signed_issuance,
    token_of,
)
from counterseal.correlation.tickets.covered import approval_digest
from counterseal.seal.notary_keys import LocalNotaryKeys, NotaryKey, new_notary_key

KEY = new_notary_key(lambda count: b"n" * count)
OTHER_KEY = new_notary_key(lambda count: b"o" * count)
PUBLIC = NotaryKey(KEY.public)


def issuance(**changed: Any) -> Issuance:
    """Return an issuance for ana's change of the secret, half an hour before it; what is given by name replaces."""
    one = Issuance(
        issuance_id="1" * 32,
        nonce="2" * 32,
        issue_id="10042",
        issue_key="OPS-42",
        account=ACCOUNT,
        region=REGION,
        secret_name=NAME,
        secret_arn=ARN,
        operation="value",
        principal=ANA.arn,
        approval_digest=approval_digest(ticket(), at(minutes=-30)),
        not_before=at(minutes=-30),
        expires=at(hours=6),
        notary_key=KEY.key_id,
    )
    return replace(one, **changed)


def issued(*, by: NotaryKey = KEY, **changed: Any) -> Issued:
    """Return it with token and signature, made with the key given whatever key the entry names."""
    one = issuance(**changed)
    notary = by.notary()
    token = token_of(one, notary.code(one.message()))
    return Issued(issuance=one, token=token, signature=notary.sign(ISSUANCE_NAMESPACE, signed_issuance(one, token)))


def revoked(*, by: NotaryKey = KEY, **changed: Any) -> Revoked:
    """Return a revocation of it, an hour after the change; what is given by name replaces."""
    one = Revocation(issuance_id="1" * 32, revoked_at=at(hours=1), reason="laptop lost", notary_key=KEY.key_id)
    one = replace(one, **changed)
    return Revoked(revocation=one, signature=by.notary().sign(REVOCATION_NAMESPACE, one.message()))


def evidence(*given: Issued | Revoked, key: NotaryKey = PUBLIC, **more: Any) -> Evidence:
    """Return what an audit checks counterseals against: the public key alone."""
    held = IssuanceSet(
        issued=tuple(it for it in given if isinstance(it, Issued)),
        revoked=tuple(it for it in given if isinstance(it, Revoked)),
    )
    return Evidence(issuances=held, keys=LocalNotaryKeys([key]), **more)
