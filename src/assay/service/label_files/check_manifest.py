"""Check an augmented manifest for its readers."""

from collections.abc import Iterator
from pathlib import Path

from assay.formats.augmented_manifest.check import Problem
from assay.formats.augmented_manifest.check import check_manifest as check

__all__ = ["Problem", "check_manifest"]


def check_manifest(path: Path) -> Iterator[Problem]:
    """Stream the problems of a manifest, each with its line, key and the reader who would stumble.

    Raises:
        NotReadable: if the file is missing.
    """
    return check(path)
