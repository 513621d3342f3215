"""Metadata go, pixels and what changes their look stay, to the bit."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from assay.providers.media.image.leave_out_metadata import UnknownStructure, leave_out_metadata

SECRET = b"Camera of Rosa Quist, 52.1234 N"


def pixels(seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (48, 64, 3), dtype=np.uint8))


def exif() -> Image.Exif:
    found = Image.Exif()
    found[0x010E] = SECRET.decode()
    return found


def png_text() -> PngImagePlugin.PngInfo:
    found = PngImagePlugin.PngInfo()
    found.add_text("Comment", SECRET.decode())
    found.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>", zip=False)
    return found


def written(kind: str, image: Image.Image | None = None, **more: object) -> bytes:
    out = io.BytesIO()
    (image or pixels()).save(out, format=kind, **more)
    return out.getvalue()


WITH_METADATA = {
    "jpeg": written("JPEG", exif=exif(), comment=SECRET, xmp=b"<x>" + SECRET + b"</x>"),
    "jpeg, progressive": written("JPEG", exif=exif(), progressive=True, quality=90),
    "jpeg, restarts": written("JPEG", exif=exif(), restart_marker_blocks=1),
    "png": written("PNG", exif=exif(), pnginfo=png_text()),
    "webp": written("WEBP", exif=exif().tobytes(), xmp=SECRET),
    "webp, lossless": written("WEBP", exif=exif().tobytes(), lossless=True),
    "gif": written("GIF", comment=SECRET),
}


@pytest.mark.parametrize("case", WITH_METADATA)
def test_metadata_go_and_pixels_stay_to_the_bit(case):
    content, kind = WITH_METADATA[case], case.partition(",")[0]
    assert SECRET in content
    kept = leave_out_metadata(content, kind=kind)
    assert SECRET not in kept
    assert len(kept) < len(content)
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(kept)) as after:
        assert after.size == before.size
        assert not dict(after.getexif())
        assert np.array_equal(np.asarray(before.convert("RGB")), np.asarray(after.convert("RGB")))
    assert leave_out_metadata(kept, kind=kind) == kept


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "bmp"])
def test_a_file_without_metadata_stays_as_it_is(kind):
    content = written(kind.upper())
    assert leave_out_metadata(content, kind=kind) == content


def test_the_small_picture_in_a_jfif_head_goes_too():
    plain = written("JPEG")
    thumbnail = bytes(range(12))
    segment = plain[6:18] + bytes((2, 2)) + thumbnail
    with_one = plain[:2] + b"\xff\xe0" + struct.pack(">H", len(segment) + 2) + segment + plain[20:]
    assert leave_out_metadata(with_one, kind="jpeg") == plain


def test_a_second_picture_or_film_behind_the_end_goes():
    plain = written("JPEG")
    assert leave_out_metadata(plain + written("JPEG", pixels(1)) + SECRET, kind="jpeg") == plain
    assert leave_out_metadata(written("PNG") + SECRET, kind="png") == written("PNG")


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_colour_profile_stays(kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = leave_out_metadata(written(kind.upper(), icc_profile=profile, exif=exif().tobytes()), kind=kind)
    with Image.open(io.BytesIO(kept)) as found:
        assert found.info["icc_profile"] == profile
        assert not dict(found.getexif())


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_an_animation_goes_on_moving(kind):
    more = {"comment": SECRET} if kind == "gif" else {"exif": exif().tobytes()}
    content = written(
        kind.upper(), save_all=True, append_images=[pixels(1), pixels(2)], duration=80, loop=3, **more
    )
    with Image.open(io.BytesIO(leave_out_metadata(content, kind=kind))) as found:
        assert (found.n_frames, found.info["loop"]) == (3, 3)
        found.seek(2)
        found.load()
        assert found.info["duration"] == 80
    assert SECRET not in leave_out_metadata(content, kind=kind)


def test_transparency_and_palette_stay():
    image = pixels().convert("P")
    content = written("PNG", image, transparency=3, pnginfo=png_text())
    with Image.open(io.BytesIO(leave_out_metadata(content, kind="png"))) as found:
        assert (found.mode, found.info["transparency"]) == ("P", 3)


def test_a_chunk_that_nobody_knows_goes():
    plain = written("PNG")
    own = struct.pack(">I", 3) + b"ruIq" + b"abc" + struct.pack(">I", zlib.crc32(b"ruIqabc"))
    assert leave_out_metadata(plain[:33] + own + plain[33:], kind="png") == plain


@given(st.sampled_from(sorted(WITH_METADATA)), st.data())
def test_a_damaged_file_is_told_or_shortened_and_nothing_else(case, data):
    content, kind = bytearray(WITH_METADATA[case]), case.partition(",")[0]
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(12, len(content)))
    try:
        kept = leave_out_metadata(bytes(content[:end]), kind=kind)
    except UnknownStructure:
        return
    assert len(kept) <= end + 2  # a mark at the end that was missing
