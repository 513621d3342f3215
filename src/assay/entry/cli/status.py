"""`assay status`: projects and batches with the columns that Ground Truth Plus users know."""

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from assay.entry.cli.session import clock, home_argument, json_argument, session
from assay.service.reads.batch_summary import list_summaries, summary_to_json

COLUMNS = (
    "Batch",
    "Status",
    "Project status",
    "Task type",
    "Total",
    "Completed",
    "Remaining",
    "Failed",
    "Cost",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Print the list."""
    with session(given.home) as opened:
        found = list_summaries(opened.actor, now=clock())
    if given.json:
        sys.stdout.write(json.dumps([summary_to_json(summary) for summary in found], indent=2) + "\n")
        return 0
    if not found:
        sys.stdout.write("No projects yet; `assay run INTAKE.yaml` starts one.\n")
        return 0
    table = Table(box=None, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="right" if name in COLUMNS[4:] else "left")
    for summary in found:
        table.add_row(
            summary.batch,
            summary.batch_status,
            summary.project_status,
            summary.task,
            f"{summary.total:,}",
            f"{summary.completed:,}",
            f"{summary.remaining:,}",
            f"{summary.failed:,}",
            f"{summary.spent / 100:,.2f} {summary.currency}",
        )
    Console().print(table)
    for summary in found:
        if summary.waits_for:
            sys.stdout.write(f"{summary.batch} waits: {summary.waits_for}\n")
    return 0
