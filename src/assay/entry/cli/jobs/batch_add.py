"""`assay batch add`: further data for a project, from a file or folder to a delivery of their own."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from assay.entry.cli.jobs.batch_summary_in_words import print_summary
from assay.entry.cli.jobs.live_progress import Progress
from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.batches.batch_summary import batch_summary, summary_to_json
from assay.service.delivery.delivery_folder import delivery_place
from assay.service.intake.data_source import taken_of
from assay.service.pipeline.run_batch import run_batch
from assay.service.requests.further_batches.add_batch import BatchRequest, add_batch
from assay.service.working_set.stored_project import intake_of

WAITS = 3
COLUMNS: Final = {
    "format": "folder, csv, jsonl, parquet or manifest (default: guessed)",
    "id": "the column or key with the item's id",
    "media": "the column or key with the media's path",
    "text": "the column or key with the text",
    "labels": "the attribute with labels to look at again",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("project", metavar="PROJECT", help="the project's name")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="PATH", help="the file or folder with the new items"
    )
    for name, meaning in COLUMNS.items():
        parser.add_argument(f"--{name}", metavar="WORD", help=f"{meaning}; as the project's where it fits")
    parser.add_argument("--deadline", metavar="DATE", help="the date by which the batch is needed")
    parser.add_argument("--budget", metavar="CENTS", help="its own limit of price")
    parser.add_argument(
        "--max-price",
        metavar="CENTS",
        help="cents up to which nobody is asked (default: what its project leaves)",
    )
    parser.add_argument("--finish-by", metavar="DATE", help="the date up to which nobody is asked")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="the truth that simulated people look at")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers of recorded people")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where deliveries go (default: the project's)"
    )
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Add it, do what is due on it, and return the exit code."""
    folder = folder_of(given)
    with session(given.home) as opened:
        project, batch = add_batch(
            opened.actor,
            project=given.project,
            asked=BatchRequest(tree=asked_of(given), folder=folder),
            home=opened.installation.home,
            now=clock(),
        )
        taken = taken_of(intake_of(project).data, folder=folder)
        if taken and not given.json:
            sys.stdout.write(f"{given.data}: {taken}\n")
        place = given.out or delivery_place(opened.installation, project)
        with Progress(quiet=given.json) as progress:
            run_batch(opened.installation, batch=batch.id, out=place, clock=clock, watcher=progress.watch)
        summary = batch_summary(opened.actor, batch=batch.name, now=clock())
        if given.json:
            sys.stdout.write(json.dumps(summary_to_json(summary), indent=2) + "\n")
        else:
            print_summary(summary)
    return WAITS if summary.waits_for else 0


def folder_of(given: argparse.Namespace) -> Path:
    """Return the folder that the request's paths are relative to: the one in which the data lie."""
    return Path(given.data).resolve().parent


def asked_of(given: argparse.Namespace) -> dict[str, Any]:
    """Return what the command asks for, with keys of an intake."""
    folder = folder_of(given)

    def within(path: Path | None) -> str | None:
        return None if path is None else os.path.relpath(path.resolve(), folder)

    said = {
        "data": {"path": Path(given.data).resolve().name, **{name: getattr(given, name) for name in COLUMNS}},
        "money": {"budget": given.budget},
        "deadline": given.deadline,
        "workforce": {"truth": within(given.truth), "answers": within(given.answers)},
        "approve": {"max_price": given.max_price, "finish_by": given.finish_by},
    }
    sections = {
        key: {name: one for name, one in value.items() if one is not None}
        if isinstance(value, dict)
        else value
        for key, value in said.items()
    }
    return {key: value for key, value in sections.items() if value}
