"""Small pictures are those that people see, whichever way a camera stored them."""

import io

import pytest
from PIL import Image

from assay.core.geometry.shown_size import ORIENTATION
from assay.providers.media.image.thumbnail import marked_picture, thumbnail


@pytest.fixture
def turned(tmp_path):
    """A white picture that is stored 200 x 100 and shown 100 x 200."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = tmp_path / "turned.jpg"
    Image.new("RGB", (200, 100), "white").save(path, exif=exif)
    return path


def test_a_thumbnail_stands_as_the_photograph_is_shown(turned):
    with Image.open(io.BytesIO(thumbnail(turned, side=100))) as small:
        assert small.size == (50, 100)


def test_a_mark_lies_where_it_was_drawn_on_the_photograph_as_shown(turned):
    found = marked_picture(turned, marks=[("cat", 10, 150, 90, 190)], labels=["cat"], side=200)
    with Image.open(io.BytesIO(found)) as picture:
        assert picture.size == (100, 200)
        red, _, blue = picture.getpixel((50, 150))
        assert red < 120 < blue
        assert min(picture.getpixel((50, 60))) > 240


def test_a_file_that_is_no_picture_has_no_thumbnail(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    assert thumbnail(tmp_path / "a.jpg") is None
