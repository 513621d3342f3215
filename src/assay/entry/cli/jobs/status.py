"""`assay status`: projects and batches with the columns that Ground Truth Plus users know."""

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.batches.batch_summary import BatchSummary, list_summaries, summary_to_json
from assay.service.figures_in_words import money

WIDE = 120
"""Terminals narrower than this get two lines per batch instead of a table."""

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
    console = Console()
    if console.is_terminal and console.width >= WIDE:
        console.print(_table(found))
    else:
        sys.stdout.write("".join(_lines(summary) for summary in found))
    for summary in found:
        if summary.waits_for:
            sys.stdout.write(f"{summary.batch} waits: {summary.waits_for}\n")
    return 0


def _table(found: Sequence[BatchSummary]) -> Table:
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
            money(summary.spent, summary.currency),
        )
    return table


def _lines(summary: BatchSummary) -> str:
    return (
        f"{summary.batch}: {summary.batch_status} (project: {summary.project_status})\n"
        f"  {summary.task}, {summary.total:,} objects: {summary.completed:,} completed,"
        f" {summary.remaining:,} remaining, {summary.failed:,} failed; {money(summary.spent, summary.currency)}\n"
    )
