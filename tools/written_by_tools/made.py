"""Three pictures with boxes: what most scripts have their tools write."""

from pathlib import Path
from typing import Final

from keeping import Row, picture, row

SIZES: Final = {"a.png": (64, 48), "b.png": (40, 30), "c.png": (50, 50)}
BOXES: Final = {
    "a.png": [["nut", 4, 6, 16, 12], ["bolt", 32, 24.6, 8, 6.3]],
    "b.png": [["bolt", 1, 3, 8, 9]],
    "c.png": [],
}
NAMES: Final = ["nut", "bolt"]


def pictures(folder: str) -> Path:
    """Write the pictures and return their folder."""
    for name, size in SIZES.items():
        picture(f"{folder}/{name}", *size)
    return Path(folder).resolve()


def boxed_rows(folder: str = "", *, of: tuple[str, ...] = tuple(SIZES), whole: bool = False) -> list[Row]:
    """Return the truth, each picture by its name below a folder; `whole` cuts off what is not a whole pixel."""
    return [
        row(
            f"{folder}{name}",
            {
                "boxes": [
                    [label, *(int(edge) if whole else edge for edge in place)]
                    for label, *place in BOXES[name]
                ]
            },
            media=f"{folder}{name}",
            size=SIZES[name],
        )
        for name in of
    ]
