"""Templates become pages."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import HTMLResponse

from counterseal.assembly.embedded import Place
from counterseal.web.drawing import drawing


class Rendering:
    """Draws pages. What every page shows (the mark of a demonstration) is said once, here."""

    def __init__(self, *, is_demonstration: bool = False, places: Sequence[Place] = ()) -> None:
        """Take whether the data is invented, which every page then says, and where things are kept."""
        self._environment = drawing(is_demonstration=is_demonstration, places=places)

    def page(self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> HTMLResponse:
        """Return the page that a template makes of the values."""
        return HTMLResponse(self._environment.get_template(template).render(values), status_code=status)
