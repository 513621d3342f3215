"""Blobs in a folder: private files with a line at their head, damage said in a sentence, nothing left half by a kill."""

import os
import signal
import stat
import subprocess
import sys
import time
import zlib

import pytest

from assay.core.ports.blobs import BlobDamaged, BlobPlan
from assay.providers.blobs import BLOB_STORES
from assay.providers.blobs.folder import store
from assay.providers.blobs.folder.blob_file import read_blob

CONTENT = b"what was written " * 40_000


@pytest.fixture
def blobs(tmp_path):
    return BLOB_STORES.get("folder").open(BlobPlan(home=tmp_path, space="media/7"))


def put(blobs, content=CONTENT, *, shrinks=False):
    with blobs.writing() as writing:
        return writing.put([content], shrinks=shrinks)


def file_of(tmp_path, blob):
    return tmp_path / "blobs" / "media" / "7" / "contents" / blob.digest[:2] / blob.digest


def test_a_blob_s_first_line_says_its_layout_its_compression_and_that_nothing_encrypts_it(blobs, tmp_path):
    plain = file_of(tmp_path, put(blobs))
    assert plain.read_bytes() == b"assay-blob 1 plain -\n" + CONTENT
    head, _, packed = file_of(tmp_path, put(blobs, shrinks=True)).read_bytes().partition(b"\n")
    assert head == b"assay-blob 1 zlib -"
    assert zlib.decompress(packed) == CONTENT
    assert len(packed) < len(CONTENT) / 50


def test_everything_is_its_owner_s_alone_whatever_the_umask_says(blobs, tmp_path):
    before = os.umask(0)
    try:
        with blobs.writing() as writing:
            writing.name("shown-1/abc", writing.put([b"x"], shrinks=False))
    finally:
        os.umask(before)
    found = [*(tmp_path / "blobs" / "media").rglob("*")]
    modes = {stat.S_IMODE(one.stat().st_mode) for one in found}
    assert len(found) == 9
    assert modes == {0o700, 0o600}


DAMAGES = {
    "its bytes have the digest": lambda data: data[:-1] + b"?",
    "its bytes have the digest ": lambda data: data[:-5],
    "its first line is none of a stored content": lambda data: b"",
    "its first line is none of a stored content ": lambda data: data[3:],
    r"its layout \(9, plain\) is none that this version knows": lambda data: data.replace(b" 1 ", b" 9 ", 1),
    r"its layout \(1, zstd\) is none": lambda data: data.replace(b"plain", b"zstd", 1),
    "it is encrypted with the key k-1, which is not known": lambda data: data.replace(b" -", b" k-1", 1),
}


@pytest.mark.parametrize("reason", DAMAGES)
def test_damage_is_said_in_a_sentence(blobs, tmp_path, reason):
    blob = put(blobs)
    path = file_of(tmp_path, blob)
    path.write_bytes(DAMAGES[reason](path.read_bytes()))
    said = f"The stored content {blob.digest} is damaged: {reason.strip()}"
    with pytest.raises(BlobDamaged, match=said):
        blobs.open(blob.digest)
    taken = []
    with pytest.raises(BlobDamaged, match=said):
        taken.extend(blobs.read(blob.digest))


def test_compressed_bytes_that_are_cut_or_changed_are_damaged(blobs, tmp_path):
    blob = put(blobs, shrinks=True)
    path = file_of(tmp_path, blob)
    whole = path.read_bytes()
    path.write_bytes(whole[:-8])
    with pytest.raises(BlobDamaged, match="it is cut off"):
        list(read_blob(path, blob.digest))
    path.write_bytes(whole[:30] + b"\xff" * 20 + whole[50:])
    with pytest.raises(BlobDamaged, match="its compressed bytes cannot be read"):
        blobs.open(blob.digest)


def test_the_last_bytes_of_a_damaged_content_never_come(blobs, tmp_path):
    blob = put(blobs, os.urandom(1_000_000))
    path = file_of(tmp_path, blob)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    taken = []
    with pytest.raises(BlobDamaged):
        taken.extend(blobs.read(blob.digest))
    assert 0 < len(b"".join(taken)) < 1_000_000


KILLED = """
import os, signal, sys
from pathlib import Path
from assay.core.ports.blobs import BlobPlan
from assay.providers.blobs import BLOB_STORES

left = int(sys.argv[2])

def counted(real):
    def call(*args, **named):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return real(*args, **named)
    return call

for name in ("open", "fsync", "sync", "replace"):
    setattr(os, name, counted(getattr(os, name)))
with BLOB_STORES.get("folder").open(BlobPlan(home=Path(sys.argv[1]), space="media/7")).writing() as writing:
    for number in range(3):
        writing.name(f"shown-1/{number}", writing.put([b"%d" % number * 100_000], shrinks=False))
"""


def test_a_process_that_is_killed_anywhere_leaves_nothing_half(blobs, tmp_path):
    seen, steps = set(), 0
    while True:
        home = tmp_path / f"at-{steps}"
        home.mkdir()
        done = subprocess.run([sys.executable, "-c", KILLED, home, str(steps)], check=False)
        left = BLOB_STORES.get("folder").open(BlobPlan(home=home, space="media/7"))
        names = [one for chunk in left.names(before=2**62) for one in chunk]
        for name in names:
            blob = left.find(name)
            assert blob is not None, "a name comes after its content"
            assert b"".join(left.read(blob.digest)) == name[-1:].encode() * 100_000
        for path in (home / "blobs").rglob("contents/*/*"):
            assert len(b"".join(left.read(path.name))) == 100_000
        seen.add(len(names))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        hidden = len([*(home / "blobs").rglob(".*.part")])
        assert left.sweep_unfinished(before=time.time_ns() // 1_000 + 1_000_000) == hidden
        steps += 1
    assert seen == {0, 1, 2, 3}
    assert steps > 12


def test_many_files_reach_the_disk_by_one_call(blobs, monkeypatch):
    calls = []
    monkeypatch.setattr(store.os, "sync", lambda: calls.append("sync"))
    monkeypatch.setattr(store.os, "fsync", lambda _: calls.append("fsync"))
    with blobs.writing() as writing:
        for number in range(50):
            writing.put([b"%d" % number], shrinks=False)
    assert calls == ["sync", "sync"]
    calls.clear()
    put(blobs)
    assert set(calls) == {"fsync"}
