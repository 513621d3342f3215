"""Measure items that were stored before facts were: by a migration, and after a backup of such a time was restored.

Pictures are measured by their files where these still lie there; what cannot be read stays unknown. Stored items keep being shown as their own files.
"""

import warnings
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml
from PIL import Image

from assay.core.geometry.shown_size import DAMAGED, orientation_of, shown_size

AT_ONCE: Final = 2_000


def measure_stored_items(cursor: Any, *, but: Collection[int] = ()) -> None:
    """Fill in the facts that stored items lack; `cursor` is a database's own, since no model may be known yet.

    Of the batches `but` nothing is measured: they came after facts were.
    """
    cursor.execute("SELECT b.id, p.folder, p.intake FROM batch b JOIN project p ON p.id = b.project_id")
    for batch, folder, intake in cursor.fetchall():
        root = None if batch in but else _root(folder, intake)
        if root is not None:
            _measure_pictures(cursor, root, first=batch << 32)


def _root(folder: str, intake: str) -> Path | None:
    """Return the folder that a project's media names are relative to, or None where that cannot be told."""
    try:
        source = (Path(folder) / str(yaml.safe_load(intake)["data"]["path"])).resolve()
    except (yaml.YAMLError, LookupError, TypeError, OSError, ValueError):
        return None
    return source if source.is_dir() else source.parent


def _measure_pictures(cursor: Any, root: Path, *, first: int) -> None:
    last, end = first - 1, first + 2**32 - 1
    while True:
        cursor.execute(
            "SELECT item_id, media FROM item_body WHERE item_id > %s AND item_id <= %s AND media IS NOT NULL"
            " AND width IS NULL ORDER BY item_id LIMIT %s",
            [last, end, AT_ONCE],
        )
        rows: Sequence[tuple[int, str]] = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        found = [(*facts, item) for item, media in rows if (facts := _facts(root, media)) is not None]
        cursor.executemany(
            "UPDATE item_body SET width = %s, height = %s, orientation = %s, pages = %s WHERE item_id = %s",
            found,
        )


def _facts(root: Path, media: str) -> tuple[int, int, int, int] | None:
    name = PurePosixPath(media.replace("\\", "/"))
    if "://" in media or "\x00" in media or name.is_absolute() or ".." in name.parts:
        return None
    try:
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                return (*shown_size(picture), orientation_of(picture), getattr(picture, "n_frames", 1))
    except (*DAMAGED, Image.DecompressionBombError):
        return None
