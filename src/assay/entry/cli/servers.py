"""The arguments of commands that work against a server too."""

import argparse
import os
from pathlib import Path


def server_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--server` and `--key`."""
    parser.add_argument(
        "--server",
        metavar="URL",
        default=os.environ.get("ASSAY_SERVER") or None,
        help="do it on this server instead of here (default: ASSAY_SERVER)",
    )
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE", help="the file with your API key (default: ASSAY_KEY)"
    )
