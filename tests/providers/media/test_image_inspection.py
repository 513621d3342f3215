import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFilter
from tests.support.data import shared_data
from tests.support.photographs import as_stored

from assay.core.ids import sha256
from assay.core.labels.item_facts import ItemFacts
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


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_an_image_is_known_by_its_content_whatever_its_name(kind, tmp_path):
    content = written(picture(), kind)
    path = tmp_path / "misnamed.txt"
    path.write_bytes(content)
    found = inspect(path)
    assert (found.kind, found.facts) == (kind.lower(), ItemFacts(size=(120, 90), orientation=1, pages=1))
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
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "it is SVG: save it as PNG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "it is HEIC: save it as JPEG"),
        (b"<!DOCTYPE html><p>404", "it is a page of HTML"),
        (b"%PDF-1.7\n", "it is a PDF: save its pages as pictures"),
        (written(picture(), "JPEG")[:30], "it starts as a JPEG, but is damaged or cut off"),
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


def turned(orientation: int, kind: str = "JPEG", **more: object) -> bytes:
    """A picture that is 120 x 90 as people see it, stored as a camera does that lay on its side."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Quist Optics"
    return written(as_stored(picture(), orientation), kind, exif=exif.tobytes(), **more)


def difference(one: Image.Image, other: Image.Image) -> float:
    pixels = (np.asarray(each.convert("RGB"), dtype=np.float64) for each in (one, other))
    first, second = pixels
    return float(np.abs(first - second).mean())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_copy_that_people_see_stands_upright_and_says_nothing_of_its_camera(kind, orientation):
    content = turned(orientation, kind)
    found = inspect(content)
    assert found.facts == ItemFacts(size=(120, 90), orientation=orientation, pages=1)
    assert found.shown is not None
    assert b"Quist" in content
    assert b"Quist" not in found.shown
    with Image.open(io.BytesIO(found.shown)) as shown:
        assert shown.size == (120, 90)
        assert not dict(shown.getexif())
        assert difference(shown, picture()) < 8
    assert bits_apart(found, inspect(written(picture()))) <= 12


def test_a_picture_that_can_be_shown_as_it_is_has_no_copy():
    assert [inspect(written(picture(), kind)).shown for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP")] == [
        None
    ] * 5


def test_an_upright_photograph_keeps_its_pixels_to_the_bit():
    content = turned(1)
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(inspect(content).shown)) as after:
        assert np.array_equal(np.asarray(before), np.asarray(after))


@pytest.mark.parametrize(
    ("content", "kind", "mode"),
    [
        (written(picture(), "TIFF"), "PNG", "RGB"),
        (written(picture(mode="CMYK"), "JPEG"), "JPEG", "RGB"),
        (written(picture(mode="CMYK"), "TIFF"), "PNG", "RGB"),
        (written(picture(mode="L").convert("I;16"), "PNG"), "PNG", "L"),
        (written(picture(mode="RGBA"), "TIFF"), "PNG", "RGBA"),
        (written(picture(), "AVIF"), "JPEG", "RGB"),
    ],
    ids=["TIFF", "CMYK", "CMYK in TIFF", "16 bits", "transparent TIFF", "AVIF"],
)
def test_what_browsers_do_not_show_alike_is_written_anew(content, kind, mode):
    with Image.open(io.BytesIO(inspect(content).shown)) as shown:
        assert (shown.format, shown.mode, shown.size) == (kind, mode, (120, 90))
        assert difference(shown, picture(mode="L") if mode == "L" else picture()) < 12


def test_deep_greys_are_stretched_to_their_own_range():
    deep = np.linspace(1_000, 1_255, 120 * 90).reshape(90, 120).astype(np.uint16)
    with Image.open(io.BytesIO(inspect(written(Image.fromarray(deep))).shown)) as shown:
        assert np.abs(np.asarray(shown, dtype=np.int64) - (deep - 1_000)).max() <= 1


def test_grey_floats_with_gaps_are_shown():
    deep = np.linspace(-1, 1, 120 * 90).reshape(90, 120).astype(np.float32)
    deep[0, :3] = np.nan, np.inf, -np.inf
    with Image.open(io.BytesIO(inspect(written(Image.fromarray(deep), "TIFF")).shown)) as shown:
        assert (shown.mode, shown.getextrema()) == ("L", (0, 255))


def test_a_colour_profile_goes_with_the_copy():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with Image.open(io.BytesIO(inspect(turned(6, icc_profile=profile)).shown)) as shown:
        assert shown.info["icc_profile"] == profile


def test_pages_that_nobody_would_see_set_a_picture_aside():
    content = written(picture(), "TIFF", save_all=True, append_images=[picture(1), picture(2)])
    with pytest.raises(UnreadableMedia, match="it has 3 pages; save each page as a picture of its own"):
        inspect(content)


def test_a_smaller_copy_beside_a_tiff_is_no_page():
    small = picture(size=(60, 45))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    out = io.BytesIO()
    picture().save(out, "TIFF", save_all=True, append_images=[small])
    assert inspect(out.getvalue()).facts.pages == 1


def test_an_animation_is_shown_as_it_is_and_its_frames_are_counted():
    content = written(picture(), "GIF", save_all=True, append_images=[picture(1), picture(2)])
    found = inspect(content)
    assert (found.facts.pages, found.shown) == (3, None)


def test_an_animation_that_would_have_to_be_turned_is_set_aside():
    exif = Image.Exif()
    exif[0x0112] = 6
    moving = written(picture(), "WEBP", save_all=True, append_images=[picture(1)], exif=exif.tobytes())
    with pytest.raises(UnreadableMedia, match="it moves"):
        inspect(moving)


def test_a_second_picture_in_a_telephones_jpeg_is_no_page_and_goes():
    out = io.BytesIO()
    picture().save(out, "MPO", save_all=True, append_images=[picture(1)])
    found = inspect(out.getvalue())
    assert (found.kind, found.facts.pages) == ("jpeg", 1)
    with Image.open(io.BytesIO(found.shown)) as shown:
        assert (shown.format, getattr(shown, "n_frames", 1)) == ("JPEG", 1)
        assert len(found.shown) < len(out.getvalue()) * 0.7
