from dataclasses import replace

import pytest
from tests.unit.web.conftest import TICKET
from tests.unit.web.fake_reports import NOON

from counterseal.correlation.tickets.ticket import FieldEdit
from counterseal.web.timeline import timeline


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("Secret", "The field Secret was edited"),
        ("RemoteIssueLink", "A link on the ticket was set"),
        ("RemoteWorkItemLink", "A link on the ticket was set"),
    ],
)
def test_a_link_is_told_from_an_edited_field(field: str, said: str) -> None:
    ticket = replace(TICKET, edits=(FieldEdit(at=NOON, field=field),))

    assert said in [moment.title for moment in timeline(NOON, "PutSecretValue", "", ticket)]
