"""What `findings show` says of a counterseal and of the proof that a checkpoint covers the entry."""

import json

from counterseal.cli.console import Console
from counterseal.cli.visible import visible
from counterseal.clock import format_time
from counterseal.control.evidence import ChainProof, Dossier, RecordedSeal


def dossier_json(dossier: Dossier) -> dict[str, object]:
    """Return the members of the JSON document."""
    return {
        "counterseal": _seal(dossier.seal) if dossier.seal else None,
        "chain": _chain(dossier.chain) if dossier.chain else None,
    }


def print_dossier(dossier: Dossier, console: Console) -> None:
    """Print both for people."""
    if dossier.seal:
        issuance, revocation = dossier.seal.issued.issuance, dossier.seal.revocation
        console.print()
        console.print(console.paint("Counterseal", "bold"))
        console.print(visible(f"  issued     {format_time(issuance.not_before)} to {issuance.principal}"))
        console.print(f"  expires    {format_time(issuance.expires)}")
        since = dossier.seal.anchored_since
        console.print(f"  anchored   {f'since {format_time(since)}' if since else 'no checkpoint covers it'}")
        if revocation:
            console.print(visible(f"  revoked    {format_time(revocation.revoked_at)}: {revocation.reason}"))
    console.print()
    console.print(console.paint("Proof of the place in the ledger", "bold"))
    chain = dossier.chain
    if chain is None:
        console.print("  no checkpoint covers this entry: counterseal ledger checkpoint signs one")
        return
    said = "covers it" if chain.holds else "was made of another entry: the ledger was altered"
    console.print(f"  the checkpoint of {chain.checkpoint.at} over {chain.size} entries {said}")
    console.print(f"  tree hash  {chain.root}")
    console.print("  --json has the entry, the path and the checkpoint; docs/formats/checkpoint.md checks them by hand")


def _seal(seal: RecordedSeal) -> dict[str, object]:
    issued, revocation = seal.issued, seal.revocation
    place = issued.place
    return {
        "entry": issued.issuance.entry(),
        "token": issued.token,
        "position": place.position if place else None,
        "recorded_at": format_time(place.recorded_at) if place else None,
        "anchored_since": format_time(seal.anchored_since) if seal.anchored_since else None,
        "revoked_at": format_time(revocation.revoked_at) if revocation else None,
        "revoked_why": revocation.reason if revocation else None,
    }


def _chain(chain: ChainProof) -> dict[str, object]:
    return {
        "entry": chain.content,
        "leaf": chain.leaf,
        "path": [step._asdict() for step in chain.path],
        "root": chain.root,
        "size": chain.size,
        "holds": chain.holds,
        "checkpoint": json.loads(chain.exported),
    }
