"""A backup is restored as it was signed, or not at all; whose word is taken is said."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from tests.support.archives import as_layout_one, edited, members_of, signed_again, write_archive
from tests.support.places import Place
from tests.support.webpages import NOW

from assay.core.errors import NotReadable
from assay.service.requests.start_draft import start_draft
from assay.service.trail.seal_events import checkpoint, installation_key
from assay.service.trail.signatures import load_or_create_key
from assay.service.upkeep import files_of_home
from assay.service.upkeep.back_up import back_up
from assay.service.upkeep.backup_index import NotAsSigned, belongs
from assay.service.upkeep.restore import NewerCheckpoints, NotEmpty, restore
from assay.service.upkeep.staged_restore import PlaceHeld
from assay.store import db

pytestmark = pytest.mark.one_database

ASSAY = Path(sys.executable).with_name("assay")


@pytest.fixture
def backup(web, place, tmp_path):
    """A backup of an installation in which somebody has begun a request."""
    web.member("rita")
    start_draft(web.installation, web.actor("rita"), now=NOW)
    checkpoint(home=place.home, folder=place.home / "checkpoints", now=NOW)
    file = tmp_path / "backup.tar"
    back_up(web.actor("adam"), home=place.home, target=file, now=NOW)
    return file


@pytest.fixture
def fingerprint(place, backup):
    return installation_key(place.home).fingerprint


@pytest.fixture
def fresh(templates, tmp_path, backup):
    """An empty installation, which is the process's own now."""
    with templates.place(tmp_path / "second") as second:
        yield second


def put_back(fresh, file, *, elsewhere=None, **more):
    told = []
    owner = fresh.open(restoring=True).owner("root", "tests")
    checkpoints = elsewhere or fresh.home / "checkpoints"
    done = restore(
        owner, home=fresh.home, checkpoints=checkpoints, source=file, now=NOW, tell=told.append, **more
    )
    return done, told[0]


def is_untouched(fresh):
    """Whether nothing was restored, and nothing stands in the way of another try."""
    names = {path.name for path in fresh.home.iterdir()} - {".migrating"}
    return (
        {name for name in names if not name.startswith("assay.db")} == set()
        and db.rows("SELECT 1 FROM draft") == []
        and db.rows("SELECT 1 FROM event") == []
    )


def test_what_the_named_key_signed_is_restored(fresh, backup, fingerprint):
    done, index = put_back(fresh, backup, key=fingerprint.upper().replace("-", " "))
    assert index.fingerprint == fingerprint
    assert done.rows > 0
    assert db.rows("SELECT COUNT(*) FROM draft") == [(1,)]


def draft_of(members):
    return "tables/draft.jsonl", members["tables/draft.jsonl"]


def changed_row(members):
    name, content = draft_of(members)
    return members | {name: edited(content, b"uploads", b"others!")}


def same_size(members):
    name, content = draft_of(members)
    return members | {name: content[:-1] + bytes([content[-1] ^ 1])}


def changed_index(members):
    index = json.loads(members["index.json"])
    index["statement"]["rows"]["draft"] = 7
    return members | {"index.json": json.dumps(index).encode()}


def changed_digest(members):
    name, content = draft_of(members)
    content = edited(content, b"uploads", b"others!")
    index = json.loads(members["index.json"])
    index["statement"]["members"][name] |= {"size": len(content)}
    return members | {name: content, "index.json": json.dumps(index).encode()}


def missing(members):
    return {name: content for name, content in members.items() if name != draft_of(members)[0]}


def one_more(members):
    return {"files/uploads/1/1/more": b"named by nobody"} | members


@pytest.mark.parametrize(
    "change",
    [changed_row, same_size, changed_index, changed_digest, missing, one_more],
    ids=lambda one: one.__name__,
)
@pytest.mark.parametrize("named", [True, False], ids=["with the key", "without"])
def test_what_was_changed_is_refused_and_nothing_is_touched(
    fresh, backup, fingerprint, tmp_path, change, named
):
    file = write_archive(tmp_path / "changed.tar", change(members_of(backup)))
    with pytest.raises(NotAsSigned) as refused:
        put_back(fresh, file, key=fingerprint if named else None)
    assert refused.value.exit_code == 3
    assert is_untouched(fresh)
    put_back(fresh, backup, key=fingerprint)


def test_an_edited_backup_that_somebody_else_signed_is_refused_where_the_key_is_named(
    fresh, backup, fingerprint, tmp_path
):
    theirs = load_or_create_key(tmp_path / "their.key")
    file = write_archive(tmp_path / "theirs.tar", signed_again(changed_row(members_of(backup)), theirs))
    with pytest.raises(NotAsSigned, match=f"signed by {theirs.fingerprint}, not by {fingerprint}"):
        put_back(fresh, file, key=fingerprint)
    assert is_untouched(fresh)
    _, index = put_back(fresh, file)
    assert index.fingerprint == theirs.fingerprint  # which the command says to compare


def test_a_fingerprint_that_is_only_said_is_not_believed(fresh, backup, fingerprint, tmp_path):
    theirs = load_or_create_key(tmp_path / "their.key")
    members = signed_again(members_of(backup), theirs)
    index = json.loads(members["index.json"])
    index["signature"]["fingerprint"] = fingerprint
    file = write_archive(tmp_path / "theirs.tar", members | {"index.json": json.dumps(index).encode()})
    with pytest.raises(NotAsSigned, match=theirs.fingerprint):
        put_back(fresh, file, key=fingerprint)


