"""Paths of media in files of all systems come to the same parts."""

import pytest

from assay.core.layouts.media_paths import is_left_behind, path_ends, path_parts


@pytest.mark.parametrize(
    ("media", "parts"),
    [
        ("a.png", ["a.png"]),
        ("./sub/b.png", ["sub", "b.png"]),
        ("sub\\c.png", ["sub", "c.png"]),
        ("C:\\data\\d.png", ["data", "d.png"]),
        ("/data/upload/e.png", ["data", "upload", "e.png"]),
        ("sub/../f.png", ["f.png"]),
        ("../g.png", ["..", "g.png"]),
        ("s3://bucket/h.png", ["s3", "bucket", "h.png"]),
    ],
)
def test_a_path_comes_to_its_parts(media, parts):
    assert path_parts(media) == parts


@pytest.mark.parametrize(
    ("media", "ends"),
    [
        ("a/b.png", ["a/b.png"]),
        ("./a/../b.png", ["b.png"]),
        ("/data/a/b.png", ["data/a/b.png", "a/b.png", "b.png"]),
        (r"C:\data\b.png", ["data/b.png", "b.png"]),
        (r"\\server\share\b.png", ["server/share/b.png", "share/b.png", "b.png"]),
        ("file:///data/my%20b.png", ["data/my b.png", "my b.png"]),
        (" a/b.png ", [" a/b.png ", "a/b.png"]),
        ("../b.png", []),
        ("/../b.png", ["b.png"]),
    ],
)
def test_a_path_of_another_machine_may_end_in_a_folder_of_ours(media, ends):
    assert path_ends(media) == ends


def test_what_systems_leave_behind_is_nobodys_data():
    assert all(map(is_left_behind, ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "._a.png")))
    assert not any(map(is_left_behind, ("a.png", ".hidden", "macosx")))
