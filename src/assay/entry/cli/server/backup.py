"""`assay backup`: an installation in one signed file, and what is to be kept beside it."""

import argparse
import sys
from pathlib import Path

from assay.entry.cli.server.backup_passphrase import passphrase_argument, passphrase_of
from assay.entry.cli.shared_arguments import home_argument
from assay.entry.cli.shell_session import clock, session
from assay.entry.cli.sign_of_life import working
from assay.service.figures_in_words import in_bytes
from assay.service.upkeep.back_up import back_up
from assay.service.upkeep.files_of_home import LeftBeside


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what to write, for example assay-backup.tar")
    parser.add_argument(
        "--without-files",
        action="store_true",
        help="tables, keys and checkpoints only; uploads, shown copies and deliveries are kept beside it",
    )
    passphrase_argument(parser, what_for="encrypts the file")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Write it."""
    with session(given.home) as opened, working("backing up"):
        passphrase = passphrase_of(given)
        done = back_up(
            opened.actor,
            home=opened.installation.home,
            target=given.file,
            now=clock(),
            with_files=not given.without_files,
            passphrase=passphrase,
        )
    sys.stdout.write(
        f"{given.file}: {done.rows:,} rows of {done.tables} tables, {done.files:,} files of the home"
        f" ({in_bytes(done.bytes)}).\n"
    )
    for name, held in sorted(done.held.items()):
        sys.stdout.write(f"  in it: {name}, {held.files:,} files, {in_bytes(held.bytes)}\n")
    for one in done.beside:
        sys.stdout.write(f"  not in it: {one.what}, in {one.folder}{_size(one)}\n")
    guard = (
        "encrypted"
        if passphrase
        else "NOT encrypted, and the installation's keys are in it: guard it like these"
    )
    sys.stdout.write(
        f"  {guard}\n"
        f"  signed by {done.fingerprint}; note this down elsewhere. To restore it into an empty home:\n"
        f"  assay restore {given.file} --key {done.fingerprint}\n"
    )
    return 0


def _size(one: LeftBeside) -> str:
    if one.files is None:
        return ", which is not there"
    more = " or more" if one.more else ""
    return f", {one.files:,} files{more}, {in_bytes(one.bytes)}{more}; back this folder up beside it"
