"""Reads a trail into SQLite as one would without us: `python -m bench.contestants.recording_plain FOLDER DATABASE`."""

import gzip
import json
import sqlite3
import sys
from pathlib import Path

from bench.contestants.changes import digest, is_change


def record(folder: Path, database: Path) -> str:
    """Store the changes of every file, one transaction a file, in a new database; say which they are."""
    database.unlink(missing_ok=True)
    opened = sqlite3.connect(database)
    opened.execute("CREATE TABLE changes (event_id TEXT PRIMARY KEY, time TEXT, name TEXT, record TEXT)")
    for file in sorted(folder.iterdir()):
        records = json.loads(gzip.decompress(file.read_bytes()))["Records"]
        with opened:
            opened.executemany(
                "INSERT OR IGNORE INTO changes VALUES (?, ?, ?, ?)",
                [(it["eventID"], it["eventTime"], it["eventName"], json.dumps(it)) for it in records if is_change(it)],
            )
    ids = [event_id for (event_id,) in opened.execute("SELECT event_id FROM changes")]
    opened.close()
    return digest(ids)


if __name__ == "__main__":
    print(record(Path(sys.argv[1]), Path(sys.argv[2])))
