"""What a trail records, as its event selectors say."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from counterseal.correlation.records.record import object_of, objects_of


class Stream(StrEnum):
    """What an audit needs a trail to record."""

    WRITES = "writes"
    KMS = "kms"


# What a record of each stream looks like to an advanced selector (AdvancedFieldSelector in CloudTrail's API reference).
_LOOKS: Mapping[Stream, Mapping[str, str]] = {
    Stream.WRITES: {
        "eventCategory": "Management",
        "readOnly": "false",
        "eventSource": "secretsmanager.amazonaws.com",
    },
    Stream.KMS: {"eventCategory": "Management", "readOnly": "true", "eventSource": "kms.amazonaws.com"},
}
_READ_WRITE: Mapping[Stream, frozenset[object]] = {
    Stream.WRITES: frozenset({None, "All", "WriteOnly"}),
    Stream.KMS: frozenset({None, "All", "ReadOnly"}),
}
_OPERATORS: Mapping[str, Callable[[str, list[str]], bool]] = {
    "equals": lambda value, wanted: value in wanted,
    "notEquals": lambda value, wanted: value not in wanted,
    "startsWith": lambda value, wanted: value.startswith(tuple(wanted)),
    "notStartsWith": lambda value, wanted: not value.startswith(tuple(wanted)),
    "endsWith": lambda value, wanted: value.endswith(tuple(wanted)),
    "notEndsWith": lambda value, wanted: not value.endswith(tuple(wanted)),
}


def carries(stream: Stream, *, selectors: object, advanced: object) -> bool:
    """Tell whether a trail with these selectors records the whole stream; advanced ones replace the others."""
    if advanced:
        return any(_advanced_carries(stream, it) for it in objects_of(advanced))
    return any(_basic_carries(stream, it) for it in objects_of(selectors))


def _basic_carries(stream: Stream, selector: Mapping[str, object]) -> bool:
    excluded = selector.get("excludeManagementEventSources")
    source = _LOOKS[stream]["eventSource"]
    return (
        selector.get("includeManagementEvents") is not False
        and selector.get("readWriteType") in _READ_WRITE[stream]
        and not (isinstance(excluded, list) and source in excluded)
    )


def _advanced_carries(stream: Stream, selector: Mapping[str, object]) -> bool:
    """Each field must let the stream pass; a field or an operator that we do not know may hold a part of it back."""
    fields = list(objects_of(selector.get("fieldSelectors")))
    return bool(fields) and all(_passes(_LOOKS[stream].get(str(it.get("field"))), it) for it in fields)


def _passes(value: str | None, field: Mapping[str, object]) -> bool:
    operators = {name: wanted for name, wanted in object_of(field).items() if name != "field" and wanted}
    return value is not None and all(
        name in _OPERATORS and isinstance(wanted, list) and _OPERATORS[name](value, [str(it) for it in wanted])
        for name, wanted in operators.items()
    )
