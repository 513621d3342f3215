"""A picture's size is the one that people see, whatever its format stores."""

import io
import struct

import pytest
from PIL import Image

from assay.core.geometry.shown_size import ORIENTATION, shown_size


def stored(layout, orientation):
    exif = Image.Exif()
    if orientation is not None:
        exif[ORIENTATION] = orientation
    out = io.BytesIO()
    Image.new("RGB", (200, 100)).save(out, layout, exif=exif)
    out.seek(0)
    return Image.open(out)


@pytest.mark.parametrize("layout", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "size"),
    [
        *((one, (200, 100)) for one in (None, 1, 2, 3, 4)),
        *((one, (100, 200)) for one in (5, 6, 7, 8)),
    ],
)
def test_the_size_is_that_of_the_picture_as_shown(layout, orientation, size):
    with stored(layout, orientation) as picture:
        assert shown_size(picture) == size


@pytest.mark.parametrize(
    "problem", [SyntaxError("no IFD"), ValueError("odd"), struct.error("short"), KeyError(1)]
)
def test_damaged_metadata_leave_the_sides_of_a_sound_picture(problem, monkeypatch):
    def fail(_):
        raise problem

    with stored("JPEG", 6) as picture:
        monkeypatch.setattr(type(picture), "getexif", fail)
        assert shown_size(picture) == (200, 100)


def test_an_orientation_that_there_is_not_leaves_the_sides():
    with stored("JPEG", 9) as picture:
        assert shown_size(picture) == (200, 100)
