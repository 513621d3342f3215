"""The demo's data: scikit-learn's 1,797 handwritten digits as pictures, with everything a project needs.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository; shipped in scikit-learn. Nothing is fetched.
"""

import csv
import io
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

NAMES: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SIDE: Final = 96
INK: Final = 24
PAPER: Final = 250

HELP: Final = (
    "One closed loop, empty inside.",
    "One stroke, sometimes with a flag at the top or a foot.",
    "A curve at the top, a flat base at the bottom.",
    "Two bows, both open to the left.",
    "An open or closed top and one long stroke down on the right.",
    "A flat top and one bow at the bottom, open to the left.",
    "One loop at the bottom, its stem rising to the left.",
    "A flat top and a slanted stroke, sometimes crossed in the middle.",
    "Two closed loops, one above the other.",
    "One loop at the top, its stem falling on the right.",
)

GUIDE: Final = """# Which digit is this?

Each picture shows one handwritten digit, scanned with few pixels and then enlarged, so it looks soft.
Choose the digit that the writer meant.

- Look at the whole shape before you look at details.
- One or seven: a seven has a flat top; a cross-stroke in the middle makes it a seven.
- Three or nine: the upper bow of a nine is closed.
- Five or six: the lower bow of a six is closed.
- Where two digits seem possible, choose the likelier one. Skip only what shows no digit at all.
"""

LICENCE: Final = """The pictures are the 1,797 digits of scikit-learn's `load_digits`, enlarged.
They are a part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998),
UCI Machine Learning Repository, doi 10.24432/C50P49, licence CC BY 4.0; scikit-learn, which ships them,
is under the BSD 3-clause licence.
"""

INTAKE: Final = """assay: 1
name: digits
task: image_classification
data: {path: items.csv, format: csv, id: id, media: file}
labels:
LABELS
instructions: guide.md
quality: {right: 0.95, confidence: 0.95}
redundancy: {min: 1, max: 7}
money: {currency: EUR, budget: 60000, answer: 4, expert: 20}
class: public
workforce: {kind: simulated, people: 30, truth: truth.csv}
approve: {max_price: 60000}
accept: if_certified
start: 2026-11-23T09:00:00Z
deliver: {to: out/, formats: [augmented_manifest, jsonl]}
"""


def write_digits(folder: Path) -> Path:
    """Write the demo project into a folder and return its intake file; the same bytes every time.

    The folder then holds `intake.yaml`, `items.csv` (id,file), `truth.csv` (item,label), `guide.md`,
    `LICENCE.txt` and `images/`. Files that are there already with the same content are left alone.
    """
    digits, labels = load_digits(return_X_y=True)
    keys = [f"digit-{number:04d}" for number in range(1, len(labels) + 1)]
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for key, values in zip(keys, digits.reshape(-1, 8, 8), strict=True):
        _write(folder / "images" / f"{key}.png", _picture(values))
    _write(folder / "items.csv", _csv(("id", "file"), [(key, f"images/{key}.png") for key in keys]))
    truth = [(key, NAMES[int(label)]) for key, label in zip(keys, labels, strict=True)]
    _write(folder / "truth.csv", _csv(("item", "label"), truth))
    _write(folder / "guide.md", GUIDE.encode())
    _write(folder / "LICENCE.txt", LICENCE.encode())
    listed = "\n".join(
        f'  - {{name: {name}, help: "{hint}"}}' for name, hint in zip(NAMES, HELP, strict=True)
    )
    _write(folder / "intake.yaml", INTAKE.replace("LABELS", listed).encode())
    return folder / "intake.yaml"


def _picture(values: NDArray[np.float64]) -> bytes:
    """Return a PNG of 96 x 96 pixels, dark ink on light paper, from 8 x 8 values of 0..16."""
    ink = Image.fromarray((values / 16.0).astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    grey = PAPER - np.clip(np.asarray(ink), 0.0, 1.0) * (PAPER - INK)
    out = BytesIO()
    Image.fromarray(np.rint(grey).astype(np.uint8)).save(out, format="PNG", compress_level=6)
    return out.getvalue()


def _csv(header: tuple[str, str], rows: list[tuple[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, by way of a neighbour, unless it is there already."""
    if path.is_file() and path.read_bytes() == content:
        return
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    beside.replace(path)
