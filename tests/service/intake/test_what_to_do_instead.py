"""A file that cannot be data says what to do with it instead, at every door."""

import pytest

from assay.core.errors import NotReadable
from assay.core.ports.file_format import Columns
from assay.core.project.intake import DataSource
from assay.service.intake.data_source import format_of
from assay.service.intake.what_to_do_instead import ENDINGS, what_to_do_instead


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("photos.7Z", "unpack it"),
        ("labels.tar.gz", "unpack it"),
        ("IMG_0001.HEIC", "save it as JPEG or PNG"),
        ("drawing.svg", "save it as JPEG or PNG"),
        ("sheet.xlsx", "save its sheet as CSV"),
        ("instances.json", "assay convert"),
    ],
)
def test_an_intake_whose_data_no_reader_takes_is_told_what_to_do(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"?")
    with pytest.raises(NotReadable, match="its name tells no format of items; ") as refused:
        format_of(DataSource(name, None, Columns()), folder=tmp_path)
    assert said in str(refused.value)


def test_a_name_that_tells_nothing_leaves_the_intake_to_name_the_format(tmp_path):
    (tmp_path / "data").write_bytes(b"?")
    with pytest.raises(NotReadable, match="can name one"):
        format_of(DataSource("data", None, Columns()), folder=tmp_path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_known_ending_has_advice_whatever_its_case(ending):
    assert what_to_do_instead(f"a.b{ending}") == what_to_do_instead(f"A.B{ending.upper()}") != ""
