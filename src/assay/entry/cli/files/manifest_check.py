"""`assay manifest check`: who would stumble over this manifest, and where."""

import argparse
import json
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from assay.entry.cli.shared_arguments import json_argument
from assay.service.label_files.check_manifest import check_manifest

PROBLEMS = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the augmented manifest")
    parser.add_argument(
        "--most", type=int, default=100, metavar="N", help="print at most N problems (default 100)"
    )
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Check it and print each problem."""
    found = list(islice(check_manifest(given.file), given.most + 1))
    more = len(found) > given.most
    shown = found[: given.most]
    if given.json:
        document = {"problems": [asdict(problem) for problem in shown], "more": more}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return PROBLEMS if found else 0
    for problem in shown:
        key = f", key '{problem.key}'" if problem.key else ""
        sys.stdout.write(f"{given.file}, line {problem.line}{key}: {problem.sentence} ({problem.reader})\n")
    if more:
        sys.stdout.write("... and more.\n")
    if not found:
        sys.stdout.write(f"{given.file}: no problem found.\n")
    return PROBLEMS if found else 0
