"""`assay convert`: labels of one format in, labels of another out."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from assay.core.layouts.taken_in_words import taken_in_words
from assay.core.ports.file_format import Columns
from assay.entry.cli.files.bad_rows import tell_bad_rows
from assay.entry.cli.shared_arguments import json_argument
from assay.entry.cli.shell_session import clock
from assay.entry.cli.sign_of_life import working
from assay.service.label_files.convert_labels import Converted, NothingConverted, convert_labels


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("source", type=Path, metavar="SRC", help="the file or folder with the labels")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DST", help="what to write; it must not exist"
    )
    parser.add_argument(
        "--from", dest="read_as", metavar="FORMAT", help="the format of SRC (default: by its name)"
    )
    parser.add_argument(
        "--to", dest="write_as", metavar="FORMAT", help="the format of DST (default: by its name)"
    )
    parser.add_argument(
        "--attribute",
        metavar="NAME",
        help="of several labels per item, the one to convert; in a table, the column of labels",
    )
    for role, what in (("text", "the texts"), ("media", "the files of media"), ("id", "the ids")):
        parser.add_argument(
            f"--{role}",
            metavar="COLUMN",
            help=f"the column or key that holds {what} (default: guessed, and told)",
        )
    parser.add_argument(
        "--task",
        metavar="TASK",
        help="the task type, for example image_boxes: what was looked for where no item has a label",
    )
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Convert, and say how much and what could not come along."""
    try:
        with working("converting", quiet=given.json):
            done = convert_labels(
                path=given.source,
                out=given.out,
                read_as=given.read_as,
                write_as=given.write_as,
                attribute=given.attribute,
                columns=Columns(id=given.id, media=given.media, text=given.text),
                task=given.task,
                now=clock(),
            )
    except NothingConverted as problem:
        tell_bad_rows(given.source, problem.shown, problem.count)
        raise
    if given.json:
        sys.stdout.write(json.dumps({**asdict(done), "out": str(given.out)}, indent=2) + "\n")
        return 0
    tell_bad_rows(given.source, done.shown, done.bad)
    sys.stdout.write("\n".join(_lines(done, given.out)) + "\n")
    return 0


def _lines(done: Converted, out: Path) -> list[str]:
    left = {
        noun: done.unread.get(noun, 0) + done.unwritten.get(noun, 0) for noun in done.unread | done.unwritten
    }
    counts = ", ".join(f"{number:,} {noun}" for noun, number in left.items()) or "nothing"
    lines = [f"{done.items:,} items written to {out} ({done.target}); left out: {counts}"]
    taken = taken_in_words(done.taken)
    lines += [f"  {taken}"] if taken else []
    if done.taken.header and not (done.taken.columns.text or done.taken.columns.media):
        lines.append("  --text or --media names the column that holds what the items are.")
    lines += [f"  {done.source} holds {noun}; they are not in the result." for noun in done.unread]
    lines += [f"  {done.target} cannot hold {noun}." for noun in done.unwritten]
    if done.bad:
        lines.append(f"  {done.bad:,} rows of the source could not be read and are missing.")
    return lines
