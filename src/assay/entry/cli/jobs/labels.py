"""`assay labels`: a project's labels and their versions, shown and changed."""

import argparse
import json
import sys
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from assay.core.labels.schema_versions import ADD, KINDS, WantedChange
from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.figures_in_words import money
from assay.service.projects.change_labels import change_labels
from assay.service.projects.foretell_label_change import foretell_label_change
from assay.service.projects.project_labels import project_labels


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("project", metavar="PROJECT", help="the project's name")
    parser.add_argument(
        "change",
        nargs="?",
        choices=KINDS,
        metavar="CHANGE",
        help="rename, merge, split, add or retire; without it the labels are shown",
    )
    parser.add_argument("labels", nargs="*", metavar="LABEL", help="the labels that it is about")
    parser.add_argument(
        "--as",
        dest="names",
        action="append",
        default=[],
        metavar="NAME",
        help="what they become: the new name, the parts of a split (repeat it), or as what a retired label is read",
    )
    parser.add_argument(
        "--help-text", default="", metavar="TEXT", help="what labellers read about an added label"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; it stands in the audit trail")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what it would do and may cost, and change nothing"
    )
    parser.add_argument(
        "--request", default="", metavar="ID", help="an id of your own: the same id again is the same change"
    )
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Show or change them, or say what a change would do."""
    with session(given.home) as opened:
        if given.change is None:
            found = project_labels(opened.actor, project=given.project, now=clock())
            return tell_labels(asdict(found), as_json=given.json)
        wanted = wanted_of(given)
        if given.dry_run:
            told = foretell_label_change(opened.actor, project=given.project, wanted=wanted, now=clock())
            return tell_foretold({**asdict(told), "sentence": told.what.sentence}, as_json=given.json)
        made = change_labels(
            opened.actor,
            project=given.project,
            wanted=wanted,
            reason=given.reason,
            request_id=given.request or uuid.uuid4().hex,
            now=clock(),
        )
        return tell_changed(made.project, made.version, as_json=given.json)


def wanted_of(given: argparse.Namespace) -> WantedChange:
    """Return the change that the arguments ask for; a label that is added is named like one that it is about."""
    if given.change == ADD:
        return WantedChange(ADD, (), (*given.labels, *given.names), given.help_text)
    return WantedChange(given.change, tuple(given.labels), tuple(given.names), given.help_text)


def tell_labels(found: Mapping[str, Any], *, as_json: bool) -> int:
    """Print labels, changes and versions; return the exit code."""
    if as_json:
        return _as_json(found)
    sys.stdout.write(f"{found['project']}: version {found['version']} of its labels\n")
    for one in found["labels"]:
        sys.stdout.write(f"  {one['number']:>3}  {one['name']}{': ' + one['help'] if one['help'] else ''}\n")
    for one in found["changes"]:
        sys.stdout.write(f"  version {one['version']}: {one['sentence']} ({one['actor']}: {one['reason']})\n")
    for one in found["batches"]:
        sys.stdout.write(f"  {one['batch']} is read in version {one['version']}\n")
    return 0


def tell_foretold(found: Mapping[str, Any], *, as_json: bool) -> int:
    """Print what a change would do; return the exit code."""
    if as_json:
        return _as_json(found)
    sys.stdout.write(f"{found['project']}: {found['sentence']}; nothing is changed yet\n")
    for one in found["batches"]:
        if not one["follows"]:
            sys.stdout.write(f"  {one['batch']} keeps its version: its labels are frozen\n")
            continue
        low, high = (money(one[key], found["currency"]) for key in ("least", "most"))
        cost = f", which costs {low} to {high}" if one["most"] else ""
        sys.stdout.write(
            f"  {one['batch']}: {one['renamed']:,} labels have another name,"
            f" {one['reopened']:,} items and {one['controls']:,} control items are asked about anew{cost}\n"
        )
    return 0


def tell_changed(project: str, version: int, *, as_json: bool) -> int:
    """Print which version a change made; return the exit code."""
    if as_json:
        return _as_json({"project": project, "version": version})
    sys.stdout.write(
        f"{project}: version {version} of its labels; batches in work go over to it by themselves.\n"
    )
    return 0


def _as_json(found: Mapping[str, Any]) -> int:
    sys.stdout.write(json.dumps(found, indent=2, default=str) + "\n")
    return 0
