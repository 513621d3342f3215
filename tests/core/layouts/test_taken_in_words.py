"""What was taken for what, as a sentence."""

import pytest

from assay.core.layouts.taken_in_words import taken_in_words
from assay.core.ports.file_format import Columns, Taken


@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        (
            Taken(Columns("编号", None, "评论", "标签"), ("编号", "评论", "标签")),
            "'评论' was taken for the text, '标签' for the label, '编号' for the id.",
        ),
        (Taken(Columns(media="w"), ("w",)), "'w' was taken for the media."),
        (
            Taken(Columns(label="y"), ("x", "y")),
            "'y' was taken for the label; no column was taken for the text or the media (x, y).",
        ),
        (Taken(Columns(), ("x",)), "No column was taken for the text or the media (x)."),
        (
            Taken(Columns(text="t"), ("t",), "UTF-16, parted by tabs"),
            "It is UTF-16, parted by tabs; 't' was taken for the text.",
        ),
        (Taken(Columns(media="source-ref")), ""),
        (Taken(), ""),
    ],
)
def test_every_role_is_said(taken, sentence):
    assert taken_in_words(taken) == sentence


def test_many_columns_are_not_all_listed():
    header = tuple(f"c{number}" for number in range(1_000))
    assert taken_in_words(Taken(Columns(), header)).endswith("c19 and 980 more).")
