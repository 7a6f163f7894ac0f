"""The double as a program: a Jira to click through, with a few tickets in it."""

import argparse
import threading
from datetime import UTC, datetime

from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour


def main() -> None:
    """Run until interrupted; say where, and with which tokens."""
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.jira_program", description=__doc__)
    parser.add_argument("--flavour", choices=[str(it) for it in Flavour], default=str(Flavour.CLOUD))
    parser.add_argument("--port", type=int, default=0, help="a loopback port; a free one where it is not given")
    arguments = parser.parse_args()
    with JiraDouble(arguments.flavour, clock=lambda: datetime.now(UTC), port=arguments.port) as double:
        story(double)
        print(f"Jira ({double.flavour}), played: {double.url}/", flush=True)  # noqa: T201
        for person in (world.ROBOT, world.ADMIN):
            print(f"  {person.email}  {double.token(person)}", flush=True)  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


def story(double: JiraDouble) -> None:
    """Put three tickets in: one approved, one that waits, one that nobody asked about yet."""
    secret = {world.SECRET: "prod/db/password", world.OPERATION: "rotate"}
    double.approved_issue("OPS", {"summary": "Rotate the database password", **secret})
    payment = {"summary": "Rotate the payment key", world.SECRET: "prod/payments/key", world.OPERATION: "rotate"}
    waiting = double.create_issue("OPS", payment)
    double.request_approval(waiting, world.BOB, world.CAROL, needed=1)
    double.create_issue("SEC", {"summary": "Look through the old keys"}, by=world.DAVE)


if __name__ == "__main__":
    main()
