"""The pages that a signed-in person sees."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from counterseal.control.evidence import Asked, Dossier
from counterseal.errors import NotFound, UsageError
from counterseal.web.evidence import asked_about, evidence_of
from counterseal.web.readings import Asking, Readings
from counterseal.web.rendering import Rendering
from counterseal.web.words import SIGNALS, VERDICTS

DossierReader = Callable[[Asked], Dossier]
"""Puts together what the ledger holds about a finding, beside the finding itself."""

# A form field longer than any name that AWS takes (512) is not a filter.
_LONGEST = 600


class Pages:
    """The first page, the list of changes, the evidence of one change, what was seen, and the words."""

    def __init__(self, rendering: Rendering, readings: Readings, dossiers: DossierReader) -> None:
        """Take what draws, what answers, and what knows the rest of the ledger."""
        self._rendering = rendering
        self._readings = readings
        self._dossiers = dossiers

    def overview(self, _: Request) -> Response:
        """Show discrepancies first, then what there is and what could not be seen."""
        return self._rendering.page("overview.html", here="overview", overview=self._readings.overview())

    def changes(self, request: Request) -> Response:
        """Show the list of changes, filtered by the form above it.

        Raises:
            UsageError: the page is not a number, or the verdict is not one.
        """
        listing = self._readings.listing(_asking(request))
        return self._rendering.page("changes.html", here="changes", listing=listing)

    def evidence(self, request: Request) -> Response:
        """Show everything about one change, ready to be printed.

        Raises:
            NotFound: no such change was recorded.
        """
        event_id = request.path_params["event_id"]
        history = self._readings.history(event_id)
        if not history:
            raise NotFound(f"no change with the id {event_id!r} was recorded", hint="the list of changes shows all")
        current = next((row for row in history if row["current"]), history[-1])
        waiver, waivers = self._readings.waiver(current), self._readings.waivers(current)
        told = evidence_of(current, history, self._dossiers(asked_about(current)), waiver, waivers)
        return self._rendering.page("evidence.html", here="changes", **told)

    def coverage(self, _: Request) -> Response:
        """Show what was looked at, and when nothing could be seen."""
        return self._rendering.page("coverage.html", here="coverage", overview=self._readings.overview())

    def approvals(self, _: Request) -> Response:
        """Show the approvals that were never used."""
        return self._rendering.page("approvals.html", here="approvals", unused=self._readings.unused())

    def words(self, _: Request) -> Response:
        """Explain the verdicts and signals."""
        return self._rendering.page("words.html", here="words", verdicts=VERDICTS, signals=SIGNALS)


def _asking(request: Request) -> Asking:
    given = {name: request.query_params.get(name, "").strip() for name in ("verdict", "secret", "actor")}
    for name, value in given.items():
        if len(value) > _LONGEST:
            raise UsageError(f"the filter {name!r} is longer than any name", hint="shorten it")
    if given["verdict"] and given["verdict"] not in VERDICTS:
        raise UsageError(f"{given['verdict']!r} is not a verdict", hint="choose one from the list")
    page = request.query_params.get("page", "1")
    if not (page.isascii() and page.isdigit() and int(page[:9]) > 0):
        raise UsageError(f"{page[:40]!r} is not the number of a page", hint="pages are counted from 1")
    return Asking(**given, page=int(page[:9]))
