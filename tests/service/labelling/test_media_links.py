"""Links to media: signed, one member's, ten minutes long, and never a way to anything else (PRIV-7, SEC-13, SEC-17)."""

import pytest
from tests.support.labelling import answer, at_work, claim
from tests.support.projects import NOW, draw_picture, truth_of

from assay.core.errors import NotFound
from assay.service.labelling.media_links import LIFE, SLOT, media_link, open_media
from assay.service.stored_blobs import media_blobs
from assay.service.working_set.media_files import keep_shown_copy
from assay.store import db
from assay.store.items import items

pytestmark = pytest.mark.one_database

JPEG = b"\xff\xd8\xff and more"
PICTURES = "{path: items.csv, format: csv, id: id, media: file}"


@pytest.fixture
def project(web, tmp_path):
    """A project whose items are files below its folder; item-000 is a picture."""
    folder = tmp_path / "pets"
    (folder / "photos").mkdir(parents=True)
    draw_picture(folder / "photos" / "item-000.jpg", label="cat", key="item-000")
    return at_work(web, folder, truth=truth_of(20))


@pytest.fixture
def item(project):
    (found,) = items.items_by_key(project.batch_id, ["item-000"]).values()
    return found.id


@pytest.fixture
def lena(web):
    return web.member("lena").id


def link_of(item, member, now=NOW):
    return media_link(item=item, member=member, now=now).removeprefix("/media/")


def opened(web, link, member, now=NOW):
    return open_media(web.installation.scope, link=link, member=member, now=now)


def refused(web, link, member, now=NOW):
    with pytest.raises(NotFound):
        opened(web, link, member, now)
    return True


def serve_as_media(project, item, name):
    with db.transaction():
        db.execute("UPDATE item_body SET media = %s WHERE item_id = %s", [name, item])


def test_a_link_opens_the_item_s_file_with_the_type_of_its_content(web, project, item, lena):
    found = opened(web, link_of(item, lena), lena)
    # The file is called .jpg and is a PNG: the name says nothing.
    assert found.content == project.folder / "photos" / "item-000.jpg"
    assert found.type == "image/png"


def test_a_link_opens_the_copy_that_people_see_where_there_is_one(web, project, item, lena):
    with media_blobs(web.installation.home, tenant=project.installation.scope.tenant).writing() as writing:
        name = keep_shown_copy(writing, fingerprint="ab" * 32, content=JPEG)
    with db.transaction():
        db.execute("UPDATE item_body SET shown = %s WHERE item_id = %s", [name, item])
    found = opened(web, link_of(item, lena), lena)
    with found.content.open("rb") as file:
        assert (file.read(), found.type) == (JPEG, "image/jpeg")


def test_a_link_lives_ten_minutes(web, item, lena):
    start = NOW // SLOT * SLOT
    link = link_of(item, lena, start)
    assert opened(web, link, lena, start + LIFE - 1)
    assert refused(web, link, lena, start + LIFE)
    assert LIFE == 600_000_000
    # Whoever gets a link at a minute's end has it for nine minutes at least.
    assert opened(web, link_of(item, lena, start + SLOT - 1), lena, start + SLOT - 1 + LIFE - SLOT)


def test_links_of_one_minute_are_the_same_and_of_the_next_one_others(item, lena):
    start = NOW // SLOT * SLOT
    assert link_of(item, lena, start) == link_of(item, lena, start + SLOT - 1)
    assert link_of(item, lena, start) != link_of(item, lena, start + SLOT)


def test_a_link_is_one_member_s(web, item, lena):
    luis = web.member("luis").id
    assert refused(web, link_of(item, lena), luis)
    number, _, until, lease, mark = link_of(item, lena).split(".")
    assert refused(web, f"{number}.{luis}.{until}.{lease}.{mark}", luis)


def test_a_link_says_nothing_in_another_tenant(web, strangers, item, lena):
    with pytest.raises(NotFound):
        open_media(strangers.scope, link=link_of(item, lena), member=lena, now=NOW)


