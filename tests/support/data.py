"""The shared sample data: where it is, or the reason why a test that needs it is skipped."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CROWD_SETS = (
    "adult",
    "bluebird",
    "dog",
    "face",
    "labelme",
    "medrel_cause",
    "pos_tags",
    "possent",
    "product",
    "relevance",
    "sentpol",
    "trec",
    "weather_amt",
    "weather_cf",
    "zencrowd_in",
    "zencrowd_us",
)
"""The recorded crowds of single choices that have a truth."""


def shared_data(*parts: str) -> Path:
    """Return a path in the shared data; skips the calling test where it is absent."""
    home = Path(os.environ.get("ASSAY_SHARED_DATA") or ROOT.parent / "shared" / "data")
    path = home.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared sample data has no {'/'.join(parts)} (set ASSAY_SHARED_DATA)")
    return path
