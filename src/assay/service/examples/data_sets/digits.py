"""Handwritten digits: scikit-learn's 1,797 as pictures.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository; shipped in scikit-learn. Nothing is fetched.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

from assay.service.examples.example_folder import Content, Example, intake_text, listed

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


def _content() -> Content:
    digits, labels = load_digits(return_X_y=True)
    keys = [f"digit-{number:04d}" for number in range(1, len(labels) + 1)]
    return Content(
        header=("id", "file"),
        rows=[(key, _place(key)) for key in keys],
        truth=[(key, NAMES[int(label)]) for key, label in zip(keys, labels, strict=True)],
        files=_pictures(keys, digits.reshape(-1, 8, 8)),
    )


def _pictures(keys: list[str], digits: NDArray[np.float64]) -> Iterator[tuple[str, bytes]]:
    return ((_place(key), _picture(values)) for key, values in zip(keys, digits, strict=True))


def _place(key: str) -> str:
    return f"images/{key}.png"


def _picture(values: NDArray[np.float64]) -> bytes:
    """Return a PNG of 96 x 96 pixels, dark ink on light paper, from 8 x 8 values of 0..16."""
    ink = Image.fromarray((values / 16.0).astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    grey = PAPER - np.clip(np.asarray(ink), 0.0, 1.0) * (PAPER - INK)
    out = BytesIO()
    Image.fromarray(np.rint(grey).astype(np.uint8)).save(out, format="PNG", compress_level=6)
    return out.getvalue()


EXAMPLE: Final = Example(
    name="digits",
    sentence="1,797 handwritten digits, ten labels",
    look_at="how few answers are asked for where the model and one person agree",
    intake=intake_text(
        name="digits",
        task="image_classification",
        data="path: items.csv, format: csv, id: id, media: file",
        labels=listed(zip(NAMES, HELP, strict=True)),
        right=0.95,
        formats=("augmented_manifest", "jsonl"),
    ),
    guide=GUIDE,
    content=_content,
    licence=LICENCE,
)
