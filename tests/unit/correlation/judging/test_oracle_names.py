"""Which secret a record is about, beside a second opinion that invented the histories and so knows it."""

from random import Random

from tests.unit.correlation.judging.oracle_names import Line, history, opinion
from tests.unit.correlation.making import gather


def test_no_record_is_given_another_secret_and_none_is_kept_back_that_is_sure() -> None:
    said = known = 0
    for seed in range(1500):
        read = history(Random(seed).choice)  # noqa: S311  # the same histories at every run is the point
        arns = resolved(read)
        for line in read:
            if line.witness:
                continue
            expected, found = opinion(line, read), arns[line.event_id]
            if expected.beyond_the_records:
                continue  # that a secret which no record tells of was meant, nobody can see
            assert found == expected.right or (not found and expected.may_be_unknown), (seed, line)
            said += bool(found)
            known += not expected.may_be_unknown
    assert said > known > 5000


def test_neither_order_nor_repetition_alters_which_secret_it_was() -> None:
    for seed in range(200):
        read = history(Random(seed).choice)  # noqa: S311  # the same histories at every run

        assert resolved(read) == resolved([*reversed(read), *read[::2]])


def resolved(read: list[Line]) -> dict[str, str]:
    """Return what the product says of each event that it makes of the records."""
    return {it.event_id: it.secret_arn for it in gather({"Records": [it.document for it in read]}).events}
