"""Reads a trail by DuckDB's JSON reader, in one thread; the columns are told, as detection fails on ARN beside arn."""

from bench.contestants.changes import SECRETS, digest
from bench.turns import Job, serve

_FIELDS = "STRUCT(eventID VARCHAR, eventSource VARCHAR, readOnly BOOLEAN, errorCode VARCHAR)[]"
_CHANGES = f"""
    SELECT it.eventID FROM (
        SELECT unnest(Records) AS it
        FROM read_json(?, columns = {{Records: '{_FIELDS}'}}, maximum_object_size = 134217728)
    ) WHERE it.eventSource = '{SECRETS}' AND NOT it.readOnly AND it.errorCode IS NULL
"""


def read_json(folder: str) -> Job:
    """Keep the changes."""
    import duckdb

    connection = duckdb.connect(config={"threads": 1})

    def run() -> list[str]:
        return [event_id for (event_id,) in connection.execute(_CHANGES, [f"{folder}/*.json.gz"]).fetchall()]

    return Job(run=run, outcome=digest)


if __name__ == "__main__":
    serve({"read_json": read_json})
