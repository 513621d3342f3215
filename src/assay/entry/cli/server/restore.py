"""`assay restore`: a backup into an empty home and database."""

import argparse
import sys
from pathlib import Path

from assay.entry.cli.server.backup_passphrase import passphrase_argument, passphrase_of
from assay.entry.cli.shared_arguments import home_argument
from assay.entry.cli.shell_session import clock, session
from assay.entry.cli.sign_of_life import working
from assay.service.projects.pictures_not_there import pictures_not_there
from assay.service.upkeep.backup_index import Index
from assay.service.upkeep.restore import restore


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what `assay backup` wrote")
    parser.add_argument(
        "--key",
        metavar="FINGERPRINT",
        help="refuse the file unless this key signed it: the one that `assay backup` printed",
    )
    passphrase_argument(parser, what_for="encrypted the file")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Restore it and verify the audit trail."""
    with session(given.home, restoring=True) as opened, working("restoring"):
        installation = opened.installation
        done = restore(
            opened.actor,
            home=installation.home,
            checkpoints=installation.checkpoint_dir,
            source=given.file,
            now=clock(),
            key=given.key,
            passphrase=passphrase_of(given),
            tell=lambda index: None if given.key else _warn(index),
        )
        lacking = pictures_not_there(opened.actor, home=installation.home, now=clock())
    sys.stdout.write(
        f"{given.file}: {done.rows:,} rows of {done.tables} tables, {done.files:,} files restored;"
        f" {done.events:,} audit events verified.\n"
    )
    for one in lacking:
        sys.stdout.write(
            f"  {one.project}: {one.missing:,} of its {one.pictures:,} pictures are not there, the first is"
            f" {one.first}; put them back from where they were kept\n"
        )
    return 0


def _warn(index: Index) -> None:
    """Say whose word is taken where no key was named."""
    if index.fingerprint:
        sys.stderr.write(
            f"WARNING: NOBODY VOUCHED FOR THE KEY {index.fingerprint} THAT SIGNED THIS BACKUP. Compare it with the one"
            " that `assay backup` printed, or name that one: --key FINGERPRINT.\n"
        )
    else:
        sys.stderr.write(
            "WARNING: THIS BACKUP IS NOT SIGNED, an older version wrote it. Nothing shows that it is as it was written.\n"
        )
    sys.stderr.flush()
