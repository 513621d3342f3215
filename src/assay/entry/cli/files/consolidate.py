"""`assay consolidate`: answers in, labels out."""

import argparse
import sys
from pathlib import Path

from assay.entry.cli.files.bad_rows import tell_bad_rows
from assay.entry.cli.sign_of_life import working
from assay.service.label_files.consolidate_answers import WITHOUT_A_TASK_TYPE, consolidate_answers


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "answers",
        type=Path,
        metavar="ANSWERS.csv",
        help="columns item,worker,label; semicolons, tabs, strokes and gzip too",
    )
    parser.add_argument(
        "--task",
        required=True,
        help=f"the task type, for example classification; or one of {', '.join(WITHOUT_A_TASK_TYPE)}",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="LABELS.csv", help="what to write")


def run(given: argparse.Namespace) -> int:
    """Consolidate and say how much."""
    with working("consolidating"):
        done = consolidate_answers(answers_path=given.answers, task=given.task, out_path=given.out)
    tell_bad_rows(given.answers, done.shown, done.bad)
    again = (
        f" {done.changed:,} answers were given again by the same person; the later one counts."
        if done.changed
        else ""
    )
    again += (
        f" {done.cut:,} boxes reached beyond their pictures and were cut at the edges." if done.cut else ""
    )
    again += (
        f" {done.unfit:,} attributes were not what most of their name are and were left out."
        if done.unfit
        else ""
    )
    left = f" {done.bad:,} rows were left out." if done.bad else ""
    sys.stdout.write(
        f"{given.out}: {done.items:,} labels from {done.answers:,} answers of {done.people:,} people.{again}{left}\n"
    )
    return 0
