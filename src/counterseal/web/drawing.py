"""Where templates are drawn: escaped always, and a name that a template misspells is an error."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from counterseal import __version__
from counterseal.assembly.embedded import Place
from counterseal.clock import format_time
from counterseal.web.words import duration, moment, names, reason, said, sentence, touched, verdict_words


def drawing(*, is_demonstration: bool = False, places: Sequence[Place] = ()) -> Environment:
    """Return the environment of all templates; what every page says (the mark of a demonstration) is said here."""
    environment = Environment(
        loader=PackageLoader("counterseal.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {
            "moment": moment,
            "iso": format_time,
            "duration": duration,
            "verdict": verdict_words,
            "sentence": sentence,
            "told": reason,
            "touched": touched,
            "said": said,
            "names": names,
        }
    )
    environment.globals.update({"is_demonstration": is_demonstration, "places": places, "version": __version__})
    return environment
