"""ZIP files are taken within limits, wherever their entries would lead, and what in them is meant is found."""

import stat
import struct
import zipfile

import pytest
from tests.support.zips import zip_of

from assay.core.errors import NotReadable
from assay.core.ports.file_format import Columns
from assay.core.project.intake import DataSource
from assay.formats import FORMATS
from assay.service.intake.data_source import open_source, place_of_source
from assay.service.intake.zip_archives import (
    BadArchive,
    OpenZip,
    ZipLimits,
    source_within,
    unpack,
    unpacked_beside,
    without_common_folder,
)

LABELLED = [member for member in FORMATS.all().values() if member.values]


def unpacked(tmp_path, path, **limits):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    unpack(path, folder, **({"limits": ZipLimits(**limits)} if limits else {}))
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def test_what_systems_leave_in_folders_is_left_out(tmp_path):
    junk = [
        "__MACOSX/a.png",
        "__MACOSX/._b",
        ".DS_Store",
        "x/.DS_Store",
        "x/Thumbs.db",
        "desktop.ini",
        "x/._a.png",
    ]
    path = zip_of(tmp_path / "a.zip", {"x/a.png": "1", "x\\b.png": "2", "x/": "", **dict.fromkeys(junk, "?")})
    assert unpacked(tmp_path, path) == ["x/a.png", "x/b.png"]


@pytest.mark.parametrize("name", ["../a.png", "x/../../a", "/etc/a", "C:/a", "..\\a", "a\nb", "\\\\host\\a"])
def test_a_name_that_leads_out_refuses_the_whole(tmp_path, name):
    path = zip_of(tmp_path / "a.zip", {"good.png": "1", name: "2"})
    with pytest.raises(BadArchive, match="leads out of it, or is no name of a file"):
        unpacked(tmp_path, path)
    assert list((tmp_path / "unpacked").iterdir()) == []


def test_links_passwords_and_names_that_stand_twice_are_refused_by_name(tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as out:
        out.writestr(link, "/etc/passwd")
    locked = zip_of(tmp_path / "locked.zip", {"a.png": "1"})
    data = bytearray(locked.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(mark) + at
        data[place : place + 2] = struct.pack("<H", 1)
    locked.write_bytes(data)
    twice = zip_of(tmp_path / "twice.zip", {"x/a.png": "1", "x\\a.png": "2"})
    long = zip_of(tmp_path / "long.zip", {"x" * 256: "1"})
    for path, said in (
        (tmp_path / "link.zip", "'link.png' is a link or a device"),
        (locked, "'a.png' is locked with a password; pack it without one"),
        (twice, "'x/a.png' stands in it twice"),
        (long, "is longer than 255 bytes"),
    ):
        with pytest.raises(BadArchive, match=said), OpenZip(path) as archive:
            archive.entries()


def test_there_are_limits_to_entries_to_bytes_and_to_how_well_they_are_packed(tmp_path):
    path = zip_of(tmp_path / "a.zip", {f"{n}.txt": b"\0" * 10_000 for n in range(9)})
    for limits, said in (
        ({"entries": 8}, "9 entries; 8 are taken at most"),
        ({"total": 89_999}, "90,000 bytes or more; 89,999 are taken"),
        ({"small": 50_000, "ratio": 20}, "times its size"),
    ):
        with pytest.raises(BadArchive, match=said), OpenZip(path, limits=ZipLimits(**limits)) as archive:
            archive.entries()
    assert len(unpacked(tmp_path, path, entries=9, total=90_000)) == 9


def test_bytes_are_counted_as_they_come_whatever_the_zip_says(tmp_path):
    path = zip_of(tmp_path / "a.zip", {"a.txt": b"\0" * 100_000})
    with OpenZip(path, limits=ZipLimits(total=50_000)) as archive:
        entry = archive._zip.infolist()[0]
        entry.file_size = 10  # what the list says is a lie; the packed bytes are not
        (listed,) = archive.entries()
        with pytest.raises(BadArchive):
            list(archive.read(listed))


@pytest.mark.parametrize("cut", [10, 60, 90])
def test_a_damaged_one_is_a_sentence(tmp_path, cut):
    path = zip_of(tmp_path / "a.zip", {"a.txt": b"some words " * 30})
    data = path.read_bytes()
    path.write_bytes(data[:cut])
    with pytest.raises(BadArchive, match="damaged, or no ZIP"):
        unpacked(tmp_path, path)
    path.write_bytes(data[:45] + b"\xff\xff" + data[47:])
    with pytest.raises(BadArchive, match=r"'a\.txt' in it is damaged"), OpenZip(path) as archive:
        list(archive.read(archive.entries()[0]))


def test_it_is_unpacked_once_for_each_state_and_for_its_owner_alone(tmp_path):
    path = zip_of(tmp_path / "a.zip", {"a.txt": "1"})
    first = unpacked_beside(path)
    assert (first.parent, first.name[:7], stat.S_IMODE(first.stat().st_mode)) == (tmp_path, ".a.zip.", 0o700)
    (first / "a.txt").write_text("kept")
    assert unpacked_beside(path) == first
    assert (first / "a.txt").read_text() == "kept"
    zip_of(path, {"b.txt": "longer"})
    assert [one.name for one in unpacked_beside(path).iterdir()] == ["b.txt"]
    bad = zip_of(tmp_path / "bad.zip", {"../x": "1"})
    with pytest.raises(BadArchive):
        unpacked_beside(bad)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".bad")] == []


