"""What a text file is written in, by its first bytes that are not plain."""

import gzip

import pytest

from assay.core.layouts.text_encodings import open_text


def opened(tmp_path, data, name="a.txt"):
    path = tmp_path / name
    path.write_bytes(data)
    with open_text(path) as found:
        return b"".join(iter(lambda: found.stream.read(7), b"")), found.written_in


@pytest.mark.parametrize(
    ("text", "encoding", "written_in"),
    [
        ("plain", "ascii", ""),
        ("naïve", "utf-8", ""),
        ("😀 naïve", "utf-16", "UTF-16"),
        ("Größe des Cafés", "cp1252", "Windows-1252"),
        ("x" * 600_000 + " é says", "cp1252", "Windows-1252"),
        ("", "ascii", ""),
    ],
)
def test_it_comes_as_utf8(tmp_path, text, encoding, written_in):
    assert opened(tmp_path, text.encode(encoding)) == (text.encode(), written_in)
    assert opened(tmp_path, gzip.compress(text.encode(encoding)), "a.gz") == (text.encode(), written_in)


@pytest.mark.parametrize(
    "data",
    [
        "评论,标签,你好".encode("gbk"),
        "отзыв и метка".encode("cp1251"),
        "レビュー".encode("shift-jis"),
        b"gr\xc3\xbcn and \xfc",
        b"\xff\xff",
    ],
)
def test_what_may_be_something_else_is_left_as_it_is(tmp_path, data):
    assert opened(tmp_path, data) == (data, "")


def test_a_sign_of_several_bytes_at_the_end_of_a_block_is_no_other_encoding(tmp_path):
    for before in ((1 << 18) - 1, (1 << 19) - 2):
        data = b"x" * before + "é 评".encode() + b" end" * 100_000
        path = tmp_path / "a.txt"
        path.write_bytes(data)
        with open_text(path) as found:
            assert found.written_in == ""
