"""A Jira on this machine, Cloud or Data Center, over one state: a stateful double with faults on demand.

It rests on the standard library alone. `JiraDouble` is used in a `with`; `python -m tests.doubles.jira_double` runs it
as a program, with a page for people. Shapes: as Atlassian documents them; what is remembered only is said in place.
"""

from tests.doubles.jira_double.double import JiraDouble
from tests.doubles.jira_double.model import Flavour, HandClock, Person
from tests.doubles.jira_double.seen import Seen

__all__ = ["Flavour", "HandClock", "JiraDouble", "Person", "Seen"]
