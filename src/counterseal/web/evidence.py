"""The evidence of one change, as a page and as a file that stands alone: the same content in both."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any, cast

from counterseal.control.evidence import Asked, Dossier
from counterseal.correlation.records.interval import place_named
from counterseal.reports import Cell
from counterseal.web.drawing import drawing
from counterseal.web.timeline import timeline
from counterseal.web.words import APART, SIGNALS, WITNESSES, touched

Row = Mapping[str, Cell]


def asked_about(row: Row) -> Asked:
    """Return what the ledger is asked beside a finding."""
    position = int(cast("int", row["position"]))
    return Asked(str(row["ticket"]), str(row["version_id"]), str(row["stream"]), position)


def evidence_of(
    row: Row, history: Sequence[Row], dossier: Dossier, waiver: Row | None, waivers: Sequence[Row] = ()
) -> dict[str, Any]:
    """Return what `evidence_body.html` shows: `waiver` is the one that holds, `waivers` all there were."""
    actor = str(row["actor_name"] or row["actor_arn"])
    return {
        "row": row,
        "history": history,
        "dossier": dossier,
        "waiver": waiver,
        "waivers": waivers,
        "moments": timeline(cast("datetime", row["time"]), str(row["event"]), actor, dossier.ticket),
        "witnesses": WITNESSES,
        "signals": SIGNALS,
        "is_apart": row["verdict"] in APART,
        "touched": touched(row) if row.get("resource") else "",
        "place": place_named(str(row["account"]), str(row["region"])),
        "is_alone": False,
    }


def evidence_document(told: Mapping[str, Any], *, written_at: datetime) -> str:
    """Return the evidence as one HTML file: no network, no script, and a policy that allows its own style alone."""
    style = files("counterseal.web").joinpath("static/counterseal.css").read_text(encoding="utf-8")
    environment = drawing()
    # CSP 3, section 8.3: the hash is taken over the text of the element as it stands.
    style_hash = b64encode(sha256(style.encode()).digest()).decode()
    alone = {**told, "is_alone": True, "written_at": written_at, "style_hash": style_hash}
    return environment.get_template("evidence_alone.html").render(alone, style=_AsItIs(style))


class _AsItIs(str):
    """Text of our own that is no markup to be escaped: the style sheet."""

    __slots__ = ()

    def __html__(self) -> str:
        return self
