"""Templates become pages: escaped always, and a name that a template misspells is an error."""

from collections.abc import Sequence
from http import HTTPStatus

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from counterseal import __version__
from counterseal.assembly.embedded import Place
from counterseal.clock import format_time
from counterseal.web.words import duration, moment, reason, sentence, verdict_words


class Rendering:
    """Draws pages. What every page shows (the mark of a demonstration) is said once, here."""

    def __init__(self, *, is_demonstration: bool = False, places: Sequence[Place] = ()) -> None:
        """Take whether the data is invented, which every page then says, and where things are kept."""
        self._environment = Environment(
            loader=PackageLoader("counterseal.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            {
                "moment": moment,
                "iso": format_time,
                "duration": duration,
                "verdict": verdict_words,
                "sentence": sentence,
                "told": reason,
            }
        )
        self._environment.globals.update(
            {"is_demonstration": is_demonstration, "places": places, "version": __version__}
        )

    def page(self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> HTMLResponse:
        """Return the page that a template makes of the values."""
        return HTMLResponse(self._environment.get_template(template).render(values), status_code=status)
