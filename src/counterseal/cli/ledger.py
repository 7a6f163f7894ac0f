"""Verify, sign, export and show the ledger: the record of what was seen, decided and done.

counterseal ledger verify
counterseal ledger verify --checkpoint KEPT.checkpoint --public-key KEPT.pub
counterseal ledger verify --file EXPORT.jsonl
counterseal ledger checkpoint --create-key-file --export KEPT.checkpoint
counterseal ledger export EXPORT.jsonl
counterseal ledger compact-to-parquet PARQUET
counterseal ledger verify --parquet PARQUET
counterseal ledger show --kind verdict

Keep checkpoints and the public key where whoever can write the ledger cannot: docs/how-to/keep-the-ledger-honest.md.
A folder of Parquet is a copy to ask with `counterseal report --parquet`; the ledger is the record, and loses no entry.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from counterseal.cli.console import Console
from counterseal.cli.numbers import count_argument
from counterseal.cli.rows import print_rows
from counterseal.cli.visible import visible
from counterseal.errors import UsageError
from counterseal.ledger.chain import Head
from counterseal.ledger.order import in_order


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `counterseal ledger`."""
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    verify = steps.add_parser("verify", help="find the first entry that was altered, removed, moved or cut off")
    verify.add_argument("--file", type=Path, metavar="EXPORT", help="verify this export instead of the ledger")
    verify.add_argument(
        "--checkpoint", type=Path, action="append", default=[], metavar="FILE", help="a checkpoint kept elsewhere"
    )
    verify.add_argument(
        "--parquet", type=Path, metavar="FOLDER", help="verify that this folder is a copy of the ledger"
    )
    verify.add_argument("--public-key", type=Path, metavar="FILE", help="the key that must have signed the checkpoints")
    checkpoint = steps.add_parser("checkpoint", help="sign what the ledger holds now")
    checkpoint.add_argument(
        "--export", type=Path, metavar="FILE", help="write the checkpoint here, to be kept elsewhere"
    )
    checkpoint.add_argument(
        "--create-key-file", action="store_true", help="make the signing key first, and its public half beside it"
    )
    export = steps.add_parser("export", help="write all entries as JSON lines, verifiable elsewhere")
    export.add_argument("target", metavar="FILE", help="where to; - is standard output")
    compact = steps.add_parser("compact-to-parquet", help="write what is new as Parquet, to be asked at any size")
    compact.add_argument("folder", type=Path, metavar="FOLDER", help="where to; made where there is none")
    compact.add_argument(
        "--prune", action="store_true", help="remove partitions older than ledger.retention; the ledger keeps all"
    )
    compact.add_argument("--force", action="store_true", help="let --prune keep less than 12 months")
    show = steps.add_parser("show", help="list the newest entries")
    show.add_argument("--kind", help="only entries of this kind: verdict, checkpoint, …")
    show.add_argument("--stream", help="only entries of this stream")
    show.add_argument(
        "--limit", type=count_argument, default=20, metavar="N", help="how many, the newest; 20 unless given"
    )
    show.add_argument("--json", action="store_true", help="print them whole, one JSON document a line")
    for step in steps.choices.values():
        step.allow_abbrev = False


def run(arguments: Namespace, console: Console) -> int:
    """Do the step that was asked for."""
    steps = {
        "verify": _verify,
        "checkpoint": _checkpoint,
        "export": _export,
        "compact-to-parquet": _compact,
        "show": _show,
    }
    steps[arguments.step](arguments, console)
    return 0


def _verify(arguments: Namespace, console: Console) -> None:
    from counterseal.assembly.checkpoints import Kept, verify_export, verify_here
    from counterseal.assembly.settings import load_settings

    if arguments.checkpoint and not arguments.public_key:
        raise UsageError(
            "a checkpoint proves nothing without the key that must have signed it",
            hint="--public-key FILE names its public half, from where it was kept",
        )
    if arguments.parquet:
        _verify_parquet(arguments, console)
        return
    kept = Kept(arguments.checkpoint, arguments.public_key)
    verified, heads = verify_export(arguments.file, kept) if arguments.file else verify_here(load_settings(), kept)
    _print_heads(console, heads)
    console.print(
        f"holds: every entry is there, unaltered and in order; {verified.checkpoints} of its own checkpoints match"
        f" ({verified.signed} with a signature that was checked), and {len(arguments.checkpoint)} kept elsewhere"
    )
    if not arguments.checkpoint:
        console.note(
            "counterseal: note: without a checkpoint that was kept elsewhere, entries cut off at the end and a ledger"
            " written anew leave no trace (--checkpoint FILE --public-key FILE)"
        )


