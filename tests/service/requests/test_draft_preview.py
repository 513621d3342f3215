"""A draft's preview of pictures: which of them browsers show, and what became of those that were not taken."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from tests.support.projects import NOW

from assay.service.requests.add_draft_files import add_draft_files, drop_draft_files
from assay.service.requests.draft_files import Incoming
from assay.service.requests.draft_preview import preview_draft
from assay.service.requests.drafts import show_draft
from assay.service.requests.start_draft import start_draft


@pytest.fixture
def rita(cast):
    return replace(cast.rita, member=7)


@pytest.fixture
def draft(installation, rita):
    return start_draft(installation, rita, now=NOW).id


def put(rita, draft, files):
    incoming = [Incoming(name, len(data), iter([data])) for name, data in files.items()]
    add_draft_files(rita, draft=draft, files=incoming, most_file=1 << 20, most_all=1 << 30, now=NOW)


def picture(kind, shade):
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (shade, 0, 0)).save(out, format=kind)
    return out.getvalue()


def test_a_preview_says_which_pictures_browsers_do_not_show(rita, draft):
    kinds = {"a.jpg": "JPEG", "b.tif": "PNG", "c.png": "TIFF", "d.webp": "WEBP"}
    put(rita, draft, {name: picture(kind, 10 * n) for n, (name, kind) in enumerate(kinds.items())})
    shown = preview_draft(rita, draft=draft, now=NOW).shown
    # What a file is, its content says.
    assert {one.key: one.in_browser for one in shown} == {
        "a.jpg": True,
        "b.tif": True,
        "c.png": False,
        "d.webp": True,
    }
    assert all(one.media for one in shown)


def test_a_file_that_was_not_taken_changes_the_preview_until_it_is_forgotten(rita, draft):
    put(rita, draft, {"a.png": picture("PNG", 1)})
    assert preview_draft(rita, draft=draft, now=NOW).odd == 0
    put(rita, draft, {"empty.jpg": b""})
    found = preview_draft(rita, draft=draft, now=NOW)
    assert [(one.key, one.reason) for one in found.odd_rows] == [("empty.jpg", "it is empty")]
    assert show_draft(rita, draft=draft, now=NOW).refused == {"empty.jpg": "it is empty"}
    drop_draft_files(rita, draft=draft, names=["empty.jpg"], now=NOW)
    found = preview_draft(rita, draft=draft, now=NOW)
    assert (found.items, found.odd) == (1, 0)
    assert show_draft(rita, draft=draft, now=NOW).refused == {}
