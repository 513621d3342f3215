"""Ingest: every received row is an item or is set aside with a reason, and a killed import goes on (REL-6)."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.support.faults import Crash, crashing
from tests.support.invariants import check_record
from tests.support.loops import one
from tests.support.photographs import photograph
from tests.support.places import forget
from tests.support.projects import LABELS, NOW, draw_picture, submit, truth_of, write_pictures, write_project

from assay.core.errors import InputError
from assay.core.labels.item_facts import ItemFacts
from assay.core.ports.blobs import BlobNotWritten
from assay.core.project import lifecycle
from assay.providers.media.image import RECIPE
from assay.service.intake.answer_files import read_truth
from assay.service.pipeline.stages import ingest
from assay.service.stored_blobs import media_blobs
from assay.service.working_set.media_files import ShownCopy, keep_shown_copy, shown_content
from assay.store import db
from assay.store.items import items

RECEIVED = {lifecycle.DATA_RECEIVED, lifecycle.IN_PROGRESS}


def received(project):
    """Run until the data are in; return (accepted keys, set-aside rows)."""
    project.run_until(lambda p: p.batch.status in RECEIVED | {lifecycle.DATA_TRANSFER_FAILED})
    batch = project.batch
    keys = [item.key for item in items.all_items(batch)]
    aside = items.list_set_aside(batch.id)
    assert (batch.accepted, batch.rejected) == (len(keys), len(aside))
    assert batch.accepted + batch.rejected == batch.received
    return keys, aside


def pictures(tmp_path, rows, **changes):
    """A project of pictures whose items.csv holds these rows besides three good ones."""
    folder = tmp_path / "project"
    intake = write_pictures(folder, items=3, **changes)
    with (folder / "items.csv").open("a", encoding="utf-8", newline="") as out:
        out.write("".join(f"{row}\n" for row in rows))
    return intake


GOOD = ["item-000", "item-001", "item-002"]


def test_good_rows_become_items_in_their_order(installation, tmp_path):
    project = submit(installation, pictures(tmp_path, []))
    keys, aside = received(project)
    assert (keys, aside) == (GOOD, [])
    check_record(project)


def test_a_path_of_another_machine_is_the_longest_end_of_it_that_is_there(installation, tmp_path):
    rows = ("x,C:\\me\\photos\\other.jpg", "y,/gone/photos/item-000.jpg", "z, photos/none.jpg ")
    intake = pictures(tmp_path, rows)
    draw_picture(intake.parent / "photos" / "other.jpg", label="cat", key="other")
    project = submit(installation, intake)
    keys, aside = received(project)
    assert (keys, [key for _, key, _ in aside]) == ([*GOOD, "x"], ["y", "z"])
    assert "same as that of an earlier row" in aside[0][2]


BROKEN = {
    "a missing file": ("x,photos/none.jpg", "No such file|no such file|not found"),
    "an empty file": ("x,photos/empty.jpg", "empty"),
    "a file that is no picture": ("x,photos/text.jpg", "picture|image"),
    "half a picture": ("x,photos/half.jpg", "picture|image|damaged|truncated|decoded"),
    "a folder": ("x,photos", "."),
    "an id used before": ("item-001,photos/other.jpg", "the id 'item-001' was used before"),
    "the same content under another name": ("x,photos/copy.jpg", "same as that of an earlier row"),
    "a path that climbs out": ("x,../secret.png", "leads out of the data folder"),
    "a path that climbs out later": ("x,photos/../../secret.png", "leads out of the data folder"),
    "an absolute path": ("x,/etc/passwd", "leads out of the data folder"),
    "a link that leads out": ("x,photos/link.png", "leads out of the data folder"),
    "a windows path that climbs out": ("x,..\\secret.png", "leads out of the data folder"),
    "another place": ("x,s3://bucket/a.png", "not read yet"),
    "a web address": ("x,http://127.0.0.1/a.png", "not read yet"),
    "a name with a NUL": ("x,photos/a\x00.png", "."),
    "an id that is too long": (f"{'k' * 600},photos/other.jpg", "its id has 600 characters"),
    "too many cells": ("x,photos/other.jpg,more", "."),
    "too few cells": ("x", "."),
    "no media": ("x,", "."),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_row_that_is_no_item_is_set_aside_with_a_reason_and_the_rest_goes_on(installation, tmp_path, case):
    row, reason = BROKEN[case]
    intake = pictures(tmp_path, [row, "last,photos/last.jpg"])
    photos = intake.parent / "photos"
    draw_picture(photos / "other.jpg", label="cat", key="other")
    draw_picture(photos / "last.jpg", label="dog", key="last")
    draw_picture(tmp_path / "secret.png", label="dog", key="secret")
    whole = (photos / "item-000.jpg").read_bytes()
    (photos / "copy.jpg").write_bytes(whole)
    (photos / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (photos / "empty.jpg").write_bytes(b"")
    (photos / "text.jpg").write_text("no picture")
    (photos / "link.png").symlink_to(tmp_path / "secret.png")
    keys, aside = received(submit(installation, intake))
    assert keys == [*GOOD, "last"]
    ((line, _, said),) = aside
    assert line == 5
    assert re.search(reason, said), said
    assert "Traceback" not in said
    assert "0x" not in said


def test_two_rows_with_one_id_keep_the_first(installation, tmp_path):
    intake = write_project(tmp_path / "project", items=3)
    (intake.parent / "items.csv").write_text("id,file\na,1.jpg\na,2.jpg\nb,1.jpg\n")
    keys, aside = received(submit(installation, intake))
    assert keys == ["a"]
    assert [(line, key) for line, key, _ in aside] == [(3, "a"), (4, "b")]


def test_other_columns_are_kept_with_the_item(installation, tmp_path):
    intake = write_project(tmp_path / "project", items=1)
    (intake.parent / "items.csv").write_text('id,file,shop\na,1.jpg,"=HYPERLINK(1)"\n')
    project = submit(installation, intake)
    received(project)
    assert json.loads(items.body(project.batch.first_item).extra) == {"shop": "=HYPERLINK(1)"}


SOURCES = {
    "is not there": None,
    "is empty": b"",
    "has no rows": b"id,file\n",
    "is not UTF-8": b"id,file\n\xff\xfe\xfa,\xff\n",
    "is in GBK": "编号,文件\na,b\n".encode("gbk"),
    "is no CSV": b"\x00\x01\x02" * 200,
    "is damaged gzip": b"\x1f\x8b\x08broken",
    "lacks the column": b"name,file\na,b.jpg\n",
    "names a column twice": b"id,id,file\na,b,c\n",
}


@pytest.mark.parametrize("case", SOURCES)
def test_a_source_that_cannot_be_read_fails_with_a_sentence_and_changes_nothing_else(
    installation, tmp_path, case
):
    intake = write_project(tmp_path / "project", items=3)
    path = intake.parent / "items.csv"
    path.unlink()
    if SOURCES[case] is not None:
        path.write_bytes(SOURCES[case])
    project = submit(installation, intake)
    said = ""
    try:
        project.run()
    except InputError as problem:
        said = str(problem)
    batch = project.batch
    assert batch.status == lifecycle.DATA_TRANSFER_FAILED
    assert batch.reason
    assert said in ("", batch.reason)
    assert "Traceback" not in batch.reason
    assert batch.accepted == 0
    assert project.run() == 0  # and nothing more is tried
    check_record(project)


def test_a_killed_import_goes_on_where_its_last_chunk_ended(installation, tmp_path, monkeypatch):
    monkeypatch.setattr(ingest, "CHUNK", 7)
    intake = write_project(tmp_path / "project", items=40)
    with (intake.parent / "items.csv").open("a") as out:
        out.write("item-003,again.jpg\nbroken\nnew,photos/item-004.jpg\n")
    project = submit(installation, intake)
    whole = received(project)
    read = count_reads(monkeypatch)
    again = submit_again(project)
    places = []
    for crash in (5, 6, 8):
        with pytest.raises(Crash), crashing(at=crash):
            again.run(clock=lambda: NOW)
        forget()
        db.execute("UPDATE lease SET until = 0")
        places.append(again.batch.received)
    assert places == sorted(places)
    assert 0 < places[-1] < 43
    assert received(again) == whole
    assert one("SELECT COUNT(*) FROM item WHERE batch_id = %s", again.batch_id) == len(whole[0])
    assert read[-1] > 0


def count_reads(monkeypatch):
    """Note how many rows each read of the source leaves out."""
    skips: list[int] = []
    real = ingest.open_source

    def noted(data, *, folder, skip):
        skips.append(skip)
        return real(data, folder=folder, skip=skip)

    monkeypatch.setattr(ingest, "open_source", noted)
    return skips


def submit_again(project):
    """The same project anew, under another name, from the same folder."""
    intake = project.folder / "intake.yaml"
    intake.write_text(intake.read_text().replace("name: pets", "name: pets-again"))
    return submit(project.installation, intake)


def test_every_row_is_accounted_for_whatever_the_file_holds(installation, tmp_path):
    numbers = iter(range(10_000))
    cell = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=8)
    lines = st.lists(st.lists(cell, min_size=0, max_size=4).map(",".join), max_size=12)

    @settings(max_examples=25, deadline=None, database=None)
    @given(lines)
    def check(found):
        number = next(numbers)
        intake = write_project(tmp_path / str(number), items=2, name=f"pets-{number}")
        (intake.parent / "items.csv").write_text("id,file\n" + "\n".join(found) + "\n", encoding="utf-8")
        project = submit(installation, intake)
        said = None
        try:
            received(project)
        except InputError as problem:
            said = str(problem)
        assert said in (None, project.batch.reason)
        batch = project.batch
        assert batch.accepted + batch.rejected == batch.received

    check()
    assert one("SELECT COUNT(*) FROM batch") >= 25


FORMATS = {
    "csv": ("items.csv", lambda rows: "id,file\n" + "".join(f"{k},{m}\n" for k, m in rows)),
    "jsonl": ("items.jsonl", lambda rows: "".join(json.dumps({"id": k, "file": m}) + "\n" for k, m in rows)),
    "manifest": (
        "items.manifest",
        lambda rows: "".join(json.dumps({"source-ref": m}) + "\n" for _, m in rows),
    ),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_brings_the_same_items(installation, tmp_path, kind):
    name, written = FORMATS[kind]
    columns = "" if kind == "manifest" else ", id: id, media: file"
    intake = write_project(tmp_path / "project", items=5, data=f"{{path: {name}, format: {kind}{columns}}}")
    rows = [(key, f"photos/{key}.jpg") for key in truth_of(5)]
    (intake.parent / name).write_text(written(rows))
    keys, aside = received(submit(installation, intake))
    assert aside == []
    assert keys == ([media for _, media in rows] if kind == "manifest" else [key for key, _ in rows])


def test_a_folder_of_pictures_is_a_source(installation, tmp_path):
    folder = tmp_path / "project"
    intake = write_pictures(folder, items=4, data="{path: photos, format: folder}")
    (folder / "photos" / "notes.txt").write_text("no picture")
    keys, aside = received(submit(installation, intake))
    assert keys == [f"item-{number:03}.jpg" for number in range(4)]
    assert [key for _, key, _ in aside] == ["notes.txt"]


@pytest.mark.parametrize("label", LABELS)
def test_pictures_differ_between_items(tmp_path, label):
    for key in ("a", "b"):
        draw_picture(tmp_path / f"{key}.png", label=label, key=key)
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()


def test_a_picture_is_measured_once_and_people_see_an_upright_copy_that_says_nothing(installation, tmp_path):
    intake = pictures(tmp_path, ["turned,photos/turned.jpg"])
    photograph(intake.parent / "photos" / "turned.jpg", orientation=6)
    project = submit(installation, intake)
    keys, aside = received(project)
    assert (keys, aside) == ([*GOOD, "turned"], [])
    body = items.body(project.batch.first_item + 3)
    assert body.facts == ItemFacts(size=(100, 200), orientation=6, pages=1)
    with shown_of(project, body).open("rb") as file:
        assert b"Quist" not in file.read()
        file.seek(0)
        with Image.open(file) as copy:
            assert copy.size == (100, 200)
    assert body.shown == f"{RECIPE}/{body.fingerprint}"
    stored = [one for one in (installation.home / "blobs").rglob("*") if one.is_file()]
    assert len(stored) == 3, "the copy, its name, the lock"
    assert all(one.stat().st_mode & 0o077 == 0 for one in stored)
    plain = items.body(project.batch.first_item)
    assert plain.shown == ""
    assert shown_of(project, plain) == project.folder / plain.media


def shown_of(project, body):
    installation = project.installation
    return shown_content(body, root=project.folder, home=installation.home, tenant=installation.scope.tenant)


def test_a_copy_of_a_version_before_blobs_is_still_what_people_see(installation, tmp_path):
    project = submit(installation, pictures(tmp_path, []))
    received(project)
    with db.transaction():
        db.execute("UPDATE item_body SET shown = '1/ab/abc'")
    (installation.home / "shown" / "1" / "ab").mkdir(parents=True)
    (installation.home / "shown" / "1" / "ab" / "abc").write_bytes(b"as it was kept")
    with shown_of(project, items.body(project.batch.first_item)).open("rb") as file:
        assert file.read() == b"as it was kept"


def test_a_damaged_copy_is_named_and_never_shown(installation):
    blobs = media_blobs(installation.home, tenant=installation.scope.tenant)
    with blobs.writing() as writing:
        name = keep_shown_copy(writing, fingerprint="ab" * 32, content=b"a picture")
    digest = blobs.find(name).digest
    (path,) = (installation.home / "blobs").rglob(digest)
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(OSError, match=f"The stored content {digest} is damaged: its bytes have the digest"):
        ShownCopy(blobs, name).open("rb")


def test_texts_are_measured_in_code_points(installation, tmp_path):
    intake = write_project(
        tmp_path / "project", task="text_spans", items=1, data="{path: items.csv, id: id, text: file}",
        truth={"a": json.dumps({"spans": []})},
    )  # fmt: skip
    (intake.parent / "items.csv").write_text("id,file\na,🚀 Zoe runs\n", encoding="utf-8")
    project = submit(installation, intake)
    received(project)
    assert items.body(project.batch.first_item).facts == ItemFacts(length=10)


def test_a_copy_that_cannot_be_written_stops_the_import_and_sets_nothing_aside(installation, tmp_path):
    intake = pictures(tmp_path, ["turned,photos/turned.jpg"])
    photograph(intake.parent / "photos" / "turned.jpg", orientation=6)
    project = submit(installation, intake)
    (installation.home / "blobs").write_text("in the way")
    with pytest.raises(
        BlobNotWritten, match=r"cannot be stored in .*/blobs/media/1: (not a directory|file exists)"
    ):
        received(project)
    assert items.list_set_aside(project.batch_id) == []
    (installation.home / "blobs").unlink()
    db.execute("UPDATE lease SET until = 0")
    assert received(project) == ([*GOOD, "turned"], [])


def test_a_path_as_windows_writes_it_is_delivered_with_plain_slashes(installation, tmp_path):
    intake = pictures(tmp_path, ["w,photos\\other.jpg"])
    draw_picture(intake.parent / "photos" / "other.jpg", label="cat", key="other")
    project = submit(installation, intake)
    keys, aside = received(project)
    assert (keys, aside) == ([*GOOD, "w"], [])
    assert items.body(project.batch.first_item + 3).media == "photos/other.jpg"


def test_ids_and_names_lead_nowhere_in_what_is_stored_and_delivered(installation, tmp_path):
    intake = pictures(
        tmp_path,
        [
            "a\\b,photos\\other.jpg",
            "/root/c,/data/2024/photos/third.jpg",
            "x/../d,photos/../photos/fourth.jpg",
            "../../e,photos/fifth.jpg",
            "..,photos/fifth.jpg",
            "f,../../photos/fifth.jpg",
        ],
    )
    for name in ("other", "third", "fourth", "fifth"):
        draw_picture(intake.parent / "photos" / f"{name}.jpg", label="cat", key=name)
    project = submit(installation, intake)
    keys, aside = received(project)
    assert keys == [*GOOD, "a/b", "root/c", "d"]
    assert [one[-1] for one in aside] == [
        "its id '../../e' leads out of the data",
        "its id '..' leads out of the data",
        "The row cannot be an item: '../../photos/fifth.jpg' leads out of the data folder.",
    ]
    first = project.batch.first_item + 3
    found = [items.body(first + place).media for place in range(3)]
    assert found == ["photos/other.jpg", "photos/third.jpg", "photos/fourth.jpg"]


def test_known_labels_are_found_by_ids_as_windows_writes_them(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("item,label\na\\b,cat\n/root/c,dog\nd,hen\n")
    assert read_truth(path) == {"a/b": "cat", "root/c": "dog", "d": "hen"}