def test_a_link_that_was_changed_anywhere_opens_nothing(web, item, lena):
    link = link_of(item, lena)
    number, owner, until, lease, mark = link.split(".")
    for wrong in (
        "",
        "....",
        mark,
        f"{number}.{owner}.{until}.{lease}.",
        f"{number}.{owner}.{until}.{mark}",
        f"{number}.{owner}.{until}.7.{mark}",
        f"{int(number) + 1}.{owner}.{until}.{lease}.{mark}",
        f"{number}.{owner}.{int(until) + SLOT}.{lease}.{mark}",
        f"{number}.{owner}.{until}.{lease}.{mark[:-1]}",
        f"{number}.{owner}.{until}.{lease}.{mark}A",
        f"{number}.{owner}.{until}.{lease}.{'A' if mark[0] != 'A' else 'B'}{mark[1:]}",
        f"0{number}.{owner}.{until}.{lease}.{mark[::-1]}",
        f"-{number}.{owner}.{until}.{lease}.{mark}",
        f"{number}.{owner}.{until}.{lease}.{'ü' * 24}",
        f"{number}.{owner}.{'9' * 30}.{lease}.{mark}",
        f"²{number}.{owner}.{until}.{lease}.{mark}",
    ):
        assert refused(web, wrong, lena), wrong
    assert opened(web, link, lena)


def test_the_server_s_secret_signs(web, item, lena, settings):
    link = link_of(item, lena)
    settings.SECRET_KEY = "another secret " * 4
    assert refused(web, link, lena)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.png",
        "photos/../../secret.png",
        "..\\secret.png",
        "{folder}/../secret.png",
        "photos/way-out.png",
        "https://example.org/x.png",
        "photos/none.png",
        "photos",
    ],
)
def test_no_name_leads_out_of_the_data_folder(web, project, item, lena, name):
    secret = project.folder.parent / "secret.png"
    draw_picture(secret, label="cat", key="secret")
    (project.folder / "photos" / "way-out.png").symlink_to(secret)
    serve_as_media(project, item, name.format(folder=project.folder))
    assert refused(web, link_of(item, lena), lena)


def test_an_item_without_media_has_none(web, project, item, lena):
    serve_as_media(project, item, None)
    assert refused(web, link_of(item, lena), lena)
    assert refused(web, link_of(item + 10_000, lena), lena)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "application/octet-stream"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream"),
        (b"<!doctype html><script>alert(1)</script>", "application/octet-stream"),
        (b"%PDF-1.7", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "application/octet-stream"),
        (b"GIF89a<script>", "image/gif"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
    ],
)
@pytest.mark.parametrize("name", ["x.png", "x.svg", "x.html"])
def test_the_type_is_what_the_first_bytes_say_and_never_one_that_browsers_run(
    web, project, item, lena, name, content, kind
):
    (project.folder / "photos" / name).write_bytes(content)
    serve_as_media(project, item, f"photos/{name}")
    assert opened(web, link_of(item, lena), lena).type == kind


def test_a_link_given_with_a_hold_ends_with_it(web, project, lena):
    (served,) = claim(web, project, "lena")
    link = media_link(item=served.item, member=lena, now=NOW, lease=served.assignment).removeprefix("/media/")
    serve_as_media(project, served.item, "photos/item-000.jpg")
    assert opened(web, link, lena)
    answer(web, project, "lena")
    assert refused(web, link, lena)
    # A hold of another item opens nothing, and a link cannot be made into one without a hold.
    (other,) = claim(web, project, "lena")
    assert refused(web, link.replace(f".{served.assignment}.", f".{other.assignment}."), lena)
    assert refused(web, link.replace(f".{served.assignment}.", ".0."), lena)
    late = media_link(item=other.item, member=lena, now=NOW, lease=other.assignment).removeprefix("/media/")
    serve_as_media(project, other.item, "photos/item-000.jpg")
    assert opened(web, late, lena)
    with db.transaction():
        db.execute("UPDATE assignment SET leased_until = %s WHERE id = %s", [NOW, other.assignment])
    assert refused(web, late, lena)