def _verify_parquet(arguments: Namespace, console: Console) -> None:
    from counterseal.assembly.parquet import compare_here
    from counterseal.assembly.settings import load_settings

    if arguments.file or arguments.checkpoint or arguments.public_key:
        raise UsageError(
            "--parquet compares a folder with the ledger, and nothing else",
            hint="verify the ledger itself by another call",
        )
    copied = compare_here(load_settings(), arguments.parquet)
    _print_heads(console, copied.heads)
    console.print(f"holds: it is a copy of this ledger up to there; {copied.counted}")
    _note_pruned(console, copied.pruned_before)


def _compact(arguments: Namespace, console: Console) -> None:
    from counterseal.assembly.parquet import compact_here
    from counterseal.assembly.settings import load_settings

    if arguments.force and not arguments.prune:
        raise UsageError("--force belongs to --prune")
    copied = compact_here(load_settings(), arguments.folder, prune=arguments.prune, force=arguments.force)
    _print_heads(console, copied.heads)
    console.print(copied.counted)
    _note_pruned(console, copied.pruned_before)


def _note_pruned(console: Console, pruned_before: str) -> None:
    if pruned_before:
        console.note(f"counterseal: note: what was recorded before {pruned_before} is in the ledger alone")


def _print_heads(console: Console, heads: Sequence[Head]) -> None:
    console.table(["stream", "entries", "ends with"], [[it.stream, str(it.position), it.digest] for it in heads])


def _checkpoint(arguments: Namespace, console: Console) -> None:
    from counterseal.assembly.checkpoints import checkpoint_now, create_signing_key, write_whole
    from counterseal.assembly.settings import load_settings

    settings = load_settings()
    if arguments.create_key_file:
        console.note(f"counterseal: note: keep the public key elsewhere: {str(create_signing_key(settings))!r}")
    checkpoint, is_new = checkpoint_now(settings)
    if arguments.export:
        write_whole(arguments.export, [checkpoint.exported()])
    rows = [[it.stream, str(it.size), it.root] for it in checkpoint.streams]
    console.table(["stream", "entries", "tree hash"], rows)
    console.print(f"signed {checkpoint.at} with the key {checkpoint.key_id}")
    if not is_new:
        console.note("counterseal: note: nothing was recorded since: this is the checkpoint of before")


def _export(arguments: Namespace, console: Console) -> None:
    from counterseal.assembly.checkpoints import export
    from counterseal.assembly.settings import load_settings

    console.flush()
    export(load_settings(), None if arguments.target == "-" else Path(arguments.target))


def _show(arguments: Namespace, console: Console) -> None:
    from heapq import nlargest
    from itertools import chain

    from counterseal.assembly.ledgers import open_existing_ledger
    from counterseal.assembly.settings import load_settings
    from counterseal.ledger import EntryKind

    if arguments.kind and arguments.kind not in list(EntryKind):
        raise UsageError(f"there is no kind {arguments.kind!r}", hint=f"the kinds are {', '.join(EntryKind)}")
    with closing(open_existing_ledger(load_settings())) as ledger:
        names = [name for name in ledger.streams() if arguments.stream in {None, name}]
        timed = chain.from_iterable(in_order(ledger.read(name)) for name in names)
        fitting = ((at, it) for at, it in timed if arguments.kind in {None, it.kind})
        largest = nlargest(arguments.limit, fitting, key=lambda pair: (pair[0], pair[1].stream, pair[1].position))
    newest = [it for _, it in largest]
    if arguments.json:
        console.write_bytes(b"".join(entry.content + b"\n" for entry in newest))
        return
    rows = [[it.stream, str(it.position), it.recorded_at, it.kind.value, _about(it.body())] for it in newest]
    print_rows(console, ["stream", "entry", "recorded", "kind", "about"], rows)


def _about(body: Mapping[str, Any]) -> str:
    """Return the few fields that tell a reader which one it is."""
    if "mapped" in body:
        return visible(f"{body['principal']} {'is' if body['mapped'] else 'is not'} {body['user']}, by {body['by']}")
    names = ("verdict", "event_id", "issue_key", "secret_name", "resource", "object", "reason", "as_of", "key_id")
    return " ".join(str(body[name]) for name in names if body.get(name))
