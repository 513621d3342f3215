"""`assay reject`: reject a batch with remarks."""

import argparse
import csv
import sys
from pathlib import Path

from assay.core.errors import BadLine, NotReadable
from assay.entry.cli.shared_arguments import home_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.batches.reject_batch import Remark, reject_batch


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("batch", metavar="BATCH", help="the batch's name")
    parser.add_argument(
        "--item",
        action="append",
        default=[],
        metavar="ID[=REMARK]",
        help="an item to work on again; repeatable",
    )
    parser.add_argument("--feedback", type=Path, metavar="CSV", help="a file with the columns item,comment")
    parser.add_argument("--comment", metavar="REMARK", help="a remark about the whole batch: all items again")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Reject it."""
    remarks = remarks_of(given)
    with session(given.home) as opened:
        row = reject_batch(opened.actor, batch=given.batch, remarks=remarks, now=clock())
    sys.stdout.write(
        f"{row.name}: {row.status}; `assay deliver {row.name}` or `assay run` goes on with it.\n"
    )
    return 0


def remarks_of(given: argparse.Namespace) -> list[Remark]:
    """Return the remarks that the arguments make; raises an `InputError` for a file that cannot be read."""
    remarks = [Remark(*_split(item)) for item in given.item]
    if given.feedback is not None:
        remarks += _read(given.feedback)
    if given.comment is not None:
        remarks.append(Remark(None, given.comment))
    return remarks


def _split(item: str) -> tuple[str, str]:
    key, _, comment = item.partition("=")
    return key, comment


def _read(path: Path) -> list[Remark]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"item", "comment"} <= set(reader.fieldnames or ()):
                raise BadLine(path=str(path), line=1, reason="the columns item and comment are needed")
            return [Remark(row["item"] or None, row["comment"] or "") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise NotReadable(path=str(path), reason=str(problem)) from None