def test_names_in_utf8_without_the_flag_are_read_as_macos_means_them(tmp_path):
    path = tmp_path / "mac.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("gru\u0308n.png", "1")
    data = path.read_bytes().replace(struct.pack("<H", 0x800), struct.pack("<H", 0))
    path.write_bytes(data)
    with OpenZip(path) as archive:
        assert archive.entries()[0].name == "gru\u0308n.png"


def test_folders_that_all_lie_in_are_no_part_of_the_names(tmp_path):
    path = zip_of(tmp_path / "a.zip", {"shop/2026/a.png": "1", "shop/2026/b/c.png": "2"})
    with OpenZip(path) as archive:
        assert list(without_common_folder(archive.entries())) == ["a.png", "b/c.png"]
    path = zip_of(tmp_path / "b.zip", {"x/a.png": "1", "c.png": "2"})
    with OpenZip(path) as archive:
        assert list(without_common_folder(archive.entries())) == ["x/a.png", "c.png"]


@pytest.mark.parametrize(
    ("files", "meant"),
    [
        ({"export/labels.csv": "", "export/images/a.png": ""}, "export/labels.csv"),
        ({"labels.csv": "", "more/notes.csv": ""}, "labels.csv"),
        ({"d/data.yaml": "", "d/labels/a.txt": "", "d/images/a.png": ""}, "d"),
        ({"v/Annotations/a.xml": "", "v/JPEGImages/a.jpg": ""}, "v"),
        (
            {"annotations/instances_default.json": '{"images": []}', "images/a.png": ""},
            "annotations/instances_default.json",
        ),
    ],
)
def test_what_is_meant_is_found_as_tools_pack_it(tmp_path, files, meant):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert source_within(tmp_path, LABELLED, shown="a.zip") == tmp_path / meant


def test_several_files_that_could_be_meant_are_named_and_none_is_said(tmp_path):
    for name in ("train.json", "val.json"):
        (tmp_path / name).write_text('{"images": []}')
    with pytest.raises(NotReadable, match=r"several files in it could be meant \(train\.json, val\.json\)"):
        source_within(tmp_path, LABELLED, shown="a.zip")
    (tmp_path / "none").mkdir()
    with pytest.raises(NotReadable, match=r"a\.zip cannot be read: no file in it is in a format"):
        source_within(tmp_path / "none", LABELLED, shown="a.zip")


def test_the_items_of_an_intake_may_be_a_zip_of_pictures_or_of_a_table(tmp_path):
    zip_of(
        tmp_path / "photos.zip", {"photos/b.png": "1", "photos/a.png": "2", "__MACOSX/photos/._a.png": "?"}
    )
    source = DataSource("photos.zip", None, Columns())
    assert [row.media for row in open_source(source, folder=tmp_path, skip=0)] == ["a.png", "b.png"]
    assert place_of_source(source, folder=tmp_path).name == "photos"
    zip_of(tmp_path / "table.zip", {"x/items.csv": "id,text\n1,hello\n", "x/readme.md": "?"})
    rows = list(open_source(DataSource("table.zip", None, Columns()), folder=tmp_path, skip=0))
    assert [(row.key, row.text) for row in rows] == [("1", "hello")]
    (tmp_path / "no.zip").write_text("no")
    with pytest.raises(BadArchive, match="damaged, or no ZIP"):
        list(open_source(DataSource("no.zip", None, Columns()), folder=tmp_path, skip=0))