@pytest.mark.parametrize("packed", [True, False])
def test_a_backup_of_the_unsigned_layout_is_restored_and_called_unsigned(
    fresh, backup, fingerprint, tmp_path, packed
):
    file = write_archive(tmp_path / "old.tar.gz", as_layout_one(members_of(backup)), packed=packed)
    with pytest.raises(NotAsSigned, match="no signature"):
        put_back(fresh, file, key=fingerprint)
    assert is_untouched(fresh)
    _, index = put_back(fresh, file)
    assert index.fingerprint == ""
    assert db.rows("SELECT COUNT(*) FROM draft") == [(1,)]


def test_a_damaged_backup_of_the_unsigned_layout_changes_nothing(fresh, backup, tmp_path):
    members = as_layout_one(members_of(backup))
    members["tables/draft.jsonl"] = members["tables/draft.jsonl"].replace(b"uploads", b"others!")
    with pytest.raises(NotReadable):
        put_back(fresh, write_archive(tmp_path / "old.tar.gz", members, packed=True))
    assert is_untouched(fresh)


ASTRAY = (
    "files/../out",
    "files/uploads/../../../out",
    "/etc/out",
    "files//out",
    "files/uploads/./out",
    "files/uploads\\..\\out",
    "files/assay.db",
    "files/assay.db-wal/x",
    "files/.restoring/x",
    "files/out",
    "tables/../files/keys/x",
    "tables/unknown.jsonl",
    "elsewhere/x",
)


@pytest.mark.parametrize("name", ASTRAY)
def test_no_member_leads_out_of_the_home_whoever_signed_it(fresh, backup, tmp_path, name):
    theirs = load_or_create_key(tmp_path / "their.key")
    members = signed_again({name: b"out"} | members_of(backup), theirs)
    with pytest.raises(NotReadable):
        put_back(fresh, write_archive(tmp_path / "theirs.tar", members))
    assert not belongs(name)
    assert is_untouched(fresh)
    assert [path for path in tmp_path.rglob("out*") if path.is_file()] == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_only_regular_files_are_members(fresh, backup, tmp_path, kind):
    file = tmp_path / "links.tar"
    with tarfile.open(file, "w") as archive:
        entry = tarfile.TarInfo("files/uploads/1/1/link")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(NotReadable, match="no file"):
        put_back(fresh, file)
    assert is_untouched(fresh)


def test_what_a_home_holds_already_is_never_replaced(fresh, backup):
    theirs = fresh.home / "keys" / "installation.key"
    theirs.parent.mkdir()
    theirs.write_text("another key, which signed things")
    with pytest.raises(PlaceHeld, match=r"keys/installation\.key"):
        put_back(fresh, backup)
    assert theirs.read_text() == "another key, which signed things"
    assert db.rows("SELECT 1 FROM draft") == []


def test_an_installation_with_rows_is_left_alone(fresh, backup):
    put_back(fresh, backup)
    with pytest.raises(NotEmpty):
        put_back(fresh, backup)


def test_a_trail_that_does_not_hold_is_not_restored(fresh, backup, tmp_path):
    theirs = load_or_create_key(tmp_path / "their.key")
    members = members_of(backup)
    name = "tables/event.jsonl"
    members[name] = edited(members[name], b"start a draft", b"stop a draft")
    with pytest.raises(NotReadable, match="audit trail does not hold"):
        put_back(fresh, write_archive(tmp_path / "theirs.tar", signed_again(members, theirs)))
    assert is_untouched(fresh)


def test_checkpoints_that_are_newer_than_the_backup_are_to_be_moved_aside_first(
    web, place, fresh, backup, tmp_path
):
    elsewhere = tmp_path / "elsewhere"
    place.enter()
    start_draft(web.installation, web.actor("rita"), now=NOW + 1)
    newer = checkpoint(home=place.home, folder=elsewhere, now=NOW + 1)
    fresh.enter()
    with pytest.raises(NewerCheckpoints, match="move them aside and keep them"):
        put_back(fresh, backup, elsewhere=elsewhere)
    assert is_untouched(fresh)
    newer.rename(tmp_path / newer.name)
    put_back(fresh, backup, elsewhere=elsewhere)


def test_a_large_folder_outside_of_the_home_is_not_counted_to_its_end(place, tmp_path, monkeypatch):
    monkeypatch.setattr(files_of_home, "MOST", 3)
    for number in range(5):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / str(number)).write_bytes(b"12")
    named = files_of_home.NamedFolders((str(tmp_path / "data"),), (), 0)
    (found,) = files_of_home.left_beside(place.home, named, large=True)
    assert (found.files, found.bytes, found.more) == (3, 6, True)


def test_the_shell_says_first_whose_word_is_taken(backup, fingerprint, tmp_path):
    first, second, third = (Place(tmp_path / name, "") for name in ("first", "second", "third"))
    done = shell(first, "restore", backup)
    assert done.returncode == 0
    assert done.stderr.startswith(f"WARNING: NOBODY VOUCHED FOR THE KEY {fingerprint}")
    old = write_archive(tmp_path / "old.tar.gz", as_layout_one(members_of(backup)), packed=True)
    refused = shell(second, "restore", old, "--key", fingerprint)
    assert refused.returncode == 3
    assert "carries no signature" in refused.stderr
    done = shell(second, "restore", old)
    assert done.returncode == 0
    assert done.stderr.startswith("WARNING: THIS BACKUP IS NOT SIGNED")
    done = shell(third, "restore", backup, "--key", fingerprint)
    assert (done.returncode, done.stderr) == (0, "")
    told = shell(third, "backup", tmp_path / "again.tar").stdout
    assert f"--key {fingerprint}" in told


def shell(place, *words):
    """Run a command in a place."""
    return subprocess.run(
        [str(ASSAY), *map(str, words)],
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
