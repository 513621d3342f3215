"""Backups taken apart and put together again, as somebody would who edits one."""

import gzip
import io
import json
import tarfile
from pathlib import Path

from assay.core.ids import sha256
from assay.service.trail.signatures import SigningKey


def members_of(file: Path) -> dict[str, bytes]:
    """Return every member of an archive, as it is stored."""
    with tarfile.open(file) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]


def write_archive(file: Path, members: dict[str, bytes], *, packed: bool = False) -> Path:
    """Write an archive of these members in their order."""
    with tarfile.open(file, "w:gz" if packed else "w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file


def signed_again(members: dict[str, bytes], key: SigningKey) -> dict[str, bytes]:
    """Return the members with an index that names each of them as it is, signed by another key."""
    statement = json.loads(members["index.json"])["statement"]
    held = {name: content for name, content in members.items() if name != "index.json"}
    statement["members"] = {
        name: {"size": len(content), "sha256": sha256(content), "packed": content[:2] == b"\x1f\x8b"}
        for name, content in held.items()
    }
    return held | {"index.json": json.dumps(key.signed(statement)).encode()}


def as_layout_one(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members as versions laid them out that did not sign."""
    statement = json.loads(members["index.json"])["statement"]
    held = {
        name: gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        for name, content in members.items()
        if name.startswith(("tables/", "files/keys/", "files/checkpoints/"))
    }
    index = {
        "layout": 1,
        "version": "0.1.0",
        "at": statement["at"],
        "home": statement["homes"][-1],
        "rows": statement["rows"],
        "digests": {name: sha256(content) for name, content in held.items()},
    }
    return held | {"index.json": json.dumps(index, indent=2).encode()}


def edited(packed: bytes, before: bytes, after: bytes) -> bytes:
    """Return a packed member with other content."""
    content = gzip.decompress(packed)
    assert before in content
    return gzip.compress(content.replace(before, after))
