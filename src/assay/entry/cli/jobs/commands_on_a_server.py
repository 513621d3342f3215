"""Commands against a server (`--server`): the same words, through the client instead of the installation."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

from assay.client import Batch, Client, Refused, connect
from assay.core.did_you_mean import did_you_mean
from assay.core.errors import BadValue
from assay.entry.cli.jobs.batch_add import asked_of, folder_of
from assay.entry.cli.jobs.labels import tell_changed, tell_foretold, tell_labels, wanted_of
from assay.entry.cli.jobs.reject import remarks_of
from assay.entry.cli.jobs.supplement_in_words import tell_supplement
from assay.service.figures_in_words import money

WAITS = 3
NOT_FOUND = 404
MOST_NAMES = 100
"""So many projects are asked for their batches where a name is none."""


def run(given: argparse.Namespace) -> int:
    """File an intake, and wait until it is ready for review, delivered, or waits for a decision."""
    with _client(given) as client:
        project = client.file(given.intake)
        sys.stderr.write(
            f"{project.batch}: filed; the work goes on by itself. This waits for its end; Ctrl+C ends the waiting, not the work\n"
        )
        found = client.wait(project.batch)
        _print(found, as_json=given.json)
        if given.out is not None and found.status == "Data delivered":
            sys.stdout.write(f"  delivered {client.download(found.batch, given.out)}\n")
    return WAITS if found.waits_for else 0


def batch_add(given: argparse.Namespace) -> int:
    """Add a further batch, and wait until it is ready for review, delivered, or waits for a decision."""
    with _client(given) as client:
        added = client.add_batch(given.project, asked_of(given), folder_of(given))
        sys.stderr.write(
            f"{added.batch}: added; the work goes on by itself. This waits for its end; Ctrl+C ends the waiting, not the work\n"
        )
        found = client.wait(added.batch)
        _print(found, as_json=given.json)
        if given.out is not None and found.status == "Data delivered":
            sys.stdout.write(f"  delivered {client.download(found.batch, given.out)}\n")
    return WAITS if found.waits_for else 0


def status(given: argparse.Namespace) -> int:
    """List projects and batches."""
    with _client(given) as client:
        found = [batch for project in client.projects() for batch in client.batches(project.name)]
    if given.json:
        sys.stdout.write(json.dumps([asdict(one) for one in found], indent=2) + "\n")
        return 0
    for one in found:
        _print(one, as_json=False)
    if not found:
        sys.stdout.write("No projects yet; `assay run INTAKE.yaml --server ...` starts one.\n")
    return 0


def labels(given: argparse.Namespace) -> int:
    """Show or change a project's labels, or say what a change would do."""
    with _client(given) as client:
        if given.change is None:
            found = client.labels(given.project)
            return tell_labels(asdict(found), as_json=given.json)
        wanted = wanted_of(given)
        asked = (given.project, wanted.kind, wanted.labels, wanted.names)
        if given.dry_run:
            told = client.foretell_label_change(*asked, help=wanted.help)
            return tell_foretold(told, as_json=given.json)
        version = client.change_labels(
            *asked, help=wanted.help, reason=given.reason, request_id=given.request or None
        )
        return tell_changed(given.project, version, as_json=given.json)


def approve(given: argparse.Namespace) -> int:
    """Approve a plan, quote or cost."""
    with _client(given) as client:
        project = client.approve(given.project, given.batch or None)
    sys.stdout.write(f"{given.batch or project.name}: approved; the work goes on by itself.\n")
    return 0


def accept(given: argparse.Namespace) -> int:
    """Accept a batch."""
    with _client(given) as client:
        said = client.accept(given.batch)
    sys.stdout.write(f"{given.batch}: {said}; it is delivered by itself.\n")
    return 0


def reject(given: argparse.Namespace) -> int:
    """Reject a batch with remarks."""
    remarks = remarks_of(given)
    whole = next((one.comment for one in remarks if one.key is None), None)
    by_item = {one.key: one.comment or "look again" for one in remarks if one.key is not None}
    with _client(given) as client:
        said = client.reject(given.batch, whole if whole is not None else by_item)
    sys.stdout.write(f"{given.batch}: {said}; the items are worked on again by themselves.\n")
    return 0


def deliver(given: argparse.Namespace) -> int:
    """Wait for a batch's delivery, or for further formats of it, and download it."""
    with _client(given) as client:
        if given.formats:
            asked = client.ask_for_formats(given.batch, given.formats)
            if given.out is not None and not asked.reason:
                client.download(given.batch, given.out)
            return tell_supplement(asked, as_json=given.json)
        found = client.wait(given.batch, until=("Data delivered", "Ready for review", "Paused"))
        _print(found, as_json=given.json)
        if found.status != "Data delivered":
            return WAITS
        place = client.download(given.batch, given.out or Path())
    sys.stdout.write(f"  delivered {place}\n")
    return 0


@contextmanager
def _client(given: argparse.Namespace) -> Iterator[Client]:
    """Open the line to the server; a wrong name is told with the right one."""
    with connect(given.server, key=_key(given)) as client:
        try:
            yield client
        except Refused as problem:
            if problem.status != NOT_FOUND:
                raise
            raise replace(problem, detail=problem.detail + _name_alike(client, given)) from None


def _name_alike(client: Client, given: argparse.Namespace) -> str:
    """Return which project or batch may be meant; "" where the command names none, or these cannot be listed."""
    try:
        projects = [project.name for project in islice(client.projects(), MOST_NAMES)]
        if "project" in given:
            return did_you_mean(given.project, projects)
        known = [batch.batch for name in projects for batch in client.batches(name)]
        return did_you_mean(given.batch, known) if "batch" in given else ""
    except Refused:
        return ""


def _key(given: argparse.Namespace) -> str:
    key = (
        given.key_file.read_text(encoding="utf-8").strip()
        if given.key_file
        else os.environ.get("ASSAY_KEY", "")
    )
    if not key:
        raise BadValue(
            where="command",
            key="--key-file",
            found="not given",
            expected="a file with your API key, or ASSAY_KEY",
        )
    return key


def _print(found: Batch, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), indent=2) + "\n")
        return
    sys.stdout.write(
        f"{found.batch}: {found.status} (project: {found.project_status})\n"
        f"  {found.task}, {found.total:,} objects: {found.completed:,} completed, {found.remaining:,} remaining,"
        f" {found.failed:,} failed; {money(found.spent, found.currency)}\n"
    )
    if found.waits_for:
        sys.stdout.write(f"  waits     {found.waits_for}\n")
