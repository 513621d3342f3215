import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from tests.support.data import shared_data

from assay.core.ids import sha256
from assay.providers.media.image import inspect
from assay.providers.media.image.inspect import MOST_BYTES
from assay.providers.media.inspection import Inspection, UnreadableMedia


def picture(seed: int = 0, *, size: tuple[int, int] = (120, 90), mode: str = "RGB") -> Image.Image:
    cells = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC).convert(mode)


def written(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def bits_apart(a: Inspection, b: Inspection) -> int:
    assert a.near is not None
    assert b.near is not None
    return (int.from_bytes(a.near, "big") ^ int.from_bytes(b.near, "big")).bit_count()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_an_image_is_known_by_its_content_whatever_its_name(kind, tmp_path):
    content = written(picture(), kind)
    path = tmp_path / "misnamed.txt"
    path.write_bytes(content)
    found = inspect(path)
    assert (found.kind, found.width, found.height) == (kind.lower(), 120, 90)
    assert found.fingerprint == sha256(content)
    assert found == inspect(content)


@pytest.mark.parametrize(
    ("mode", "depth"), [("L", 1), ("1", 1), ("LA", 2), ("RGB", 3), ("P", 3), ("RGBA", 4), ("I;16", 1)]
)
def test_depth_counts_the_colour_channels(mode, depth):
    image = picture().convert("L").convert("I;16") if mode == "I;16" else picture(mode=mode)
    found = inspect(written(image))
    assert found.depth == depth
    assert found.near is not None
    assert len(found.near) == 32


def test_scaled_recompressed_brighter_and_blurred_copies_are_near():
    original = inspect(written(picture()))
    copies = [
        written(picture(), "JPEG", quality=60),
        written(picture().resize((60, 45))),
        written(picture().resize((480, 360)), "WEBP"),
        written(picture().point(lambda level: int(level * 0.8) + 20)),
        written(picture().filter(ImageFilter.GaussianBlur(1))),
    ]
    assert [bits_apart(original, inspect(copy)) <= 16 for copy in copies] == [True] * 5


def test_different_pictures_are_far_apart():
    found = [inspect(written(picture(seed))) for seed in range(12)]
    assert min(bits_apart(a, b) for a in found for b in found if a is not b) > 60


@pytest.mark.parametrize("colour", ["white", "black", "#777"])
def test_a_picture_without_contrast_is_like_no_other(colour):
    assert inspect(written(Image.new("RGB", (40, 40), colour))).near is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"a text that was renamed to photo.png", "none of the known image formats"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "none of the known image formats"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "none of the known image formats"),
        (png_that_claims(20_000, 20_000), "pixels"),
        (png_that_claims(10_001, 10_000), "pixels"),
        (png_that_claims(300, 300), "damaged or cut short"),
        (written(picture())[:-200], "damaged or cut short"),
        (written(picture(), "JPEG")[:-400], "damaged or cut short"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(content, reason):
    with pytest.raises(UnreadableMedia, match=reason) as caught:
        inspect(content)
    assert str(caught.value).startswith("The image cannot be used: it")
    assert str(caught.value).endswith(".")


def test_a_file_that_is_not_there_a_folder_and_a_huge_file_are_refused(tmp_path):
    with pytest.raises(UnreadableMedia, match="cannot be read"):
        inspect(tmp_path / "missing.png")
    with pytest.raises(UnreadableMedia, match="cannot be read"):
        inspect(tmp_path)
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(2 * MOST_BYTES)
    with pytest.raises(UnreadableMedia, match="at most 40,000,000 are taken"):
        inspect(tmp_path / "huge.png")


def test_a_named_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(UnreadableMedia, match="no such file"):
        inspect(tmp_path / "pipe.png")


def test_a_large_picture_hashes_like_its_small_copy():
    large, small = picture(size=(3_000, 2_250)), picture(size=(300, 225))
    for mode in ("RGB", "L", "RGBA"):
        assert bits_apart(inspect(written(large.convert(mode))), inspect(written(small))) <= 8


def test_a_reason_names_no_path_of_the_server(tmp_path):
    with pytest.raises(UnreadableMedia) as caught:
        inspect(tmp_path / "missing.png")
    assert str(tmp_path) not in str(caught.value)


def outcome(content: bytes) -> str:
    """The fingerprint, or the sentence; any other exception fails the test."""
    try:
        return inspect(content).fingerprint
    except UnreadableMedia as refused:
        return str(refused)


SEEDS = [written(picture(size=(24, 18)), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")]


@settings(max_examples=300, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 4_000),
)
def test_any_mutant_is_inspected_or_refused_with_a_sentence(seed, changes, cut):
    mutant = bytearray(seed[: max(1, len(seed) - cut)] if cut % 3 == 0 else seed)
    for position, value in changes:
        mutant[position % len(mutant)] = value
    said = outcome(bytes(mutant))
    assert said == sha256(bytes(mutant)) or said.endswith(".")


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_noise_is_no_image(content):
    with pytest.raises(UnreadableMedia):
        inspect(content)


@pytest.mark.shared_data
def test_the_shop_photographs_are_all_readable_and_distinct():
    photographs = sorted(Path(shared_data("images", "retail_grocery", "images")).glob("*.jpg"))
    found = [inspect(path) for path in photographs]
    assert len(found) == 180
    assert {one.kind for one in found} == {"jpeg"}
    assert all(one.near is not None and one.depth == 3 for one in found)
    assert len({one.fingerprint for one in found}) == 180
