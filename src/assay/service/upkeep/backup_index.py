"""The index of a backup: what each of its members must be, signed with the installation's key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from assay.core.errors import AssayError, NotReadable
from assay.core.ids import canonical, sha256
from assay.service.trail.signatures import SigningKey, fingerprint, same_fingerprint, verifies
from assay.store.upkeep.whole_tables import ORDER

WHAT: Final = "backup of Assay"
LAYOUT: Final = 2
UNSIGNED_LAYOUT: Final = 1
"""What versions wrote whose index was not signed."""
INDEX: Final = "index.json"
TABLES: Final = "tables"
FILES: Final = "files"
UNSIGNED_FILES: Final = ("keys", "checkpoints")
"""What of the home a backup of the unsigned layout holds."""
DATABASE: Final = "assay.db"


@dataclass(eq=False, kw_only=True)
class NotAsSigned(AssayError):
    """The backup {path} is not what was signed: {reason}; nothing was changed."""

    exit_code = 3
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the archive as it is stored: its bytes, their SHA-256, and whether they are gzip's."""

    size: int
    sha256: str
    packed: bool


@dataclass(frozen=True, slots=True)
class Index:
    """What a backup says it holds.

    Attributes:
        layout: how it is laid out.
        homes: how its home was called: as given, absolute, resolved.
        rows: rows by table.
        members: members by name; nothing else in the archive is read.
        fingerprint: of the key that signed; empty where nobody did.
        digest: of the index, by which an interrupted restore knows its backup again.
    """

    layout: int
    homes: tuple[str, ...]
    rows: Mapping[str, int]
    members: Mapping[str, Member]
    fingerprint: str
    digest: str


def written(statement: Mapping[str, object], key: SigningKey) -> bytes:
    """Return an index as a backup holds it."""
    return json.dumps(key.signed({"what": WHAT, "layout": LAYOUT, **statement})).encode()


def read_index(data: bytes, *, sizes: Mapping[str, int], path: str) -> Index:
    """Return the index of an archive whose members have these sizes.

    Raises:
        NotAsSigned: if its signature does not fit.
        NotReadable: if it is none, or names what no backup holds.
    """
    try:
        found = json.loads(data)
        if "signature" in found:
            index = _signed(found, path=path)
        elif found.get("layout") == UNSIGNED_LAYOUT:
            index = _unsigned(found, sizes=sizes, digest=sha256(data))
        else:
            raise NotReadable(path=path, reason=f"its layout {found.get('layout')} is not known")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise NotReadable(path=path, reason="its index cannot be read") from None
    for name in index.members:
        if not belongs(name, layout=index.layout):
            raise NotReadable(path=path, reason=f"'{name}' in it is no place below the home folder")
    return index


def require_key(index: Index, *, wanted: str, path: str) -> None:
    """Raise `NotAsSigned` unless the index is signed by the key with this fingerprint."""
    if not index.fingerprint:
        raise NotAsSigned(path=path, reason=f"it carries no signature, and that of {wanted} was asked for")
    if not same_fingerprint(index.fingerprint, wanted):
        raise NotAsSigned(path=path, reason=f"it is signed by {index.fingerprint}, not by {wanted}")


def belongs(name: str, *, layout: int = LAYOUT) -> bool:
    """Whether a member's name is a table, or a place below the home that a backup may hold; whoever signed."""
    parts = name.split("/")
    odd = any(sign < " " or sign == "\\" or "\ud800" <= sign <= "\udfff" for sign in name)
    if odd or any(part in ("", ".", "..") for part in parts):
        return False
    if parts[0] == TABLES:
        return len(parts) == 2 and PurePosixPath(name).stem in ORDER and name.endswith(".jsonl")
    if parts[0] != FILES or len(parts) < 3:
        return False
    if layout == UNSIGNED_LAYOUT:
        return parts[1] in UNSIGNED_FILES
    return not parts[1].startswith((".", DATABASE))


def _signed(found: Mapping[str, Any], *, path: str) -> Index:
    said, signature = found["statement"], found["signature"]
    public, data = str(signature["public_key"]), canonical(said)
    if not verifies(data, public_key=public, value=str(signature["value"])):
        raise NotAsSigned(path=path, reason="its index was changed, the signature does not fit")
    if said["what"] != WHAT or said["layout"] != LAYOUT:
        raise NotReadable(path=path, reason=f"its layout {said['layout']} is not known")
    return Index(
        layout=LAYOUT,
        homes=tuple(map(str, said["homes"])),
        rows={str(name): int(count) for name, count in said["rows"].items()},
        members={
            str(name): Member(int(one["size"]), str(one["sha256"]), bool(one["packed"]))
            for name, one in said["members"].items()
        },
        # Of the key itself: the fingerprint that stands beside a signature is only said.
        fingerprint=fingerprint(bytes.fromhex(public)),
        digest=sha256(data),
    )


def _unsigned(found: Mapping[str, Any], *, sizes: Mapping[str, int], digest: str) -> Index:
    home = str(found.get("home") or "")
    return Index(
        layout=UNSIGNED_LAYOUT,
        homes=(home,) if home else (),
        rows={str(name): int(count) for name, count in found["rows"].items()},
        members={
            str(name): Member(sizes.get(name, -1), str(sha), packed=False)
            for name, sha in found["digests"].items()
        },
        fingerprint="",
        digest=digest,
    )
