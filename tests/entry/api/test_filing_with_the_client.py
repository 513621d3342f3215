"""Filing an intake with the client: the intake is checked first, and what it names goes along, and nothing else."""

import shutil
from pathlib import Path

import httpx
import pytest
from PIL import Image
from tests.support.projects import NOW, draw_picture

from assay.client import Refused, connect
from assay.conf.wsgi import application
from assay.core.project import lifecycle
from assay.service.pipeline.run_batch import run_batch
from assay.store.items import items
from assay.store.projects.batches import list_batches
from assay.store.projects.projects import project_by_name

INTAKE = """assay: 1
name: {name}
task: image_boxes
data: {data}
labels: [nut, bolt]
quality: {{right: 0.8, confidence: 0.9}}
money: {{currency: EUR, budget: 100000, answer: 4, expert: 20}}
class: internal
workforce: {{kind: people}}
{more}
"""


@pytest.fixture
def client(web):
    """Rita's client; it speaks to the site in this very process."""
    found = connect(
        "http://testserver",
        key=web.key("rita"),
        progress=False,
        transport=httpx.WSGITransport(app=application),
    )
    with found:
        yield found


@pytest.fixture
def uploaded(client, monkeypatch):
    """The names that the client sends."""
    sent: list[str] = []
    real = client.connection.upload

    def noted(path, files):
        sent.extend(name for name, _ in files)
        return real(path, files)

    monkeypatch.setattr(client.connection, "upload", noted)
    return sent


