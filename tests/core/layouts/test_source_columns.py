import pytest

from assay.core.errors import BadValue
from assay.core.layouts.source_columns import guess_columns, settle_columns
from assay.core.ports.file_format import Columns


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["ID", "Image", "note"], Columns(id="ID", media="Image")),
        (["item", "text"], Columns(id="item", text="text")),
        (["filename", "label"], Columns(media="filename")),
        (["filename", "url"], Columns(id="filename", media="url")),
        (["source-ref", "x"], Columns(media="source-ref")),
        (["source"], Columns(text="source")),
        (["a", "b"], Columns()),
    ],
)
def test_columns_are_guessed_by_their_names_whatever_their_case(header, expected):
    assert guess_columns(header) == expected


def test_what_is_named_is_used_and_is_not_guessed_into_another_role():
    header = ["id", "file", "text"]
    assert settle_columns(Columns(), header, where="x") == Columns("id", "file", "text")
    assert settle_columns(Columns(text="file"), header, where="x") == Columns(id="id", text="file")
    assert settle_columns(Columns(id="text"), header, where="x") == Columns(id="text", media="file")


def test_a_named_column_that_does_not_exist_is_said():
    with pytest.raises(
        BadValue, match=r"items\.csv: 'media' is 'picture', but must be one of the columns id, file"
    ):
        settle_columns(Columns(media="picture"), ["id", "file"], where="items.csv")
