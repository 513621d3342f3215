"""The arguments that commands share, read before anything heavy is loaded."""

import argparse
import os
from pathlib import Path


def home_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--home`."""
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="folder of database and keys (default: ASSAY_HOME or ~/.assay)",
    )


def json_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def server_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--server` and `--key-file`."""
    parser.add_argument(
        "--server",
        metavar="URL",
        default=os.environ.get("ASSAY_SERVER") or None,
        help="do it on this server instead of here (default: ASSAY_SERVER)",
    )
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE", help="the file with your API key (default: ASSAY_KEY)"
    )
