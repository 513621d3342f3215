"""A simulated project with boxes from intake to delivery, beside one of single choices of the same size.

    python -m bench.project_boxes [--scale 0.1]

10 k pictures of 96 x 72 pixels with one to six boxes each, 40 people and 6 experts, up to 5 answers a picture. The
pictures are drawn once, before the clock starts; each is noise, so that none is nearly another's duplicate.
"""

import csv
import json
import random
from pathlib import Path

import numpy as np
from bench.measuring import Finding, apart, options, place, report
from bench.project import INTAKE, LABELS, Spent, whole_project, write_project
from PIL import Image

ITEMS = 10_000
WIDE, HIGH = 96, 72
DEARER = 5.0
"""Our own aim: an item with boxes takes at most five times the CPU of an item with one choice."""

GROWTH = 200.0
"""Our own aim, in MiB."""


def main() -> None:
    given = options(__doc__)
    items = max(200, int(ITEMS * given.scale))
    with place() as at:
        choices: Spent = apart(whole_project, at, items, write_project)
    with place() as at:
        boxes: Spent = apart(whole_project, at, items, write_boxes)
    each, bare = (1000 * found.work.cpu / items for found in (boxes, choices))
    report(
        given,
        [
            Finding(
                f"A simulated project of {items:,} pictures with boxes, CPU an item against single choices ({at.database})",
                f"<= {DEARER:g}x",
                f"{each / bare:.1f}x ({each:.1f} against {bare:.1f} ms; {items / boxes.work.wall:,.0f} against"
                f" {items / choices.work.wall:,.0f} items a second; {boxes.answers / items:.1f} against"
                f" {choices.answers / items:.1f} answers an item; {boxes.status}, {choices.status})",
                each <= DEARER * bare,
            ),
            Finding(
                f"A simulated project of {items:,} pictures with boxes, growth of memory ({at.database})",
                f"<= {GROWTH:g} MiB",
                f"{boxes.work.growth:.0f} MiB against {choices.work.growth:.0f} MiB for single choices",
                boxes.work.growth <= GROWTH,
            ),
        ],
    )


def write_boxes(folder: Path, items: int) -> None:
    """Write an intake with small pictures, and their true boxes."""
    write_project(folder, 0)
    intake = INTAKE.replace("task: classification", "task: image_boxes").replace("right: 0.95", "right: 0.75")
    (folder / "intake.yaml").write_text(intake)
    (folder / "photos").mkdir()
    noise, dice = np.random.default_rng(1), random.Random(1)
    with (
        (folder / "items.csv").open("a", newline="") as rows,
        (folder / "truth.csv").open("a", newline="") as told,
    ):
        listing, truth = csv.writer(rows), csv.writer(told)
        for number in range(items):
            key = f"item-{number:07}"
            pixels = noise.integers(256, size=(HIGH, WIDE), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "photos" / f"{key}.png", compress_level=1)
            listing.writerow((key, f"photos/{key}.png"))
            truth.writerow((key, json.dumps({"boxes": [_box(dice) for _ in range(dice.randint(1, 6))]})))


def _box(dice: random.Random) -> dict[str, object]:
    return {
        "label": dice.choice(LABELS),
        "left": dice.randrange(60 * 100) / 100,
        "top": dice.randrange(45 * 100) / 100,
        "width": dice.randrange(9 * 100, 35 * 100) / 100,
        "height": dice.randrange(9 * 100, 26 * 100) / 100,
    }


if __name__ == "__main__":
    main()
