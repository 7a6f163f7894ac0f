"""The checkpoint: one signed statement about every stream of a ledger, kept in it and elsewhere."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn, Protocol

from counterseal.canonical import canonical_json
from counterseal.clock import Clock, format_time
from counterseal.errors import LedgerBroken, MalformedInput, Refused
from counterseal.ledger.chain import Break, Cause, TreeHead
from counterseal.ledger.entry import Draft, Entry, draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger
from counterseal.ledger.merkle import Tree
from counterseal.signing import Signer, Verifier

SCHEMA = "counterseal/ledger-checkpoint/v1"

# What the signature is bound to, so that it serves for no other message. CHECKPOINT-2.1
NAMESPACE = "ledger-checkpoint"

# The stream that holds the checkpoints; each covers those before it. CHECKPOINT-3.1
STREAM = "checkpoints"


class Checkpoint(NamedTuple):
    """A signed statement: at that time, by that machine's clock, the streams of a ledger were these."""

    at: str
    streams: tuple[TreeHead, ...]
    key_id: str
    signature: bytes

    def statement(self) -> bytes:
        """Return the bytes that are signed. CHECKPOINT-2.1."""
        return _statement(self.at, self.streams, self.key_id)

    def is_signed_by(self, verifier: Verifier) -> bool:
        """Say whether the signature is the verifier's signer's."""
        return verifier.verify(NAMESPACE, self.statement(), self.signature)

    def body(self) -> dict[str, Any]:
        """Return the fields of its ledger entry."""
        return {**_fields(self.at, self.streams, self.key_id), "signature": self.signature.hex()}

    def exported(self) -> bytes:
        """Return the line that is kept elsewhere. CHECKPOINT-1.1."""
        return canonical_json({"schema": SCHEMA, **self.body()}) + b"\n"


def sign_checkpoint(at: str, streams: Sequence[TreeHead], signer: Signer) -> Checkpoint:
    """Return the signed statement about these streams."""
    ordered = tuple(sorted(streams))
    signature = signer.sign(NAMESPACE, _statement(at, ordered, signer.key_id))
    return Checkpoint(at, ordered, signer.key_id, signature)


def parse_checkpoints(content: bytes, *, name: str) -> list[Checkpoint]:
    """Read the checkpoints out of a file: one a line.

    Raises:
        MalformedInput: the file holds something else, or none.
    """
    lines = content.splitlines()
    found = [_parse_line(line, f"line {number} of {name!r}") for number, line in enumerate(lines, start=1)]
    if not found:
        raise MalformedInput(f"{name!r} holds no checkpoint", hint="counterseal ledger checkpoint --export writes one")
    return found


class _Readable(Protocol):
    def read(self, stream: str) -> Iterator[Entry]: ...


def read_checkpoints(ledger: _Readable) -> Iterator[tuple[int, Checkpoint]]:
    """Return the checkpoints that the ledger holds, each with its position, in order.

    Raises:
        MalformedInput: one of them cannot be read.
        Unreachable: the ledger does not answer.
    """
    for entry in ledger.read(STREAM):
        yield entry.position, parse_checkpoint(entry.body(), f"entry {entry.position} of the stream {STREAM!r}")


def make_checkpoint(ledger: Ledger, signer: Signer, verifier: Verifier, clock: Clock) -> tuple[Checkpoint, bool]:
    """Append a checkpoint over every stream, and return it with True; where nothing is new, the newest with False.

    It goes on from the newest one of the same key, so it reads only what was appended since: `verify_ledger` reads all.

    Raises:
        LedgerBroken: what was appended does not follow what was signed; nothing is signed.
        MalformedInput: an entry cannot be read.
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer; nothing was appended.
    """
    newest = _newest(ledger, signer.key_id, verifier)
    before = {it.stream: it for it in newest.streams} if newest else {}
    streams = [_grown(ledger, name, before.get(name)) for name in sorted({*ledger.streams(), *before})]
    if newest and _without_own(streams) == _without_own(newest.streams):
        return newest, False
    made = sign_checkpoint(format_time(clock.now()), streams, signer)
    ledger.append(STREAM, [as_draft(made)])
    return made, True


