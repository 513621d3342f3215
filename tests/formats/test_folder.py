import os
from collections import Counter
from pathlib import Path

import pytest

from assay.core.errors import NotReadable
from assay.core.ports.file_format import BadRow, Columns, RawItem
from assay.formats.folder import MEMBER
from assay.formats.folder.layout import FolderHoldsNoLabels


def rows_of(path, skip=0):
    return list(MEMBER.read_items(path, columns=Columns(), skip=skip))


def test_files_come_sorted_and_recursively_with_their_path_as_media(tmp_path):
    for name in ("b.jpg", "a/z.jpg", "a/b/c.jpg", "A.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = rows_of(tmp_path)
    assert found == [
        RawItem(line, None, name, None)
        for line, name in enumerate(("A.jpg", "a/b/c.jpg", "a/z.jpg", "b.jpg"), 1)
    ]
    assert rows_of(tmp_path, skip=3) == found[3:]


def test_hidden_files_odd_names_pipes_and_links_out_are_set_aside_with_a_reason(tmp_path):
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").touch()
    (home / "1-plain").touch()
    (home / ".hidden").touch()
    os.mkfifo(home / "2-pipe")
    (home / "3-out").symlink_to(tmp_path / "secret.txt")
    (home / "4-inside").symlink_to("1-plain")
    (home / "5-loop").symlink_to(home)
    (home / "6-gone").symlink_to(home / "nothing")
    (home / "7\nnewline").touch()
    (home / os.fsdecode(b"8-\xff")).touch()
    found = rows_of(home)
    assert [row.media for row in found if isinstance(row, RawItem)] == ["1-plain", "4-inside"]
    reasons = {row.key: row.reason for row in found if isinstance(row, BadRow)}
    assert reasons[".hidden"] == "'.hidden' is hidden and was left out"
    assert reasons["2-pipe"] == "'2-pipe' is neither a file nor a folder"
    assert reasons["3-out"] == "'3-out' is a link that leaves the folder"
    assert (
        reasons["5-loop"]
        == reasons["6-gone"].replace("6-gone", "5-loop")
        == "'5-loop' is a link that leads to no file"
    )
    assert all(key.isprintable() for key in reasons)
    assert [row.line for row in found] == list(range(1, len(found) + 1))


def test_what_is_no_folder_cannot_be_read_and_a_folder_holds_no_labels(tmp_path, naming):
    with pytest.raises(NotReadable, match="not a folder"):
        rows_of(tmp_path / "none")
    with pytest.raises(FolderHoldsNoLabels, match="holds no labels, so none can be written to out"):
        MEMBER.write([], Path("out"), naming=naming, left_out=Counter())