def written(folder: Path, *, data: str, name: str = "parts", more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "intake.yaml"
    path.write_text(INTAKE.format(name=name, data=data, more=more), encoding="utf-8")
    return path


def photos(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        draw_picture(folder / name, label="cat", key=name)


def received(web, name: str = "parts"):
    """Return the ids of the items and (id, reason) of the rows that were set aside, once the data are in."""
    scope = web.installation.scope
    (batch,) = list_batches(scope, project_by_name(scope, name).id)
    while batch.status in (lifecycle.REQUEST_SUBMITTED, lifecycle.DATA_TRANSFER):
        assert run_batch(web.installation, batch=batch.id, out=Path("out"), clock=lambda: NOW, most_steps=1)
        (batch,) = list_batches(scope, project_by_name(scope, name).id)
    keys = [item.key for item in items.all_items(batch)]
    return keys, [(key, reason) for _, key, reason in items.list_set_aside(batch.id)]


def test_what_the_rows_name_goes_along_and_nothing_else(client, web, uploaded, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: items.csv, id: id, media: file}", more="instructions: guide.md")
    photos(folder, "photos/a.png", "photos/b.png", "photos/never.png", "elsewhere/c.png", ".hidden/d.png")
    (folder / "guide.md").write_text("# How\nDraw boxes.\n")
    (folder / "other.csv").write_text("id,file\n")
    (folder / "items.csv").write_text(
        "id,file\na,photos/a.png\nb,photos\\b.png\nc,./photos/../elsewhere/c.png\nd,.hidden/d.png\ne,photos/gone.png\n"
    )
    client.file(path)
    assert sorted(uploaded) == ["elsewhere/c.png", "guide.md", "items.csv", "photos/a.png", "photos/b.png"]
    keys, aside = received(web)
    assert keys == ["a", "b", "c"]
    assert aside == [
        ("d", "'.hidden/d.png' was not uploaded"),
        ("e", "'photos/gone.png' was not uploaded"),
    ]


def test_an_empty_and_an_unreadable_picture_are_set_aside_and_refuse_nothing(client, web, uploaded, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: photos}")
    photos(folder, "photos/good.png", "photos/below/better.png")
    (folder / "photos" / "empty.jpg").write_bytes(b"")
    (folder / "photos" / "text.jpg").write_bytes(b"no picture")
    (folder / "photos" / "half.png").write_bytes((folder / "photos" / "good.png").read_bytes()[:-40])
    client.file(path)
    keys, aside = received(web)
    assert keys == ["below/better.png", "good.png"]
    assert [key for key, _ in aside] == ["empty.jpg", "half.png", "text.jpg"]
    assert aside[0][1] == "it is empty"
    assert "damaged or cut short" in aside[1][1]


def test_paths_of_another_machine_end_in_the_intakes_folder_as_without_a_server(
    client, web, uploaded, tmp_path
):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: lists/items.csv, id: id, media: file}")
    photos(folder, *(f"lists/photos/{name}.png" for name in "abcd"), "b.png")
    (folder / "lists" / "items.csv").write_text(
        "id|file\n1.0|C:\\me\\photos\\a.png\n2.0|/home/me/photos/b.png\n"
        "3.0|file:///me/photos/c.png\n4| photos/d.png \n5|/etc/e.png\n"
    )
    client.file(path)
    assert sorted(uploaded) == ["lists/items.csv", *(f"lists/photos/{name}.png" for name in "abcd")]
    keys, aside = received(web)
    assert keys == ["1", "2", "3", "4"]
    assert aside == [("5", "'/etc/e.png' was not uploaded")]


def test_a_row_that_names_an_empty_picture_says_so(client, web, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: items.csv, media: file}")
    photos(folder, "good.png")
    (folder / "empty.png").write_bytes(b"")
    (folder / "items.csv").write_text("file\ngood.png\nempty.png\n")
    client.file(path)
    assert received(web) == (["good.png"], [("empty.png", "it is empty")])


def test_media_lie_beside_their_table(client, web, uploaded, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: lists/items.csv, media: file}")
    photos(folder, "lists/a.png", "a.png")
    Image.new("RGB", (9, 9)).save(folder / "a.png")
    (folder / "lists" / "items.csv").write_text("file\na.png\n")
    client.file(path)
    assert sorted(uploaded) == ["lists/a.png", "lists/items.csv"]
    assert received(web) == (["a.png"], [])


def test_a_table_of_texts_takes_no_picture_along(client, web, uploaded, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: items.csv, id: id, text: text}")
    path.write_text(path.read_text().replace("image_boxes", "text_classification"))
    photos(folder, *(f"photos/{number}.png" for number in range(5)))
    (folder / "items.csv").write_text("id,text\na,it works\n")
    client.file(path)
    assert uploaded == ["items.csv"]
    assert received(web) == (["a"], [])


def test_an_intake_that_is_wrong_is_refused_before_anything_is_sent(client, uploaded, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: photos}", more="qualty: {right: 0.9}")
    photos(folder, "photos/a.png")
    with pytest.raises(Refused, match="qualty"):
        client.file(path)
    assert uploaded == []


def test_a_table_that_is_not_there_is_named(client, tmp_path):
    path = written(tmp_path / "shop", data="{path: items.csv, media: file}")
    with pytest.raises(Refused, match=r"items\.csv"):
        client.file(path)


def test_an_archive_goes_along_as_it_is_and_its_pictures_are_the_items(client, web, uploaded, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: photos.zip}")
    photos(tmp_path / "all", "photos/a.png", "photos/b.png")
    photos(folder, "beside.png")
    (tmp_path / "all" / "photos" / "notes.txt").write_text("no picture")
    shutil.make_archive(str(folder / "photos"), "zip", tmp_path / "all")
    client.file(path)
    assert uploaded == ["photos.zip"]
    keys, aside = received(web)
    assert [key.rpartition("/")[2] for key in keys] == ["a.png", "b.png"]
    assert [key.rpartition("/")[2] for key, _ in aside] == ["notes.txt"]


def test_filing_the_same_again_returns_the_same_project_and_leaves_no_draft(client, web, uploaded, tmp_path):
    folder = tmp_path / "shop"
    path = written(folder, data="{path: items.csv, media: file}")
    photos(folder, "a.png", "b.png")
    (folder / "empty.png").write_bytes(b"")
    (folder / "items.csv").write_text("file\na.png\nempty.png\n")
    first = client.file(path)
    assert client.file(path) == first
    assert client.connection.get("/drafts")["drafts"] == []
    (folder / "items.csv").write_text("file\na.png\nb.png\n")
    with pytest.raises(Refused, match="There is a project 'parts' with another intake"):
        client.file(path)
    assert client.connection.get("/drafts")["drafts"] == []
    assert received(web) == (["a.png"], [("empty.png", "it is empty")])


def test_all_that_is_wrong_is_told_at_once_by_the_file_s_own_name(client, tmp_path):
    path = written(
        tmp_path / "shop", data="{path: photos, meda: file}", more="qualty: {right: 2}\nstart: soon"
    )
    with pytest.raises(Refused) as caught:
        client.file(path)
    assert caught.value.exit_code == 2
    told = " ".join(caught.value.problems)
    for key in ("data.meda", "qualty", "start"):
        assert key in told
    assert "intake.yaml, line" in told
    assert "request, line" not in told
