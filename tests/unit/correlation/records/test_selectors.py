from typing import Any

import pytest

from counterseal.correlation.records.selectors import Stream, carries

MANAGEMENT = {"field": "eventCategory", "equals": ["Management"]}
ALL = frozenset(Stream)


def advanced(*fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "x", "fieldSelectors": [*fields]}]


BASIC: dict[str, tuple[Any, frozenset[Stream]]] = {
    "everything": ([{"readWriteType": "All", "includeManagementEvents": True}], ALL),
    "what is not said is all": ([{}], ALL),
    "only writes": ([{"readWriteType": "WriteOnly"}], frozenset({Stream.WRITES})),
    "only reads": ([{"readWriteType": "ReadOnly"}], frozenset({Stream.KMS})),
    "no management events": ([{"includeManagementEvents": False}], frozenset()),
    "without KMS": ([{"excludeManagementEventSources": ["kms.amazonaws.com"]}], frozenset({Stream.WRITES})),
    "two selectors together": ([{"readWriteType": "WriteOnly"}, {"readWriteType": "ReadOnly"}], ALL),
    "none": ([], frozenset()),
}
ADVANCED: dict[str, tuple[Any, frozenset[Stream]]] = {
    "management": (advanced(MANAGEMENT), ALL),
    "data only": (advanced({"field": "eventCategory", "equals": ["Data"]}), frozenset()),
    "writes": (advanced(MANAGEMENT, {"field": "readOnly", "equals": ["false"]}), frozenset({Stream.WRITES})),
    "without KMS": (
        advanced(MANAGEMENT, {"field": "eventSource", "notEquals": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}),
        frozenset({Stream.WRITES}),
    ),
    "without Secrets Manager": (
        advanced(MANAGEMENT, {"field": "eventSource", "notStartsWith": ["secrets"]}),
        frozenset({Stream.KMS}),
    ),
    "sources by their beginning": (
        advanced(MANAGEMENT, {"field": "eventSource", "startsWith": ["kms", "secrets"]}),
        ALL,
    ),
    "sources by their end": (advanced(MANAGEMENT, {"field": "eventSource", "endsWith": [".amazonaws.com"]}), ALL),
    "sources not by their end": (
        advanced(MANAGEMENT, {"field": "eventSource", "notEndsWith": [".amazonaws.com"]}),
        frozenset(),
    ),
    "operators left empty": (advanced(MANAGEMENT | {"notEquals": []}), ALL),
    "narrowed by a field we do not weigh": (
        advanced(MANAGEMENT, {"field": "userIdentity.arn", "notEquals": ["x"]}),
        frozenset(),
    ),
    "narrowed by an operator we do not know": (advanced(MANAGEMENT | {"matches": ["x"]}), frozenset()),
    "an operator of another shape": (advanced({"field": "eventCategory", "equals": "Management"}), frozenset()),
    "no fields": ([{"fieldSelectors": []}], frozenset()),
}


@pytest.mark.parametrize("case", BASIC)
def test_event_selectors_carry_a_stream_or_not(case: str) -> None:
    selectors, streams = BASIC[case]

    assert {stream for stream in Stream if carries(stream, selectors=selectors, advanced=None)} == streams


@pytest.mark.parametrize("case", ADVANCED)
def test_advanced_selectors_take_the_place_of_the_others(case: str) -> None:
    selectors, streams = ADVANCED[case]

    assert {stream for stream in Stream if carries(stream, selectors=[{}], advanced=selectors)} == streams
