"""Every store of blobs through the same checks."""

import hashlib
import itertools
import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.ports.blobs import BlobMissing, BlobPlan
from assay.providers.blobs import BLOB_STORES

LONG = bytes(range(256)) * 5_000
few = settings(max_examples=15)
pytestmark = pytest.mark.parametrize("kind", BLOB_STORES.names())


def now():
    return time.time_ns() // 1_000 + 1_000_000


@pytest.fixture(scope="module")
def spaces(tmp_path_factory):
    """Return the next space that nobody used."""
    numbers = itertools.count()
    home = tmp_path_factory.mktemp("home")
    return lambda kind: BLOB_STORES.get(kind).open(BlobPlan(home=home, space=f"tests/{next(numbers)}"))


def put(blobs, *contents, shrinks=False):
    with blobs.writing() as writing:
        return [writing.put([one], shrinks=shrinks) for one in contents]


def whole(blobs, digest):
    with blobs.open(digest) as file:
        opened = file.read()
    assert b"".join(blobs.read(digest)) == opened
    return opened


@given(parts=st.lists(st.binary(max_size=70_000), max_size=4), shrinks=st.booleans())
@few
def test_a_content_comes_back_by_the_digest_of_its_plain_bytes(spaces, kind, parts, shrinks):
    blobs = spaces(kind)
    with blobs.writing() as writing:
        blob = writing.put(parts, shrinks=shrinks)
    content = b"".join(parts)
    assert (blob.digest, blob.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert whole(blobs, blob.digest) == content


@pytest.mark.parametrize("shrinks", [False, True])
def test_a_content_is_streamed_and_sought_in(spaces, kind, shrinks):
    blobs = spaces(kind)
    (blob,) = put(blobs, LONG, shrinks=shrinks)
    assert max(len(part) for part in blobs.read(blob.digest)) <= 1 << 18
    with blobs.open(blob.digest) as file:
        assert file.seek(-3, 2) == len(LONG) - 3
        assert file.read() == LONG[-3:]
        file.seek(256)
        assert (file.read(2), file.tell()) == (b"\x00\x01", 258)


def test_nothing_is_there_before_the_block_ends_and_nothing_of_a_block_that_failed(spaces, kind):
    blobs = spaces(kind)
    with suppress(ZeroDivisionError), blobs.writing() as writing:
        lost = writing.put([b"lost"], shrinks=False)
        writing.name("shown-1/ab", lost)
        with pytest.raises(BlobMissing):
            list(blobs.read(lost.digest))
        raise ZeroDivisionError
    with pytest.raises(BlobMissing, match=f"The stored content {lost.digest} is not there"):
        blobs.open(lost.digest)
    assert blobs.find("shown-1/ab") is None
    assert blobs.sweep_unfinished(before=now()) == 0


def test_a_name_stands_for_the_blob_that_it_was_given_last(spaces, kind):
    blobs = spaces(kind)
    with blobs.writing() as writing:
        writing.name("shown-1/abcd", writing.put([b"one"], shrinks=False))
    with blobs.writing() as writing:
        two = writing.put([b"two"], shrinks=False)
        writing.name("shown-1/abcd", two)
    assert blobs.find("shown-1/abcd") == two
    assert blobs.find("shown-2/abcd") is None
    assert [*blobs.names(before=now())] == [["shown-1/abcd"]]
    blobs.sweep(digests=[two.digest], before=now())
    assert blobs.find("shown-1/abcd") is None, "its blob is gone"


@pytest.mark.parametrize(
    "name", ["", "a", "../etc", "shown-1/../../x", "/shown/1", "Shown/1", "a/" + "b" * 200]
)
def test_what_is_no_name_leads_nowhere(spaces, kind, name):
    with pytest.raises(ValueError, match="no name of a blob"):
        spaces(kind).find(name)


def test_spaces_know_nothing_of_each_other(spaces, kind):
    one, other = spaces(kind), spaces(kind)
    (blob,) = put(one, b"private")
    with pytest.raises(BlobMissing):
        other.open(blob.digest)


def test_what_nothing_names_is_swept_when_it_is_old_and_never_when_it_was_written_again(spaces, kind):
    blobs = spaces(kind)
    old, again, named = put(blobs, b"old", b"again", b"named")
    with blobs.writing() as writing:
        writing.name("shown-1/n", named)
    assert [*blobs.digests(before=now() - 3_600_000_000)] == []
    time.sleep(0.05)
    before = time.time_ns() // 1_000
    time.sleep(0.05)
    put(blobs, b"again")
    assert [sorted(one) for one in blobs.digests(before=before)] == [[old.digest]]
    assert blobs.sweep(digests=[old.digest, again.digest], before=before) == 1
    assert whole(blobs, again.digest) == b"again"
    with pytest.raises(BlobMissing):
        blobs.open(old.digest)


def test_what_is_written_while_somebody_sweeps_stays(spaces, kind):
    blobs, contents = spaces(kind), [str(n).encode() for n in range(40)]
    first = put(blobs, *contents)
    before = now()
    lost = []

    def sweep():
        for _ in range(60):
            blobs.sweep(digests=[one.digest for one in first], before=before - 2_000_000)

    def write():
        for content in contents * 3:
            (blob,) = put(blobs, content)
            try:
                blobs.open(blob.digest).close()
            except BlobMissing:
                lost.append(blob)

    threads = [threading.Thread(target=one) for one in (sweep, write)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert lost == []


def test_a_content_written_again_mends_one_that_was_damaged(spaces, kind):
    blobs = spaces(kind)
    (blob,) = put(blobs, LONG)
    assert put(blobs, LONG) == [blob]
    assert whole(blobs, blob.digest) == LONG