def as_draft(checkpoint: Checkpoint) -> Draft:
    """Return what is appended to the ledger."""
    return draft(EntryKind.CHECKPOINT, checkpoint.body())


def parse_checkpoint(body: Mapping[str, Any], what: str) -> Checkpoint:
    """Return the checkpoint of a ledger entry's body, which has been checked field by field.

    Raises:
        MalformedInput: it contradicts itself; `what` says which it is.
    """
    heads = tuple(TreeHead(**(it | {"nodes": tuple(it["nodes"])})) for it in body["streams"])
    try:
        contradicts = any(it.tree().root().hex() != it.root for it in heads)
    except ValueError:
        contradicts = True
    if contradicts or list(heads) != sorted({it.stream: it for it in heads}.values()):
        raise MalformedInput(f"{what} is not a checkpoint: it contradicts itself")
    return Checkpoint(body["at"], heads, body["key_id"], bytes.fromhex(body["signature"]))


def signature_broken(position: int) -> Break:
    """Return the place of a checkpoint in the ledger whose signature does not hold."""
    return Break(STREAM, position, Cause.ALTERED, "the signature of this checkpoint is broken")


def raise_broken(broken: Break) -> NoReturn:
    """Say where a ledger is broken.

    Raises:
        LedgerBroken: always.
    """
    where = f"entry {broken.position} of the stream {broken.stream!r} is {broken.cause}: " if broken.position else ""
    raise LedgerBroken(
        f"the ledger is broken: {where}{broken.detail}",
        hint="keep this file as evidence, and restore the ledger from a copy that verifies",
    )


def _parse_line(line: bytes, what: str) -> Checkpoint:
    try:
        read = json.loads(line)
        schema = read.pop("schema")
        draft(EntryKind.CHECKPOINT, read)  # the same fields, held to the same shapes
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, Refused) as failure:
        raise MalformedInput(f"{what} is not a checkpoint", hint="was the file cut or edited?") from failure
    if schema != SCHEMA:
        raise MalformedInput(f"{what} has the schema {schema!r}, not {SCHEMA!r}")
    return parse_checkpoint(read, what)


def _newest(ledger: Ledger, key_id: str, verifier: Verifier) -> Checkpoint | None:
    newest = None
    # From the end there is no reading; a checkpoint an hour for a year is 9,000 short entries.
    for position, checkpoint in read_checkpoints(ledger):
        if checkpoint.key_id == key_id:
            newest = (position, checkpoint)
    if newest and not newest[1].is_signed_by(verifier):
        raise_broken(signature_broken(newest[0]))
    return newest[1] if newest else None


def _grown(ledger: Ledger, stream: str, before: TreeHead | None) -> TreeHead:
    """Return the tree head of a stream, from the one before on; the entry that was last then is held against it."""
    tree, head = (before.tree(), before.head) if before else (Tree(), "0" * 64)
    last = next(ledger.read(stream, after=before.size - 1), None) if before and before.size else None
    if before and before.size and last is None:
        detail = f"the checkpoint of before covers {before.size} entries"
        raise_broken(Break(stream, ledger.head(stream).position + 1, Cause.MISSING, detail))
    if last and last.digest != head:
        raise_broken(Break(stream, last.position, Cause.ALTERED, "it is not the entry that the checkpoint covers"))
    for entry in ledger.read(stream, after=tree.size):
        if (entry.stream, entry.position, entry.previous) != (stream, tree.size + 1, head):
            raise_broken(Break(stream, tree.size + 1, Cause.ALTERED, "it is not bound to the entry before it"))
        tree.add(entry.content)
        head = entry.digest
    return TreeHead(stream, tree.size, tree.root().hex(), head, tuple(node.hex() for node in tree.nodes))


def _without_own(streams: Sequence[TreeHead]) -> list[TreeHead]:
    return [it for it in streams if it.stream != STREAM]


def _fields(at: str, streams: Sequence[TreeHead], key_id: str) -> dict[str, Any]:
    return {"at": at, "key_id": key_id, "streams": [it._asdict() | {"nodes": list(it.nodes)} for it in streams]}


def _statement(at: str, streams: Sequence[TreeHead], key_id: str) -> bytes:
    return canonical_json({"schema": SCHEMA, **_fields(at, streams, key_id)})
