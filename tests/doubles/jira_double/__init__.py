"""A Jira on this machine, Cloud or Data Center, over one state: a stateful double with faults on demand.

It rests on the standard library alone. `python -m tests.doubles.jira_double` runs it as a program, with a page for
people; a test uses it so:

    with JiraDouble("cloud", clock=clock) as double:
        issue = double.create_issue("OPS", {world.SECRET: "prod/db"})       # OPS has approvals, SEC has none
        double.request_approval(issue, world.BOB)
        double.approve(issue, by=world.BOB)                                 # who asks our client: double.token(person)
        with double.inject(faults.throttled(5), "*/search*", times=1):      # faults: one for each way to go wrong
            ...
        double.hooks.holds = True                                           # webhooks wait for double.hooks.deliver()
        assert "canary" not in double.everything_said()

Shapes are as Atlassian documents them. What is only remembered is marked [R] where it stands.
"""

from tests.doubles.jira_double.double import JiraDouble
from tests.doubles.jira_double.model import Flavour, HandClock, Person
from tests.doubles.jira_double.seen import Seen

__all__ = ["Flavour", "HandClock", "JiraDouble", "Person", "Seen"]
