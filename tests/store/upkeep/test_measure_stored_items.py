"""Items that were stored before facts were measured get theirs when the database is brought to this version."""

from django.db import connection
from PIL import Image
from tests.support.projects import submit, write_boxes, write_project

from assay.core.labels.item_facts import NOTHING_MEASURED, ItemFacts
from assay.core.project import lifecycle
from assay.store import db
from assay.store.items import items
from assay.store.upkeep.measure_stored_items import measure_stored_items


def measure_anew():
    """Forget what was measured, as in a database of before, and measure as the migration and a restore do."""
    with db.transaction():
        db.execute("UPDATE item_body SET width = NULL, height = NULL, orientation = NULL, pages = NULL")
        with connection.cursor() as cursor:
            measure_stored_items(cursor)


def received(project):
    project.run_until(lambda found: found.batch.status == lifecycle.DATA_RECEIVED)
    return project.batch.first_item


def test_stored_pictures_are_measured_as_they_are_shown_and_what_is_gone_stays_unknown(
    installation, tmp_path
):
    project = submit(installation, write_boxes(tmp_path / "pets", items=6))
    first = received(project)
    photos = project.folder / "photos"
    exif = Image.Exif()
    exif[0x0112] = 8
    Image.new("RGB", (200, 100)).save(photos / "001.png", "JPEG", exif=exif)
    (photos / "002.png").write_bytes(b"damaged since")
    (photos / "003.png").unlink()
    (tmp_path / "outside.png").write_bytes((photos / "004.png").read_bytes())
    (photos / "004.png").unlink()
    (photos / "004.png").symlink_to(tmp_path / "outside.png")
    measure_anew()
    assert [items.body(first + place).facts for place in range(6)] == [
        ItemFacts(size=(120, 90), orientation=1, pages=1),
        ItemFacts(size=(100, 200), orientation=8, pages=1),
        *[NOTHING_MEASURED] * 3,
        ItemFacts(size=(120, 90), orientation=1, pages=1),
    ]


def test_stored_texts_are_measured_in_code_points(installation, tmp_path):
    data = "{path: items.csv, format: csv, id: id, text: file}"
    intake = write_project(tmp_path / "texts", task="text_classification", items=2, data=data)
    (intake.parent / "items.csv").write_text("id,file\na,🚀 Zoe runs\nb,näh\n", encoding="utf-8")
    first = received(submit(installation, intake))
    measure_anew()
    assert [items.body(first + place).facts.length for place in range(2)] == [10, 3]


def test_a_project_whose_folder_is_gone_stops_nothing(installation, tmp_path):
    project = submit(installation, write_boxes(tmp_path / "pets", items=2))
    first = received(project)
    project.folder.rename(tmp_path / "elsewhere")
    measure_anew()
    assert items.body(first).facts == NOTHING_MEASURED
