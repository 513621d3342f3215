"""The blobs of a tenant: contents that lie beside the rows, below the home, apart by what they are."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from assay.core.ports.blobs import BlobPlan, Blobs
from assay.providers.blobs import BLOB_STORES
from assay.store import large_values

KIND: Final = "folder"
"""The store that keeps them."""


MEDIA: Final = "media"
"""What was made of items' files and can be made again: the copies that people see."""


VALUES: Final = "values"
"""Answers and labels that are too large for a row; nothing can make them again."""


def keep_values_below(home: Path) -> None:
    """Let this process keep large answers and labels below a home."""
    large_values.keep_in(lambda batch: value_blobs(home, batch=batch))


@lru_cache(maxsize=1_000)
def value_blobs(home: Path, *, batch: int) -> Blobs:
    """Return the large answers and labels of one batch."""
    return BLOB_STORES.get(KIND).open(BlobPlan(home=home, space=f"{VALUES}/{batch}"))


@lru_cache(maxsize=1_000)
def media_blobs(home: Path, *, tenant: int) -> Blobs:
    """Return the blobs made of one tenant's media; nothing is made before something is stored."""
    return BLOB_STORES.get(KIND).open(BlobPlan(home=home, space=f"{MEDIA}/{tenant}"))
